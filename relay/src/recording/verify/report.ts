/** What verification found. `intact` is true when there is no problem at all. */
export interface VerifyReport {
  readonly intact: boolean;
  /** The log's name. */
  readonly log: string | null;
  readonly sessions: number;
  readonly events: number;
  readonly payloads: number;
  /** Events whose body retention has removed, as the record itself says. */
  readonly redacted: number;
  /** Approvals whose device signature was checked and is good. */
  readonly signedDecisions: number;
  /** Events that no checkpoint of a trusted key covers yet: chained, but not vouched for. */
  readonly unsigned: number;
  /** The first one names the first event that is not as it was recorded; at most `MOST_PROBLEMS`. */
  readonly problems: readonly Problem[];
}

export interface Problem {
  /** What was done to the record, as far as it shows. */
  readonly what: 'altered' | 'removed' | 'reordered' | 'forged' | 'unreadable';
  /** Null when it concerns no one event. */
  readonly session: string | null;
  readonly seq: number | null;
  /** One sentence, no final period. */
  readonly why: string;
}

export const MOST_PROBLEMS = 100;

/** The same on one line, for people. */
export function problemText({ what, session, seq, why }: Problem): string {
  const where = session === null ? '' : `session ${session}${seq === null ? '' : `, event ${seq}`}: `;
  return `${what}: ${where}${why}`;
}
