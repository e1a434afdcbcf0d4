import type { DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api';
import type { ResultBatch, ResultColumn, RowCounts, StatementResult } from '../result.ts';
import { cellType } from './cells.ts';
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

/** @param names of the columns; null for those that DuckDB gives them. */
export function resultColumns(result: DuckDBResult, names: readonly string[] | null): ResultColumn[] {
  return (names ?? result.columnNames()).map((name, index) =>
    column(name, cellType(result.columnType(index))),
  );
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

export async function* batchesOf(result: DuckDBResult, free: () => void): AsyncGenerator<ResultBatch> {
  const types = result.columnTypes().map(cellType);
  try {
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      const columns = types.map(({ encode }, index) =>
        chunk.getColumnValues(index).map((value) => (value === null ? null : encode(value))),
      );
      yield {
        rows: Array.from({ length: chunk.rowCount }, (_, row) => columns.map((cells) => cells[row] ?? null)),
      };
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
