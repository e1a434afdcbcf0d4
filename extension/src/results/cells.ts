import type { JsonValue } from '@sluice/contract';

/** A cell as it is shown; null is NULL. */
export type CellText = string | null;

/** A value of docs/values.md as text, whole and on one line. */
export function textOf(value: JsonValue): CellText {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A value as it is read by itself: what is nested is indented. */
export function readableText(value: JsonValue): CellText {
  return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : textOf(value);
}

/** UTF-16 code units of a cell that a grid shows: one may hold 16 MB. The whole is read where it is asked for. */
export const MOST_OF_A_CELL = 400;

/** What a grid shows of a cell, and whether there is more of it. */
export function shortText(value: JsonValue): CellText {
  const text = textOf(value);
  if (text === null || text.length <= MOST_OF_A_CELL) return text;
  // Half of a surrogate pair is no character.
  const end = /[\uD800-\uDBFF]/.test(text[MOST_OF_A_CELL - 1]!) ? MOST_OF_A_CELL - 1 : MOST_OF_A_CELL;
  return `${text.slice(0, end)}…`;
}
