import type { Removals } from './removed-by-rule.ts';

/** What verification found. `intact` is true when there is no problem at all. */
export interface VerifyReport {
  readonly intact: boolean;
  /** The log's name. */
  readonly log: string | null;
  /** How many events at the beginning of a store were not read: a kept checkpoint covers them. */
  readonly since: number;
  readonly sessions: number;
  readonly events: number;
  readonly payloads: number;
  /** Whether the payloads' bytes were checked, and not only that they are there. */
  readonly payloadsOpened: boolean;
  /** Whether the export says that it was made without the payloads: then none is missed. */
  readonly withoutPayloads: boolean;
  /** Events whose body has been removed. */
  readonly redacted: number;
  /** Approval decisions with a valid device signature. None in an export whose end nobody attests. */
  readonly signedDecisions: number;
  /**
   * Those of an export whose end nobody attests: somebody may have left out that their devices were revoked, or the
   * enrolments voided.
   */
  readonly signedUnlessRevoked: number;
  /** Events that no checkpoint signed by a trusted key covers yet. */
  readonly unsigned: number;
  /**
   * Whether the relay has signed that a session had no more events when it was exported, and what else stands in the file. An
   * export can be made without the signing key; then it holds what one checkpoint covers, and may lack lines.
   */
  readonly attested: boolean;
  /** Only where what lists and searches of a store go by was compared with its log. */
  readonly listsCompared?: ListsCompared;
  /** Kept checkpoints of sizes that an export does not show, with which it cannot be compared. */
  readonly uncompared: number;
  /** Enrolments of devices that were declared not to count. */
  readonly voided: readonly VoidedEnrolments[];
  /** What retention recorded as removed, by rule and by who ran it. */
  readonly removals: readonly Removals[];
  /** At most `MOST_PROBLEMS`. The first one names the first event that is not as it was recorded. */
  readonly problems: readonly Problem[];
}

export interface ListsCompared {
  /**
   * Events that search does not find yet, as it says itself: an earlier version has recorded them, and a relay that runs indexes
   * them little by little. Without an earlier version, there are none.
   */
  readonly unindexed: number;
}

/** What an `enrolments_voided` event declares. */
export interface VoidedEnrolments {
  /** Sequence numbers in the relay session. */
  readonly enrolments: readonly number[];
  /** The identity id of who declared it. */
  readonly by: string;
  readonly reason: string;
}

export interface Problem {
  /** What was done to the record, as far as can be determined. */
  readonly what: 'unreadable' | 'altered' | 'reordered' | 'removed' | 'forged' | 'unsigned';
  /** Null when the problem does not concern a single session. */
  readonly session: string | null;
  readonly seq: number | null;
  /** The event's position in the log, in a store; null in an export, and when the problem does not concern one event. */
  readonly position: number | null;
  /** One sentence, without a final period. */
  readonly why: string;
}

export const MOST_PROBLEMS = 100;

/** Formats a problem as one line for people. */
export function problemText({ what, session, seq, position, why }: Problem): string {
  const event = seq === null ? [] : [`event ${seq}`];
  const place = position === null ? [] : [`position ${position}`];
  const where = [...(session === null ? [] : [`session ${session}`]), ...event, ...place].join(', ');
  return `${what}: ${where === '' ? '' : `${where}: `}${why}`;
}
