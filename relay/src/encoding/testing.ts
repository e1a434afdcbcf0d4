import type { Cell } from './chunk.ts';
import { encodeRows, parseRows, type Portion } from './json-rows.ts';

type Rows = readonly (readonly Cell[])[];

/** Yields the given rows as encoded chunks, as the gate does. */
export async function* chunksOf(...chunks: readonly Rows[]): AsyncGenerator<Portion> {
  for (const rows of chunks) yield { bytes: encodeRows(rows), rowCount: rows.length };
}

/** Reads and decodes the rows of all chunks. */
export async function rowsIn(chunks: AsyncIterable<Portion>): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  for await (const { bytes } of chunks) rows.push(...parseRows(bytes));
  return rows;
}
