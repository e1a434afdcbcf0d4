import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { arrowField, type ColumnShape, writeStream } from '../../encoding/arrow/index.ts';
import { arrowVector } from './arrow-vector.ts';
import type { CellType } from './cells.ts';

/** How many cells are written in one turn. */
const CELLS_AT_ONCE = 32 * 1024;

/**
 * Some rows of a chunk of DuckDB's as an IPC stream of Snowflake's (driver protocol, section 8): column by column, from
 * DuckDB's vectors to Arrow's.
 * @param from the first row, a multiple of eight; `to` the one behind the last.
 */
export async function encodeArrow(
  chunk: DuckDBDataChunk,
  shapes: readonly ColumnShape[],
  types: readonly CellType[],
  from: number,
  to: number,
): Promise<Uint8Array> {
  const columns = [];
  let cells = 0;
  for (const [index, type] of types.entries()) {
    const column = shapes[index]!;
    const vector = arrowVector(chunk, index, { ...type, column }, from, to);
    columns.push({ field: arrowField(column, vector.type), vectors: [vector] });
    cells += to - from;
    if (cells < CELLS_AT_ONCE) continue;
    cells = 0;
    await nextTurn();
  }
  return writeStream(columns, [to - from]);
}
