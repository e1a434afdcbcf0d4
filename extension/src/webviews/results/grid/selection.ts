import type { CellRange } from '../../../results/copy.ts';

export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/** The cell that keys act on, and the one that the selection goes from. */
export interface Selection {
  readonly active: CellPlace;
  readonly anchor: CellPlace;
}

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** Rows that are seen at once. */
  readonly pageRows: number;
}

export const AT_START: Selection = { active: { row: 0, column: 0 }, anchor: { row: 0, column: 0 } };

export function rangeOf({ active, anchor }: Selection): CellRange {
  return {
    fromRow: Math.min(active.row, anchor.row),
    toRow: Math.max(active.row, anchor.row) + 1,
    fromColumn: Math.min(active.column, anchor.column),
    toColumn: Math.max(active.column, anchor.column) + 1,
  };
}

export function isIn(
  { fromRow, toRow, fromColumn, toColumn }: CellRange,
  { row, column }: CellPlace,
): boolean {
  return row >= fromRow && row < toRow && column >= fromColumn && column < toColumn;
}

export interface GridKey {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** What a key makes of the selection (ARIA, grid pattern); null for keys that are not the grid's. */
export function afterKey(selection: Selection, pressed: GridKey, size: GridSize): Selection | null {
  if (pressed.altKey || size.rows === 0) return null;
  const isControl = pressed.ctrlKey || pressed.metaKey;
  const lastRow = size.rows - 1;
  const lastColumn = size.columns - 1;
  const { row, column } = selection.active;
  if (isControl && pressed.key.toLowerCase() === 'a' && !pressed.shiftKey) {
    return { anchor: { row: 0, column: 0 }, active: { row: lastRow, column: lastColumn } };
  }
  if (pressed.key === ' ') {
    if (pressed.shiftKey) return { anchor: { row, column: 0 }, active: { row, column: lastColumn } };
    if (isControl) return { anchor: { row: 0, column }, active: { row: lastRow, column } };
    return null;
  }
  const moved = movedTo({ row, column }, pressed.key, isControl, { ...size, lastRow, lastColumn });
  if (moved === null) return null;
  const active = {
    row: Math.max(0, Math.min(lastRow, moved.row)),
    column: Math.max(0, Math.min(lastColumn, moved.column)),
  };
  return { active, anchor: pressed.shiftKey ? selection.anchor : active };
}

function movedTo(
  { row, column }: CellPlace,
  key: string,
  isControl: boolean,
  { pageRows, lastRow, lastColumn }: GridSize & { readonly lastRow: number; readonly lastColumn: number },
): CellPlace | null {
  switch (key) {
    case 'ArrowUp':
      return { row: isControl ? 0 : row - 1, column };
    case 'ArrowDown':
      return { row: isControl ? lastRow : row + 1, column };
    case 'ArrowLeft':
      return { row, column: isControl ? 0 : column - 1 };
    case 'ArrowRight':
      return { row, column: isControl ? lastColumn : column + 1 };
    case 'PageUp':
      return { row: row - Math.max(1, pageRows - 1), column };
    case 'PageDown':
      return { row: row + Math.max(1, pageRows - 1), column };
    case 'Home':
      return isControl ? { row: 0, column: 0 } : { row, column: 0 };
    case 'End':
      return isControl ? { row: lastRow, column: lastColumn } : { row, column: lastColumn };
    default:
      return null;
  }
}
