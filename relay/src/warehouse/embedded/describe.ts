import type { DuckDBConnection } from '@duckdb/node-api';
import type { RememberedColumn } from './declared.ts';
import { snowflakeType } from './column-types.ts';
import { decodeName } from './render/quote.ts';

/** The columns of each table or view, by its rendered name; one question for all. Fails where one is not there. */
export async function describeColumns(
  connection: DuckDBConnection,
  tables: readonly string[],
): Promise<readonly (readonly RememberedColumn[])[]> {
  const columns: RememberedColumn[][] = tables.map(() => []);
  // `pragma_table_info` takes a name as a text, and reads a quote in it as the end of the name.
  const questions = tables.map(
    (table, place) =>
      `SELECT ${place} AS place, row_number() OVER () AS cid, column_name AS name, ${snowflakeType('column_type')} AS type, "null" <> 'NO' AS nullable FROM (DESCRIBE ${table})`,
  );
  const reader = await connection.runAndReadAll(`${questions.join(' UNION ALL ')} ORDER BY place, cid`);
  const rows = reader.getRowObjectsJS() as unknown as readonly {
    place: number;
    name: string;
    type: string;
    nullable: boolean;
  }[];
  for (const { place, name, type, nullable } of rows)
    columns[place]!.push({ name: decodeName(name), type, nullable });
  return columns;
}
