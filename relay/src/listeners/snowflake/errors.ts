import { type ErrorCode, ERRORS, type SnowflakeCode } from '@sluice/contract';
import type { SluiceError, WarehouseErrorCode } from '../../errors.ts';

/** An error as drivers show it: six digits, five characters, and a message with what to do next. */
export interface SnowflakeError extends WarehouseErrorCode {
  readonly message: string;
}

/**
 * The one place where the relay's errors become Snowflake's, as the contract's table has them. What
 * the warehouse itself called an error wins. Nothing but message and advice leaves: no cause, no stack.
 */
export function toSnowflakeError(error: SluiceError, renewing = false): SnowflakeError {
  const known: SnowflakeCode =
    (renewing ? renewalErrors[error.code] : undefined) ?? ERRORS[error.code].snowflake;
  const { code, sqlState } = error.warehouse ?? known;
  // Snowflake's own words end a sentence, ours do not.
  const ended = error.message.replace(/\.$/, '');
  const sentence = error.advice === '' ? error.message : `${ended}. ${capital(error.advice)}.`;
  return { code, sqlState, message: `${prefixOf(known, error)}${sentence}` };
}

function prefixOf({ prefix = '', says }: SnowflakeCode, { place }: SluiceError): string {
  if (says !== 'place' || place === undefined) return prefix;
  // Snowflake counts the columns of a line from 0.
  return `SQL compilation error: error line ${place.line} at position ${place.column - 1}\n`;
}

/** What a master token can be told of (driver protocol, section 3.1): the driver then gives the connection up. */
const renewalErrors: Partial<Record<ErrorCode, SnowflakeCode>> = {
  session_unknown: { code: '390113', sqlState: '08001' },
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
