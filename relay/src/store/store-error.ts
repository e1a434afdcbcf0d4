import { SluiceError } from '../errors.ts';
import type { StoreProblem } from '../store-problem.ts';

export type { StoreProblem } from '../store-problem.ts';

/** An error of the database, told alike whichever it is. What it says of values stays in `cause`. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly problem: StoreProblem;

  constructor(problem: StoreProblem, cause?: unknown) {
    super(MESSAGES[problem], { cause });
    this.problem = problem;
  }
}

const MESSAGES: Readonly<Record<StoreProblem, string>> = {
  full: 'the disk that holds the database is full',
  read_only: 'the database cannot be written, only read',
  busy: 'another process holds the database',
  lost: 'the database does not answer',
  gone: 'the database has been removed or replaced',
  disk: 'the disk that holds the database fails',
  damaged: 'the database is damaged',
  statistics: 'its statistics (table sqlite_stat1) would have it read otherwise than without them',
  taken: 'the database holds one of this key already',
  value: 'a value cannot be kept as it is',
  changes_unread: 'what other relays have changed could not be read',
  other: 'the database refused',
};

const MENDED: Readonly<Record<StoreProblem, string>> = {
  full: 'that disk has room',
  read_only: 'it can be written',
  busy: 'the other process has let go of it',
  lost: 'it does',
  gone: 'the people who run the relay have put it back',
  disk: 'it works',
  damaged: 'the people who run the relay have restored it',
  statistics: 'that table is dropped, in a copy',
  taken: 'the other is gone',
  value: 'it is another value',
  changes_unread: 'they can be',
  other: 'the people who run the relay have looked at it',
};

/** Whether nothing at all can be made durable now: it is not about what one caller wrote. */
export function isOutage({ problem }: StoreError): boolean {
  return problem !== 'taken' && problem !== 'value';
}

/** What callers get when the database does not do its work. */
export function unavailable(error: unknown): SluiceError {
  const { problem, message } = error instanceof StoreError ? error : new StoreError('other');
  const advice = `nothing came of it; try again when ${MENDED[problem]}`;
  return new SluiceError('record_unavailable', `the record cannot be written: ${message}`, {
    advice,
    cause: error,
  });
}

/** What callers get when the database cannot be read. */
export function unreadable(error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  return new SluiceError('record_unavailable', `the relay's database cannot be read: ${error.message}`, {
    advice: 'try again when it works',
    cause: error,
  });
}
