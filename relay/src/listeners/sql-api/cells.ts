import { encodeRows, parseRows, splitRows } from '../../encoding/index.ts';
import type { Cell } from '../../encoding/index.ts';
import type { ResultColumn } from '../../warehouse/index.ts';
import { cellWriter, type OutputFormats } from './output-formats.ts';

/** How cells of the SQL API differ from those of drivers. */
export interface CellForm {
  /** By column, whether it is BOOLEAN: `true` and `false`, where drivers get `1` and `0`. */
  readonly booleans: readonly boolean[];
  /** By column, how a date or time is written; null where it stays a number. */
  readonly writers: readonly (((cell: string) => string) | null)[];
  /** False: NULL as the text `null`. */
  readonly nullable: boolean;
}

export function cellForm(
  columns: readonly Pick<ResultColumn, 'type'>[],
  { nullable, formats }: { readonly nullable: boolean; readonly formats: OutputFormats | null },
): CellForm {
  return {
    booleans: columns.map(({ type }) => type === 'boolean'),
    writers: columns.map((column) => cellWriter(column, formats)),
    nullable,
  };
}

/**
 * Encoded rows (driver protocol, section 6) as the SQL API has them, a portion at a time, so that a large chunk neither
 * stands in memory as values nor keeps others waiting. Rows that are alike in both are passed on as they are.
 */
export function* cellsOf(bytes: Uint8Array, form: CellForm): Generator<Uint8Array> {
  const isAlike = !form.booleans.includes(true) && form.writers.every((write) => write === null);
  if (form.nullable && isAlike) {
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

function formed(cell: Cell, column: number, { booleans, writers, nullable }: CellForm): Cell {
  if (cell === null) return nullable ? null : 'null';
  const write = writers[column] ?? null;
  if (write !== null) return write(cell);
  if (booleans[column] !== true) return cell;
  // A mask may have made another text of it.
  return cell === '1' ? 'true' : cell === '0' ? 'false' : cell;
}
