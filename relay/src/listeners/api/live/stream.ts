import type { Identity } from '../../../identity/index.ts';
import type { Place } from './cursor.ts';

/** What a subscription's news are taken from: all of it is durable, and can be read again by any relay. */
export interface LiveStream {
  /**
   * `listener` is called with all that is new, page by page, once this has resolved. With `null` when something was
   * missed: then it reads what came since its own place.
   *
   * @returns how to stop.
   */
  follow(listener: (page: LivePage | null) => void): Promise<() => void>;
  /** Up to where those who follow have been told. */
  reached(): Place;
  /**
   * What came after a place, or the beginning of it; null when nothing can be resumed from there: it is none of this
   * store's, or too much has come since.
   */
  since(place: Place, viewer: Identity): Promise<LivePage | null>;
}

export interface LivePage {
  /** In order. */
  readonly news: readonly LiveNews[];
  /** There is nothing else up to here. */
  readonly reached: Place;
}

export interface LiveNews {
  readonly place: Place;
  isFor(viewer: Identity): boolean;
  /** Of the message, what is the same for everybody: members of a JSON object, written once. */
  members(): string;
}

/** As `LiveNews.members` has it. */
export function membersOf(type: string, content: unknown): () => string {
  let written: string | null = null;
  return () => (written ??= `"type":"${type}","${type}":${JSON.stringify(content)}`);
}

/**
 * Resolves once everybody who was put out by what is durable now is out here, too. Awaited between reading news and
 * telling them: whatever another relay recorded after somebody was revoked there, they are not told of.
 */
export type Settle = () => Promise<void>;
