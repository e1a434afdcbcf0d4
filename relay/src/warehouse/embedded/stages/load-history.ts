import type { DuckDBConnection } from '@duckdb/node-api';
import type { ObjectName } from '@sluice/snowflake-sql';
import { DATABASE } from '../registry-place.ts';
import { duckDbPlace } from '../render/names.ts';
import { quoteName, quoteString } from '../render/quote.ts';
import type { StagedFile } from '../../files/stage-files.ts';

/**
 * Which files have been loaded into which table, of whom: Snowflake loads a file once, until it has other content
 * (https://docs.snowflake.com/en/user-guide/data-load-considerations-load#load-metadata). It lies in DuckDB beside the rows,
 * so that both are undone together. A table is known by DuckDB's number for it, which stays when it is altered or renamed,
 * and is another when it is made anew.
 */
const LOADED = `${quoteName(DATABASE)}.main."~LOADED"`;

export const CREATE_LOAD_HISTORY = `CREATE TABLE ${LOADED} (table_oid BIGINT, owner VARCHAR, stage VARCHAR, file VARCHAR, md5 VARCHAR)`;

/** Whose files, of which stage. */
export interface FilesOf {
  readonly owner: string;
  readonly stage: string;
}

export interface LoadHistory {
  /** Those of the files that have not been loaded as they are. */
  fresh(files: readonly StagedFile[]): Promise<readonly StagedFile[]>;
  /** To be called after the load, in the same transaction. */
  note(files: readonly StagedFile[]): Promise<void>;
}

export function loadHistory(
  connection: DuckDBConnection,
  table: ObjectName,
  temporary: ReadonlySet<string>,
  { owner, stage }: FilesOf,
): LoadHistory {
  const oid = oidOf(table, temporary);
  const own = `owner = ${quoteString(owner)} AND stage = ${quoteString(stage)}`;
  return {
    async fresh(files) {
      const asked = await connection.runAndReadAll(
        `SELECT file, md5 FROM ${LOADED} WHERE table_oid = ${oid} AND ${own}`,
      );
      const loaded = new Set(asked.getRowsJson().map((row) => JSON.stringify(row)));
      return files.filter(({ name, md5 }) => !loaded.has(JSON.stringify([name, md5])));
    },
    async note(files) {
      const rows = files.map(({ name, md5 }) => {
        const values = [owner, stage, name, md5].map(quoteString);
        return `(${[oid, ...values].join(', ')})`;
      });
      await connection.run(`INSERT INTO ${LOADED} VALUES ${rows.join(', ')}`);
    },
  };
}

/** For a table that is emptied by TRUNCATE: everything may be loaded anew. */
export async function forgetLoads(
  connection: DuckDBConnection,
  table: ObjectName,
  temporary: ReadonlySet<string>,
): Promise<void> {
  // To find the number goes through all tables there are.
  const any = await connection.runAndReadAll(`SELECT 1 FROM ${LOADED} LIMIT 1`);
  if (any.currentRowCount === 0) return;
  await connection.run(`DELETE FROM ${LOADED} WHERE table_oid = ${oidOf(table, temporary)}`);
}

function oidOf(table: ObjectName, temporary: ReadonlySet<string>): string {
  const [database, schema, name] = duckDbPlace(table, temporary).map(quoteString);
  return `(SELECT table_oid FROM duckdb_tables() WHERE database_name = ${database} AND schema_name = ${schema} AND table_name = ${name})`;
}
