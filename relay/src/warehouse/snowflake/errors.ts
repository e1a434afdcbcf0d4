import { SluiceError } from '../../errors.ts';

/** What is not run on Snowflake, in Snowflake's own terms for an unsupported feature. */
export function unsupported(what: string, advice: string): SluiceError {
  return new SluiceError('unsupported_by_warehouse', `the relay runs no ${what} on Snowflake`, {
    advice,
    warehouse: { code: '000002', sqlState: '0A000' },
  });
}

/** What was decided on is not what would run, or not what has run. */
export function sessionChanged(what: string, advice: string): SluiceError {
  return new SluiceError('session_changed', what, { advice });
}
