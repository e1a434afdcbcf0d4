import type { DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Cell, ResultBatch, ResultColumn, RowCounts, StatementResult } from '../result.ts';
import { type CellType, cellType } from './cells.ts';
import { asWarehouseError } from './errors.ts';

/** Passes batches on, and says when the last has gone, the reader has left, or it failed. */
export async function* readToEnd(
  batches: AsyncIterable<ResultBatch>,
  sql: string,
  done: () => void,
): AsyncGenerator<ResultBatch> {
  try {
    yield* batches;
  } catch (error) {
    throw asWarehouseError(error, sql);
  } finally {
    done();
  }
}

/**
 * A result's columns and rows. `free` is called when the last row has been read, or nobody reads any more.
 * @param names of the columns; null for those that DuckDB gives them.
 */
export function readResult(
  result: DuckDBResult,
  names: readonly string[] | null,
  free: () => void,
): Pick<StatementResult, 'columns' | 'batches'> {
  const types = result.columnTypes().map(cellType);
  const named = names ?? result.columnNames();
  return {
    columns: types.map((type, index) => column(named[index]!, type)),
    batches: batchesOf(result, types, free),
  };
}

export function preparedColumns(
  prepared: DuckDBPreparedStatement,
  names: readonly string[] | null,
): ResultColumn[] {
  return Array.from({ length: prepared.columnCount }, (_, index) =>
    column(names?.[index] ?? prepared.columnName(index), cellType(prepared.columnType(index))),
  );
}

function column(name: string, type: ReturnType<typeof cellType>): ResultColumn {
  return { ...type.column, name, nullable: true };
}

/**
 * Cells that are made into text, or passed on, at once; between two of these portions others have their turn. A result
 * may be thousands of columns wide, and to mask a cell with a token takes some ten microseconds.
 */
const CELLS_AT_ONCE = 2 * 1024;

async function* batchesOf(
  result: DuckDBResult,
  types: readonly CellType[],
  free: () => void,
): AsyncGenerator<ResultBatch> {
  const rowsAtOnce = Math.max(1, Math.floor(CELLS_AT_ONCE / Math.max(1, types.length)));
  try {
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      const { rowCount } = chunk;
      const columns: (readonly Cell[])[] = [];
      let pending = 0;
      for (const [index, { encode }] of types.entries()) {
        columns.push(chunk.getColumnValues(index).map((value) => (value === null ? null : encode(value))));
        pending += rowCount;
        if (pending < CELLS_AT_ONCE) continue;
        pending = 0;
        await nextTurn();
      }
      for (let from = 0; from < rowCount; from += rowsAtOnce) {
        if (from > 0) await nextTurn();
        const length = Math.min(rowsAtOnce, rowCount - from);
        yield {
          rows: Array.from({ length }, (_, row) => columns.map((cells) => cells[from + row] ?? null)),
        };
      }
    }
  } finally {
    free();
  }
}

export async function* none(): AsyncGenerator<ResultBatch> {}

export function status(text: string, statementTypeId: number): StatementResult {
  return {
    columns: [
      { name: 'status', type: 'text', nullable: true, precision: null, scale: null, length: 16_777_216 },
    ],
    batches: once([[text]]),
    statementTypeId,
  };
}

/** DML answers with its counts; how they look is the listener's protocol's affair. */
export function counted(counts: Partial<RowCounts>, statementTypeId: number): StatementResult {
  return {
    columns: [],
    batches: none(),
    statementTypeId,
    changed: { inserted: 0, updated: 0, deleted: 0, ...counts },
  };
}

async function* once(rows: ResultBatch['rows']): AsyncGenerator<ResultBatch> {
  yield { rows };
}
