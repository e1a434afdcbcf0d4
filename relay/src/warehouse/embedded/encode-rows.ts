import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import type { CellType } from './cells.ts';

/** Cells that are written at once; between two of these portions others have their turn. */
const CELLS_AT_ONCE = 4 * 1024;

/**
 * Some rows of a chunk of DuckDB's in Snowflake's JSON encoding, column by column: from DuckDB's vectors to text, once.
 * @param from the first row, `to` the one behind the last.
 */
export async function encodeRows(
  chunk: DuckDBDataChunk,
  types: readonly CellType[],
  from: number,
  to: number,
): Promise<Uint8Array> {
  const columns: string[][] = [];
  let pending = 0;
  for (const [index, type] of types.entries()) {
    columns.push(encodeColumn(chunk.getColumnVector(index), type, from, to));
    pending += to - from;
    if (pending < CELLS_AT_ONCE) continue;
    pending = 0;
    await nextTurn();
  }
  let text = '';
  for (let row = 0; row < to - from; row += 1) {
    text += row === 0 ? '[' : ',[';
    for (let index = 0; index < columns.length; index += 1)
      text += index === 0 ? columns[index]![row]! : `,${columns[index]![row]!}`;
    text += ']';
  }
  return Buffer.from(text);
}

function encodeColumn(
  vector: DuckDBVector,
  { encode, isPlain }: CellType,
  from: number,
  to: number,
): string[] {
  const cells: string[] = [];
  for (let row = from; row < to; row += 1) {
    const value = vector.getItem(row);
    if (value === null) cells.push('null');
    else if (isPlain) cells.push(`"${encode(value)}"`);
    else cells.push(JSON.stringify(encode(value)));
  }
  return cells;
}
