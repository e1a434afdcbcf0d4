import type { RecordedEvent } from '@sluice/contract';
import { SluiceError } from '../../errors.ts';
import { eventOf } from '../log/event-log.ts';
import type { RecordReaders } from '../ports.ts';
import { searchedTerms } from './terms.ts';

/**
 * All the given conditions must hold of one event. Of words, an object and a rule, at most one is given: words are in one event
 * of a statement, its objects in another and its rule in a third.
 */
export interface EventSearch {
  /** An identity's id. Finds events of sessions that this person opened, and their decisions in other sessions. */
  readonly person?: string;
  /** Finds statements that touched this object: `DB.SCHEMA.TABLE`. */
  readonly object?: string;
  /** Finds statements that this policy rule decided. */
  readonly rule?: string;
  /** Words that an SQL text or a prompt must all contain; the last one may be a prefix. */
  readonly text?: string;
  /** ISO 8601, UTC. */
  readonly since?: string;
  readonly before?: string;
  /** Where the previous page has ended: its `searchedTo`. */
  readonly olderThan?: number;
  readonly limit: number;
}

export interface FoundEvent {
  /** Position in the log of all sessions. */
  readonly position: number;
  readonly event: RecordedEvent;
}

/** A page of what was found. It may hold fewer events than asked for, even none, while there are more. */
export interface FoundEvents {
  /** Newest first. */
  readonly found: readonly FoundEvent[];
  /**
   * Everything at this position and after has been searched: pass it as `olderThan` to go on. Null when the whole
   * record has been searched.
   */
  readonly searchedTo: number | null;
  /** Older events that cannot be found yet: the index of what an earlier version has written is still being made. */
  readonly unindexed: number;
}

/**
 * Finds events by what they mention, newest first. However large the record is, one call does a bounded amount of work:
 * whoever wants more goes on from `searchedTo`.
 *
 * @throws SluiceError `request_malformed` for conditions that no event can meet: that nothing was found would be taken for an
 *   answer.
 */
export async function searchEvents(
  store: Pick<RecordReaders, 'terms'>,
  { person, object, rule, text, ...page }: EventSearch,
): Promise<FoundEvents> {
  if ([object, rule, text].filter((each) => each !== undefined).length > 1) {
    throw new SluiceError('request_malformed', 'words, an object and a rule are never in one event', {
      advice:
        'search for one of them, with a person or a time if you like; then look at the sessions that were found',
    });
  }
  const terms = searchedTerms({
    ...(person === undefined ? {} : { person }),
    ...(object === undefined ? {} : { object }),
    ...(rule === undefined ? {} : { rule }),
    ...(text === undefined ? {} : { text }),
  });
  // No words at all: nothing has them.
  if (terms === null) return { found: [], searchedTo: null, unindexed: 0 };
  const { events, ...rest } = await store.terms.search({ ...terms, ...page });
  return { found: events.map((stored) => ({ position: stored.position, event: eventOf(stored) })), ...rest };
}
