import type { DuckDBConnection } from '@duckdb/node-api';
import type { ObjectName } from '@sluice/snowflake-sql';
import { encodeName, quoteString } from './render/quote.ts';

/** Whether there is a schema of that name, as the connection sees it. */
export async function hasSchema(
  connection: DuckDBConnection,
  { database, name }: Pick<ObjectName, 'database' | 'name'>,
): Promise<boolean> {
  const [inDatabase, called] = [database, name].map((part) => quoteString(encodeName(part)));
  const found = await connection.runAndReadAll(
    `SELECT 1 FROM duckdb_schemas() WHERE database_name = ${inDatabase} AND schema_name = ${called} AND NOT internal`,
  );
  return found.currentRowCount > 0;
}
