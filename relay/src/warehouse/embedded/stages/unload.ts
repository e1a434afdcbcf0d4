import { open, rm } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { DuckDBConnection } from '@duckdb/node-api';
import { SluiceError } from '../../../errors.ts';
import type { Cell } from '../../../encoding/index.ts';
import type { ResultColumn, StatementResult, Unload } from '../../result.ts';
import { appendRows, createRows } from '../earlier-rows.ts';
import { unsupported } from '../errors.ts';
import { quoteString } from '../render/quote.ts';
import { rowsOf } from '../results.ts';
import { statementTypes } from '../statement-types.ts';
import { type CsvFormat, type FileFormat, readFormat } from './format.ts';
import type { FilesPlan } from './plan-files.ts';
import { idOfStage, type SessionFiles } from './session-files.ts';

type UnloadPlan = Extract<FilesPlan, { kind: 'unload' }>;

/**
 * Takes the rows of an unload as its client may have them, and makes a file of them: nothing that was not masked comes
 * here. They are gathered on a connection of their own, since the session's is busy with the query.
 */
export function unloadInto(files: SessionFiles, plan: UnloadPlan): Unload {
  const format = readFormat(plan.to.format);
  const id = idOfStage(files, plan.to);
  const name = nameOfFile(plan, format);
  const isThere = files.kept.of(files.owner, id).some((file) => file.name === name);
  if (isThere && !plan.overwrites)
    throw new SluiceError('statement_failed', 'Files already existing at the unload destination.', {
      advice: 'say OVERWRITE = TRUE, or unload to another path',
      warehouse: { code: '001030', sqlState: '22000' },
    });
  return async (columns, encoding, sources) => {
    const connection = await files.connect();
    const table = '"~UNLOAD"';
    let rows = 0;
    let inputBytes = 0;
    const leave = () => connection.closeSync();
    try {
      await createRows(connection, table, columns);
    } catch (error) {
      leave();
      throw error;
    }
    return {
      async add({ bytes, rowCount }) {
        rows += rowCount;
        inputBytes += bytes.byteLength;
        await appendRows(connection, table, { columns, encoding, rows: [bytes] });
      },
      async finish(): Promise<Pick<StatementResult, 'columns' | 'encoding' | 'chunks' | 'statementTypeId'>> {
        const path = files.kept.newPath();
        try {
          await write(connection, table, path, columns, format, plan.hasHeader);
          const kept = await files.kept.written(files.owner, path);
          await files.kept.add(files.owner, id, { ...kept, name, at: Date.now(), sources });
          const cells: readonly Cell[] = [String(rows), String(inputBytes), String(kept.size)];
          return { columns: UNLOADED, ...rowsOf([cells]), statementTypeId: statementTypes.copy };
        } catch (error) {
          await rm(path, { force: true });
          throw error;
        } finally {
          leave();
        }
      },
      abandon: leave,
    };
  };
}

const UNLOADED: readonly ResultColumn[] = ['rows_unloaded', 'input_bytes', 'output_bytes'].map((name) => ({
  name,
  type: 'fixed',
  nullable: true,
  precision: 38,
  scale: 0,
  length: null,
}));

/** As Snowflake calls the only file. */
function nameOfFile({ to, isSingle }: UnloadPlan, format: FileFormat): string {
  const { path } = to;
  const base = path === '' || path.endsWith('/') ? `${path}data` : path;
  if (isSingle) return base;
  switch (format.type) {
    case 'PARQUET':
      return `${base}_0_0_0.snappy.parquet`;
    case 'JSON':
    case 'CSV':
      return `${base}_0_0_0.${format.type.toLowerCase()}${format.packed ? '.gz' : ''}`;
    default:
      return format satisfies never;
  }
}

async function write(
  connection: DuckDBConnection,
  table: string,
  path: string,
  columns: readonly ResultColumn[],
  format: FileFormat,
  hasHeader: boolean,
): Promise<void> {
  switch (format.type) {
    case 'PARQUET': {
      const fields = columns.map(({ name }, index) => {
        const called = hasHeader ? name : `_COL_${index}`;
        return `c${index} AS "${called.replaceAll('"', '""')}"`;
      });
      const to = `${quoteString(path)} (FORMAT parquet, COMPRESSION snappy)`;
      return void (await connection.run(`COPY (SELECT ${fields.join(', ')} FROM ${table}) TO ${to}`));
    }
    case 'JSON':
      if (columns.length !== 1)
        throw unsupported('JSON files of several columns: unload OBJECT_CONSTRUCT(*)');
      return await writeLines(
        connection,
        `SELECT coalesce(CAST(c0 AS VARCHAR), 'null') FROM ${table}`,
        path,
        null,
        format.packed,
      );
    case 'CSV': {
      const line = columns.map((column, index) => field(column, `c${index}`, format));
      const header = hasHeader
        ? columns.map(({ name }) => enclosed(name, format)).join(format.delimiter)
        : null;
      const sql = `SELECT concat_ws(${quoteString(format.delimiter)}, ${line.join(', ')}) FROM ${table}`;
      return await writeLines(connection, sql, path, header, format.packed);
    }
    default:
      return format satisfies never;
  }
}

function field({ type }: ResultColumn, value: string, { quote, nullIf }: CsvFormat): string {
  const text = textOf(type, value);
  const mark = quoteString(quote);
  const shown = quote === '' ? text : `${mark} || replace(${text}, ${mark}, ${mark} || ${mark}) || ${mark}`;
  const isEnclosed = ['text', 'variant', 'object', 'array'].includes(type);
  return `coalesce(${isEnclosed ? shown : text}, ${quoteString(nullIf[0] ?? '')})`;
}

/** As a session with the default formats shows it. */
function textOf(type: ResultColumn['type'], value: string): string {
  switch (type) {
    case 'timestamp_ntz':
      return `strftime(${value}, '%Y-%m-%d %H:%M:%S.%g')`;
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return `strftime(${value}, '%Y-%m-%d %H:%M:%S.%g %z')`;
    case 'binary':
      return `hex(${value})`;
    default:
      return `CAST(${value} AS VARCHAR)`;
  }
}

function enclosed(name: string, { quote }: CsvFormat): string {
  return quote === '' ? name : `${quote}${name.replaceAll(quote, quote + quote)}${quote}`;
}

async function writeLines(
  connection: DuckDBConnection,
  sql: string,
  path: string,
  header: string | null,
  isPacked: boolean,
): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  const packing = isPacked ? createGzip() : new PassThrough();
  await pipeline(linesOf(connection, sql, header), packing, file.createWriteStream());
}

async function* linesOf(connection: DuckDBConnection, sql: string, header: string | null) {
  if (header !== null) yield `${header}\n`;
  const result = await connection.stream(sql);
  for (
    let chunk = await result.fetchChunk();
    chunk !== null && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  )
    yield `${chunk.getColumnValues(0).map(String).join('\n')}\n`;
}
