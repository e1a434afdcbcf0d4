import type { BreakGlassReview } from '@sluice/contract';
import { type Approval, summarise } from '../../../approval/index.ts';
import type { Identity } from '../../../identity/index.ts';
import type { Change, ChangeFeed, ChangePlace } from '../../../unit-of-work.ts';
import type { Place } from './cursor.ts';
import { type LiveNews, type LivePage, type LiveStream, membersOf, type Settle } from './stream.ts';

export interface ApprovalsStreamParts {
  readonly changes: ChangeFeed;
  readonly approvals: {
    find(id: string): Promise<Approval | null>;
    maySee(viewer: Identity, approval: Approval): boolean;
  };
  readonly reviews: {
    find(id: string): Promise<BreakGlassReview | null>;
    maySee(viewer: Identity, review: BreakGlassReview): boolean;
  };
  readonly settle: Settle;
  /** Changes of the store, of any kind, after which nothing is resumed. */
  readonly mostMissed: number;
  readonly onError: (error: unknown) => void;
}

/** Requests and reviews as they change, whichever relay changes them: by the feed of the store's changes. */
export function createApprovalsStream(
  parts: ApprovalsStreamParts,
): LiveStream & { readonly close: () => void } {
  const { changes, approvals, reviews, settle, mostMissed, onError } = parts;
  const listeners = new Set<(page: LivePage | null) => void>();
  let reached = placeOf(changes.told());
  /** Told of, and not read yet; null for what has been missed. */
  let waiting: (Change | null)[] = [];
  let isReading = false;

  const newsOf = async (change: Change): Promise<LiveNews | null> => {
    const place = placeOf(change);
    if (change.topic === 'approval') {
      const approval = await approvals.find(change.key);
      if (approval === null) return null;
      const isFor = (viewer: Identity) => approvals.maySee(viewer, approval);
      return { place, isFor, members: membersOf('approval', summarise(approval)) };
    }
    const review = await reviews.find(change.key);
    if (review === null) return null;
    const isFor = (viewer: Identity) => reviews.maySee(viewer, review);
    return { place, isFor, members: membersOf('review', review) };
  };

  /** The newest state of each, where the last of its changes was. */
  const read = async (all: readonly Change[]): Promise<readonly LiveNews[]> => {
    const newest = new Map<string, Change>();
    for (const change of all) {
      if (change.topic === 'approval' || change.topic === 'review') newest.set(change.key, change);
    }
    const inOrder = [...newest.values()].toSorted((one, other) => one.number - other.number);
    const news: LiveNews[] = [];
    for (const change of inOrder) {
      const one = await newsOf(change);
      if (one !== null) news.push(one);
    }
    return news;
  };

  const tell = async () => {
    if (isReading) return;
    isReading = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const known = batch.filter((change) => change !== null);
      const page = batch.includes(null) || listeners.size === 0 ? null : await pageOf(known);
      const last = known.at(-1);
      if (last !== undefined) reached = placeOf(last);
      for (const listener of listeners) listener(page);
    }
    isReading = false;
  };
  /** Null when it could not be read: each then reads it for itself, or is told that it cannot be. */
  const pageOf = async (all: readonly Change[]): Promise<LivePage | null> => {
    try {
      const news = await read(all);
      await settle();
      return { news, reached: placeOf(all.at(-1)!) };
    } catch (error) {
      onError(error);
      return null;
    }
  };
  const heard = (change: Change | null) => {
    waiting.push(change);
    void tell();
  };
  const stops = [changes.follow('approval', heard), changes.follow('review', heard)];

  return {
    async follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reached: () => reached,
    async since(place) {
      const missed = await changes.since(changePlaceOf(place), mostMissed);
      if (missed === null) return null;
      const news = await read(missed);
      await settle();
      const last = missed.at(-1);
      return { news, reached: last === undefined ? place : placeOf(last) };
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}

function placeOf({ number, at }: ChangePlace): Place {
  return { number, mark: at.toString(36) };
}

function changePlaceOf({ number, mark }: Place): ChangePlace {
  return { number, at: Number.parseInt(mark, 36) };
}
