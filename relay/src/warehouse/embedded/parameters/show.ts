import type { Tree } from '@sluice/snowflake-sql';
import type { SessionParameters } from '../../session-state.ts';
import { unsupported } from '../errors.ts';
import { quoteString } from '../render/quote.ts';
import { parameterRows } from './parameters.ts';

/** SHOW PARAMETERS as a query: those of the session, which are all that there are. */
export function showParameters({ like, scopes, flags }: Tree.Show, set: SessionParameters): string {
  const isOther = scopes.some(({ objectType, name }) => name !== null || !OF.has(objectType?.text ?? ''));
  if (isOther || flags.length > 0)
    throw unsupported('SHOW PARAMETERS of anything but the session and the account');
  const rows = parameterRows(set).map(
    (row) => `(${COLUMNS.map((column) => quoteString(row[column])).join(', ')})`,
  );
  const columns = COLUMNS.map((column) => `"${column}"`).join(', ');
  const where = like === null ? '' : ` WHERE "key" ILIKE ${quoteString(like.value)}`;
  return `SELECT * FROM (VALUES ${rows.join(', ')}) AS s(${columns})${where} ORDER BY "key"`;
}

const OF: ReadonlySet<string> = new Set(['SESSION', 'ACCOUNT']);
const COLUMNS = ['key', 'value', 'default', 'level', 'description', 'type'] as const;
