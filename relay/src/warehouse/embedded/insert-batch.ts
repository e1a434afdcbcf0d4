import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import type { Bind, Binds } from '../warehouse.ts';
import { malformed, textOf, WHOLE } from './binds.ts';
import type { BatchInsert } from './render/batch.ts';

/** An array bind's insert, ready to run: one statement for all of its rows. */
export interface PreparedBatch {
  readonly rows: number;
  readonly prepared: DuckDBPreparedStatement;
}

/**
 * Each column of values goes to DuckDB as one text in JSON, which it takes apart some hundred times faster than values are bound one by
 * one. Null when the binds are of one row, or when DuckDB cannot tell what the statement means for values of these types before it sees
 * them: it is run for each row then. Errors: `request_malformed`.
 */
export async function prepareBatch(
  connection: DuckDBConnection,
  batch: BatchInsert | null,
  binds: Binds,
): Promise<PreparedBatch | null> {
  const rows = batchLength(binds);
  if (batch === null || rows === null) return null;
  const used = [...batch.binds].map(([name, column]) => {
    const bind = binds[name];
    if (bind === undefined) throw malformed(`no value was given for bind ${name}`);
    return { column, ...columnOf(bind, rows) };
  });
  const columns = used.map(({ column, read }) => `${read(valuesOf(column))} AS ${column}`);
  const sql = `${batch.head} FROM (SELECT ${columns.join(', ')}) AS ${batch.relation}`;
  const prepared = await connection.prepare(sql).catch(() => null);
  if (prepared === null) return null;
  for (const { column, json } of used) prepared.bindVarchar(prepared.parameterIndex(column), json);
  return { rows, prepared };
}

/** Null for binds of a single row. Errors: `request_malformed` when arrays differ in length. */
function batchLength(binds: Binds): number | null {
  const lengths = Object.values(binds).flatMap(({ value }) => (Array.isArray(value) ? [value.length] : []));
  const [rows] = lengths;
  if (rows === undefined) return null;
  if (lengths.some((length) => length !== rows)) throw malformed('array binds differ in length');
  return rows;
}

function valuesOf(parameter: string): string {
  return `unnest(from_json($${parameter}, '["VARCHAR"]'))`;
}

/** The values of one bind as a JSON array of texts, and how DuckDB makes of such a text what it would have been bound as. */
function columnOf({ type, value }: Bind, rows: number) {
  const given = Array.isArray(value)
    ? (value as readonly (string | null)[])
    : Array<null>(rows).fill(value as null);
  const texts = given.map((one) => (one === null ? null : textOf(type, one.toWellFormed())));
  return { json: JSON.stringify(texts), read: readerOf(type, texts) };
}

function readerOf(type: string, texts: readonly (string | null)[]): (text: string) => string {
  switch (type) {
    case 'FIXED':
      return texts.every((text) => text === null || WHOLE.test(text)) ? as('HUGEINT') : (text) => text;
    case 'REAL':
      return as('DOUBLE');
    case 'BOOLEAN':
      return as('BOOLEAN');
    case 'BINARY':
      return (text) => `unhex(${text})`;
    default:
      return (text) => text;
  }
}

function as(type: string) {
  return (text: string) => `CAST(${text} AS ${type})`;
}
