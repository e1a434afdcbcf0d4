import { formatIdentifier, formatObjectName, type ObjectName } from '@sluice/snowflake-sql';
import { SluiceError } from '../../errors.ts';
import { inSingleQuotes } from '../../text/index.ts';
import { ERROR_CLASSES } from './error-classes.ts';
import { decodeName } from './render/quote.ts';

/** What this warehouse cannot do, in Snowflake's own terms for an unsupported feature. */
export function unsupported(what: string): SluiceError {
  return new SluiceError('unsupported_by_warehouse', `the embedded warehouse does not support ${what}`, {
    advice: 'try it on Snowflake, or see docs/embedded-warehouse.md for what works here',
    warehouse: { code: '000002', sqlState: '0A000' },
  });
}

/**
 * DuckDB's error as Snowflake would put it. Its text is not passed on, because it may quote data: a failed
 * cast names the value it failed on. Only names that stand in the statement itself are.
 */
export function asWarehouseError(thrown: unknown, sql: string): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  const text = thrown instanceof Error ? thrown.message : '';
  if (text.startsWith('INTERRUPT Error')) {
    return new SluiceError('statement_cancelled', 'SQL execution canceled', {
      warehouse: { code: '000604', sqlState: '57014' },
    });
  }
  for (const { pattern, code, sqlState, message } of ERROR_CLASSES) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const name = match.groups?.['name'];
    const given = name === undefined ? '' : decodeName(name);
    const isNamed = given !== '' && sql.toUpperCase().includes(given.toUpperCase());
    const named = isNamed ? inSingleQuotes(given, { most: 300 }) : '';
    return new SluiceError('statement_failed', message.replace('{}', named).replaceAll(/ {2,}/g, ' '), {
      cause: thrown,
      warehouse: { code, sqlState },
    });
  }
  return new SluiceError('statement_failed', 'the statement failed in the warehouse', {
    advice: 'the reason is withheld, since it may quote data',
    cause: thrown,
    warehouse: { code: '100132', sqlState: 'P0000' },
  });
}

export function objectNotThere(object: ObjectName): SluiceError {
  return new SluiceError(
    'object_unknown',
    `Object '${formatObjectName(object)}' does not exist or not authorized`,
    { advice: '' },
  );
}

export function columnNotThere(column: string): SluiceError {
  return new SluiceError('column_unknown', `invalid identifier '${formatIdentifier(column)}'`, {
    advice: '',
  });
}
