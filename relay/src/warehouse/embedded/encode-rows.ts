import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import type { CellType } from './cells.ts';

/** How much is written at once, in cells and in characters; between two of these portions others have their turn. */
const CELLS_AT_ONCE = 4 * 1024;
const CHARACTERS_AT_ONCE = 256 * 1024;

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
  const portion = createPortions();
  const columns: string[][] = [];
  for (const [index, type] of types.entries()) {
    const vector = chunk.getColumnVector(index);
    const cells: string[] = [];
    for (let row = from; row < to; row += 1) {
      const cell = encodeCell(vector, row, type);
      cells.push(cell);
      if (portion.isFull(cell.length)) await nextTurn();
    }
    columns.push(cells);
  }

  /** Bytes of portions: making bytes of one text as long as all of the rows would take as long as all of them. */
  const written: Buffer[] = [];
  let text = '';
  for (let row = 0; row < to - from; row += 1) {
    text += row === 0 ? '[' : ',[';
    for (let index = 0; index < columns.length; index += 1) {
      const cell = columns[index]![row]!;
      text += index === 0 ? cell : `,${cell}`;
      if (!portion.isFull(cell.length)) continue;
      written.push(Buffer.from(text));
      text = '';
      await nextTurn();
    }
    text += ']';
  }
  written.push(Buffer.from(text));
  return written.length === 1 ? written[0]! : Buffer.concat(written);
}

/** Counts what has been written since others had their turn. */
function createPortions() {
  let cells = 0;
  let characters = 0;
  return {
    /** Whether it is enough for one turn with a cell of so many characters more. */
    isFull(length: number): boolean {
      cells += 1;
      characters += length;
      if (cells < CELLS_AT_ONCE && characters < CHARACTERS_AT_ONCE) return false;
      cells = characters = 0;
      return true;
    },
  };
}

function encodeCell(vector: DuckDBVector, row: number, { encode, isPlain }: CellType): string {
  const value = vector.getItem(row);
  if (value === null) return 'null';
  return isPlain ? `"${encode(value)}"` : JSON.stringify(encode(value));
}
