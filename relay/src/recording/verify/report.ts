/** What verification found. `intact` is true when there is no problem at all. */
export interface VerifyReport {
  readonly intact: boolean;
  /** The log's name. */
  readonly log: string | null;
  readonly sessions: number;
  readonly events: number;
  readonly payloads: number;
  /** Events whose body has been removed. */
  readonly redacted: number;
  /** Approval decisions with a valid device signature. */
  readonly signedDecisions: number;
  /** Events that no checkpoint signed by a trusted key covers yet. */
  readonly unsigned: number;
  /** At most `MOST_PROBLEMS`. The first one names the first event that is not as it was recorded. */
  readonly problems: readonly Problem[];
}

export interface Problem {
  /** What was done to the record, as far as can be determined. */
  readonly what: 'altered' | 'removed' | 'reordered' | 'forged' | 'unreadable';
  /** Null when the problem does not concern a single session. */
  readonly session: string | null;
  readonly seq: number | null;
  /** One sentence, without a final period. */
  readonly why: string;
}

export const MOST_PROBLEMS = 100;

/** Formats a problem as one line for people. */
export function problemText({ what, session, seq, why }: Problem): string {
  const where = session === null ? '' : `session ${session}${seq === null ? '' : `, event ${seq}`}: `;
  return `${what}: ${where}${why}`;
}
