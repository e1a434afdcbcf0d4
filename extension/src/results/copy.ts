import type { RelayClient } from '@sluice/contract';
import type { ResultColumn } from './columns.ts';
import { textOf } from './cells.ts';
import { type RowFormat, rowWriter } from './formats.ts';
import { readRows } from './read-rows.ts';

/** A rectangle of cells; the ends are not in it. */
export interface CellRange {
  readonly fromRow: number;
  readonly toRow: number;
  readonly fromColumn: number;
  readonly toColumn: number;
}

export interface CopyOrder {
  readonly statement: string;
  readonly columns: readonly ResultColumn[];
  readonly range: CellRange;
  readonly as: RowFormat;
  readonly withHeaders: boolean;
}

export type Copied =
  | { readonly type: 'copied'; readonly text: string; readonly rows: number }
  /** More than a clipboard should hold: it is to be exported. */
  | { readonly type: 'too_much' };

/** UTF-16 code units. */
const MOST_TO_COPY = 20_000_000;

/**
 * What of a result goes to the clipboard: as it was returned, with masked values masked. One cell alone is copied to the
 * letter; what spreadsheets take apart into cells has no formulas in it.
 */
export async function copyCells(
  statements: Pick<RelayClient['statements'], 'read'>,
  { statement, columns, range, as, withHeaders }: CopyOrder,
  signal?: AbortSignal,
): Promise<Copied> {
  const { fromColumn, toColumn } = range;
  const isOneCell = range.toRow - range.fromRow === 1 && toColumn - fromColumn === 1;
  const writer = rowWriter(as, { columns: columns.slice(fromColumn, toColumn), withHeaders });
  const parts = [writer.head()];
  let size = 0;
  let count = 0;
  const rows = readRows(statements, statement, { from: range.fromRow, to: range.toRow }, signal);
  for await (const page of rows) {
    const cells = page.map((row) => row.slice(fromColumn, toColumn));
    if (isOneCell && !withHeaders && as !== 'json') {
      return { type: 'copied', text: textOf(cells[0]![0]!) ?? '', rows: 1 };
    }
    const text = writer.rows(cells);
    size += text.length;
    if (size > MOST_TO_COPY) return { type: 'too_much' };
    count += cells.length;
    parts.push(text);
  }
  parts.push(writer.tail());
  // As spreadsheets and editors do: what is pasted does not end a line that was not begun.
  const text = as === 'json' ? parts.join('') : parts.join('').replace(/\r?\n$/, '');
  return { type: 'copied', text, rows: count };
}
