import { SluiceError } from '../../../../errors.ts';
import { inSingleQuotes } from '../../../../text/index.ts';
import type { SessionState } from '../../../session-state.ts';
import { cancelled } from './unavailable.ts';
import { FAILURE_TEXTS } from './statement-texts.ts';

/** What Snowflake says of a failure, unread (driver protocol, section 10.1). */
export interface Failure {
  readonly code: string | null | undefined;
  readonly message: string | null | undefined;
  readonly data: unknown;
}

/** What a name may be shown for. */
export interface NamedIn {
  readonly sql: string;
  readonly state: SessionState;
}

/**
 * A statement's failure as whoever sent it may have it: Snowflake's code and SQLSTATE, and a sentence of ours. Of its
 * message only the name of what does not exist is shown, or is ambiguous, and only when that name stands in the
 * statement; not the place, which is one in the text that was sent to the account.
 */
export function statementFailure({ code, message, data }: Failure, { sql, state }: NamedIn): SluiceError {
  const said = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  const known = [said['errorCode'], code].find(
    (each): each is string => typeof each === 'string' && /^\d{6}$/.test(each),
  );
  const sqlState = said['sqlState'];
  const warehouse = {
    code: known ?? '100132',
    sqlState: typeof sqlState === 'string' && /^[0-9A-Z]{5}$/.test(sqlState) ? sqlState : 'P0000',
  };
  if (known === '000604') return cancelled();
  if (known === '000630') {
    return new SluiceError('statement_timeout', 'the statement ran for longer than the account lets it', {
      warehouse,
    });
  }
  const failure = known === undefined ? undefined : FAILURE_TEXTS[known];
  if (failure === undefined) {
    return new SluiceError('statement_failed', 'the statement failed in the warehouse', {
      advice: 'the reason is withheld, since it may quote data',
      warehouse,
    });
  }
  const name = failure.name && nameIn(message ?? '', failure.name, { sql, state });
  const shown = name === undefined ? '' : inSingleQuotes(name, { most: 300 });
  return new SluiceError(
    'statement_failed',
    failure.text
      .replace('{}', () => shown)
      .replaceAll(/ {2,}/g, ' ')
      .trimEnd(),
    {
      warehouse,
    },
  );
}

function nameIn(message: string, pattern: RegExp, { sql, state }: NamedIn): string | undefined {
  const name = pattern.exec(message)?.groups?.['name'];
  if (name === undefined) return undefined;
  const text = sql.toUpperCase();
  const current = [state.database, state.schema].flatMap((each) => each?.toUpperCase() ?? []);
  const parts = name.split('.').map((part) => part.replaceAll('"', '').toUpperCase());
  const isTheirs = parts.every((part) => part !== '' && (text.includes(part) || current.includes(part)));
  return isTheirs && text.includes(parts.at(-1)!) ? name : undefined;
}
