import { isSluiceError } from '../../../errors.ts';

/** What went wrong, with Snowflake's code and what to do, in one line. */
export function messageOf(error: unknown): string {
  if (!isSluiceError(error)) return 'it failed in a way that the relay does not know';
  const code = error.warehouse === undefined ? '' : ` (${error.warehouse.code})`;
  const advice = error.advice === '' ? '' : `; ${error.advice}`;
  return `${error.message}${code}${advice}`;
}
