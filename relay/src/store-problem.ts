/** What a database did not do. Every adapter tells its own codes apart by this one list. */
export type StoreProblem =
  /** No room on the disk. */
  | 'full'
  | 'read_only'
  /** Somebody else holds it for longer than is waited for. */
  | 'busy'
  /** The connection is gone, or who is at its other end. */
  | 'lost'
  /** Its files are no longer where they were. */
  | 'gone'
  /** The disk does not read, or does not write, what it should. */
  | 'disk'
  | 'damaged'
  /** It has statistics by which it would be read otherwise than a relay's own. */
  | 'statistics'
  /** There is one of this key already. */
  | 'taken'
  /** A value that not every database keeps as it is: text with NUL or half a surrogate pair, a number beyond 2^53. */
  | 'value'
  /** What other relays have changed could not be taken in. */
  | 'changes_unread'
  | 'other';

/** Those that pass, or are mended, without any harm to what the database holds. */
const OUTAGES: ReadonlySet<unknown> = new Set<StoreProblem>([
  'full',
  'read_only',
  'busy',
  'lost',
  'gone',
  'disk',
  'changes_unread',
]);

/** Whether an error of a store says that it does not work now: what it holds may be as it was. */
export function isOutageOfStore(error: unknown): boolean {
  return problemsIn(error).some((problem) => OUTAGES.has(problem));
}

/** Whether an error of a store says that there is one of this key already. */
export function isTaken(error: unknown): boolean {
  return problemsIn(error).includes('taken' satisfies StoreProblem);
}

/** Of the error itself, and of what it was caused by. */
function problemsIn(error: unknown): readonly unknown[] {
  if (!(error instanceof Error)) return [];
  return ['problem' in error ? error.problem : null, ...problemsIn(error.cause)];
}
