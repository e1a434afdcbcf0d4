import { type ObjectName, quotedIdentifier } from '@sluice/snowflake-sql';
import { isSluiceError } from '../../../errors.ts';
import type { Ask, Row } from '../ask.ts';

/** Names in one question: Snowflake takes far more, and its plan grows with them. */
const NAMES_AT_ONCE = 200;

/**
 * Rows of a view of the databases' INFORMATION_SCHEMA that are about these names. Databases that the role does not see
 * have none.
 *
 * @param nameColumn - what the view calls the object's name; its schema's stands in `schemaColumn`.
 */
export async function rowsAbout(
  ask: Ask,
  names: readonly ObjectName[],
  {
    view,
    columns,
    schemaColumn = 'TABLE_SCHEMA',
    nameColumn = 'TABLE_NAME',
  }: {
    readonly view: string;
    readonly columns: readonly string[];
    readonly schemaColumn?: string;
    readonly nameColumn?: string;
  },
): Promise<readonly (Row & { readonly DATABASE: string })[]> {
  const found: (Row & { readonly DATABASE: string })[] = [];
  for (const [database, all] of Map.groupBy(names, (name) => name.database)) {
    for (let at = 0; at < all.length; at += NAMES_AT_ONCE) {
      const some = all.slice(at, at + NAMES_AT_ONCE);
      const isOne = `(${schemaColumn} = ? AND ${nameColumn} = ?)`;
      const sql = `SELECT ${columns.join(', ')} FROM ${quotedIdentifier(database)}.INFORMATION_SCHEMA.${view} WHERE ${some.map(() => isOne).join(' OR ')}`;
      const texts = some.flatMap(({ schema, name }) => [schema, name]);
      const rows = await ask(sql, texts).catch(noneWhereUnknown);
      for (const row of rows) found.push({ ...row, DATABASE: database });
    }
  }
  return found;
}

/** Of a database that there is not, or that the role does not see, Snowflake says one and the same. */
export function noneWhereUnknown(error: unknown): readonly Row[] {
  if (isSluiceError(error) && UNKNOWN.has(error.warehouse?.code ?? '')) return [];
  throw error;
}

const UNKNOWN: ReadonlySet<string> = new Set(['002003', '002043']);
