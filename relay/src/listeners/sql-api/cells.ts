import { encodeRows, parseRows, splitRows } from '../../encoding/index.ts';
import type { Cell } from '../../encoding/index.ts';

/** How cells of the SQL API differ from those of drivers. */
export interface CellForm {
  /** By column, whether it is BOOLEAN: `true` and `false`, where drivers get `1` and `0`. */
  readonly booleans: readonly boolean[];
  /** False: NULL as the text `null`. */
  readonly nullable: boolean;
}

export function cellForm(columns: readonly { readonly type: string }[], nullable: boolean): CellForm {
  return { booleans: columns.map(({ type }) => type === 'boolean'), nullable };
}

/**
 * Encoded rows (driver protocol, section 6) as the SQL API has them, a portion at a time, so that a large chunk neither
 * stands in memory as values nor keeps others waiting. Rows that are alike in both are passed on as they are.
 */
export function* cellsOf(bytes: Uint8Array, form: CellForm): Generator<Uint8Array> {
  if (form.nullable && !form.booleans.includes(true)) {
    yield bytes;
    return;
  }
  for (const portion of splitRows(bytes, { rows: Infinity, bytes: PORTION })) {
    yield encodeRows(
      parseRows(portion.bytes).map((row) => row.map((cell, column) => formed(cell, column, form))),
    );
  }
}

/** Bytes. */
const PORTION = 256 * 1024;

function formed(cell: Cell, column: number, { booleans, nullable }: CellForm): Cell {
  if (cell === null) return nullable ? null : 'null';
  if (booleans[column] !== true) return cell;
  // A mask may have made another text of it.
  return cell === '1' ? 'true' : cell === '0' ? 'false' : cell;
}
