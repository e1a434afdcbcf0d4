import type { DuckDBDataChunk, DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api';
import { type Cell, chunkOf, type ResultChunk } from '../../encoding/index.ts';
import type { ResultColumn, ResultEncoding, RowCounts, StatementResult } from '../result.ts';
import { type Answering, type CellType, cellType } from './cells.ts';
import { encodeRows } from './encode-rows.ts';
import type { KnownColumns } from './types/known-columns.ts';
import { UNKNOWN } from './types/snowflake-type.ts';

/** Passes chunks on, and says when the last has gone, the reader has left, or it failed. */
export async function* readToEnd(
  chunks: AsyncIterable<ResultChunk>,
  failed: (error: unknown) => unknown,
  done: () => Promise<void>,
): AsyncGenerator<ResultChunk> {
  try {
    yield* chunks;
  } catch (error) {
    throw failed(error);
  } finally {
    await done();
  }
}

/** A result's columns and rows, no more than `most`. `free` is called when the last row has been read, or nobody reads any more. */
export function readResult(
  result: DuckDBResult,
  known: KnownColumns,
  free: () => void,
  {
    encoding,
    most,
    answering,
  }: { readonly encoding: ResultEncoding; readonly most: number; readonly answering: Answering },
): Pick<StatementResult, 'columns' | 'encoding' | 'chunks'> {
  const types = result
    .columnTypes()
    .map((type, index) => cellType(type, known?.[index]?.type ?? UNKNOWN, answering));
  const columns = types.map((type, index) =>
    column(known?.[index] ?? duckDbs(result.columnName(index)), type),
  );
  return { columns, encoding, chunks: chunksOf(result, encoderOf(encoding, columns, types), free, most) };
}

type Encoder = (chunk: DuckDBDataChunk, from: number, to: number) => Promise<Uint8Array>;

function encoderOf(
  encoding: ResultEncoding,
  columns: readonly ResultColumn[],
  types: readonly CellType[],
): Encoder & { readonly columns: number } {
  const encode: Encoder =
    encoding === 'json'
      ? (chunk, from, to) => encodeRows(chunk, types, from, to)
      : async (chunk, from, to) => {
          // Loaded when somebody asks for it: it is large.
          const { encodeArrow } = await import('./encode-arrow.ts');
          return await encodeArrow(chunk, columns, types, from, to);
        };
  return Object.assign(encode, { columns: types.length });
}

export function preparedColumns(
  prepared: DuckDBPreparedStatement,
  known: KnownColumns,
  answering: Answering,
): ResultColumn[] {
  return Array.from({ length: prepared.columnCount }, (_, index) => {
    const one = known?.[index] ?? duckDbs(prepared.columnName(index));
    return column(one, cellType(prepared.columnType(index), one.type, answering));
  });
}

type Known = NonNullable<KnownColumns>[number];

/** What is known of a column that only DuckDB knows. */
function duckDbs(name: string): Known {
  return { name, type: UNKNOWN, nullable: true };
}

function column({ name, nullable }: Known, type: ReturnType<typeof cellType>): ResultColumn {
  return { ...type.column, name, nullable };
}

/** Cells in one chunk: a result may be thousands of columns wide, and texts of two thousand rows are made at once. */
const CELLS_IN_CHUNK = 32 * 1024;

/** As DuckDB has them, or fewer rows where there are many columns; encoded when they are opened. */
async function* chunksOf(
  result: DuckDBResult,
  encode: Encoder & { readonly columns: number },
  free: () => void,
  most: number,
): AsyncGenerator<ResultChunk> {
  // Arrow has a bit for each row, eight in a byte.
  const rowsAtOnce = Math.max(8, Math.floor(CELLS_IN_CHUNK / Math.max(1, encode.columns) / 8) * 8);
  let left = most;
  try {
    while (left > 0) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      const rows = Math.min(chunk.rowCount, left);
      left -= rows;
      for (let from = 0; from < rows; from += rowsAtOnce) {
        const to = Math.min(rows, from + rowsAtOnce);
        yield { rowCount: to - from, open: () => encode(chunk, from, to) };
      }
    }
  } finally {
    free();
  }
}

/** Rows that the warehouse says itself. */
export function rowsOf(rows: readonly (readonly Cell[])[]): Pick<StatementResult, 'encoding' | 'chunks'> {
  return { encoding: 'json', chunks: rows.length === 0 ? none() : once(chunkOf(rows)) };
}

/** @param changed - rows that were changed beside what is said. */
export function status(
  text: string,
  statementTypeId: number,
  changed: Partial<RowCounts> | null = null,
): StatementResult {
  return {
    columns: [
      { name: 'status', type: 'text', nullable: true, precision: null, scale: null, length: 16_777_216 },
    ],
    ...rowsOf([[text]]),
    statementTypeId,
    ...(changed === null ? {} : { changed: { inserted: 0, updated: 0, deleted: 0, ...changed } }),
  };
}

/** DML answers with its counts; how they look is the listener's protocol's affair. */
export function counted(counts: Partial<RowCounts>, statementTypeId: number): StatementResult {
  return {
    columns: [],
    ...rowsOf([]),
    statementTypeId,
    changed: { inserted: 0, updated: 0, deleted: 0, ...counts },
  };
}

async function* once(chunk: ResultChunk): AsyncGenerator<ResultChunk> {
  yield chunk;
}

async function* none(): AsyncGenerator<ResultChunk> {}
