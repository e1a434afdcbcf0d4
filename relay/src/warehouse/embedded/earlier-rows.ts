import type { DuckDBConnection } from '@duckdb/node-api';
import { toJson } from '../../encoding/index.ts';
import { SluiceError } from '../../errors.ts';
import type { ResultColumn } from '../result.ts';
import type { EarlierRows, ExecutableStatement } from '../warehouse.ts';
import { earlierTable } from './render/names.ts';
import { decimal } from './types/snowflake-type.ts';

/**
 * Puts the rows of earlier results where a statement reads them (RESULT_SCAN), and takes those of the statement before it
 * away. They are what the client was given, masks and all: what is computed of them tells nothing that it does not have.
 */
export async function loadEarlier(
  connection: DuckDBConnection,
  loaded: Set<string>,
  ids: readonly string[],
  earlier: ExecutableStatement['earlier'],
): Promise<void> {
  for (const id of loaded) await connection.run(`DROP TABLE IF EXISTS ${earlierTable(id)}`);
  loaded.clear();
  for (const id of ids) {
    const result = earlier(id);
    if (result === null) throw notKept();
    loaded.add(id);
    await load(connection, earlierTable(id), result);
  }
}

async function load(connection: DuckDBConnection, table: string, result: EarlierRows): Promise<void> {
  await createRows(connection, table, result.columns);
  await appendRows(connection, table, result);
}

/** A temporary table for rows of a result. */
export async function createRows(
  connection: DuckDBConnection,
  table: string,
  columns: EarlierRows['columns'],
): Promise<void> {
  await connection.run(
    `CREATE TEMPORARY TABLE ${table} AS SELECT ${fieldsOf(columns)} FROM (SELECT CAST(NULL AS VARCHAR[]) AS r) LIMIT 0`,
  );
}

/** Puts rows of a result into such a table, each cell as the value that it stands for. */
export async function appendRows(
  connection: DuckDBConnection,
  table: string,
  { columns, encoding, rows }: EarlierRows,
): Promise<void> {
  const list = fieldsOf(columns);
  for (const bytes of rows) {
    const text = `[${Buffer.from(await toJson(encoding, bytes)).toString()}]`;
    const insert = `INSERT INTO ${table} SELECT ${list} FROM (SELECT unnest(from_json(CAST($1 AS JSON), '[["VARCHAR"]]')) AS r)`;
    await connection.run(insert, [text]);
  }
}

function fieldsOf(columns: EarlierRows['columns']): string {
  const fields = columns.flatMap((column, index) => {
    const cell = `r[${index + 1}]`;
    const value = `${decoded(cell, column)} AS c${index}`;
    if (column.type !== 'timestamp_tz') return [value];
    return [value, `CAST(split_part(${cell}, ' ', 2) AS SMALLINT) - 1440 AS c${index}_z`];
  });
  return fields.length === 0 ? '1 AS n' : fields.join(', ');
}

/** A value from a cell of a result (driver protocol, section 6). */
function decoded(
  cell: string,
  { type, precision, scale }: Pick<ResultColumn, 'type' | 'precision' | 'scale'>,
): string {
  const micros = `CAST(CAST(${cell} AS DECIMAL(38, 9)) * 1000000 AS BIGINT)`;
  switch (type) {
    case 'fixed':
      return `CAST(${cell} AS ${decimal({ kind: 'fixed', precision: precision ?? 38, scale: scale ?? 0 })})`;
    case 'real':
    case 'decfloat':
      return `CAST(${cell} AS DOUBLE)`;
    case 'boolean':
      return `(${cell} IN ('1', 'true'))`;
    case 'date':
      return `DATE '1970-01-01' + CAST(${cell} AS INTEGER)`;
    case 'time':
      return `CAST(make_timestamp(${micros}) AS TIME)`;
    case 'timestamp_ntz':
      return `make_timestamp(${micros})`;
    case 'timestamp_ltz':
      return `make_timestamptz(${micros})`;
    case 'binary':
      return `unhex(${cell})`;
    case 'variant':
    case 'object':
    case 'array':
      return `json(${cell})`;
    case 'timestamp_tz':
      // The instant stands before its offset.
      return decoded(`split_part(${cell}, ' ', 1)`, { type: 'timestamp_ltz', precision, scale });
    case 'text':
      return cell;
    default:
      return type satisfies never;
  }
}

export function notKept(): SluiceError {
  return new SluiceError(
    'result_unavailable',
    'the result of that statement is not kept: it was too large, or not read to its end',
    {
      advice: 'run the query again as part of this one',
    },
  );
}
