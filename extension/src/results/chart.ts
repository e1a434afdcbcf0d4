import type { JsonValue, RelayClient } from '@sluice/contract';
import { textOf } from './cells.ts';
import { isNumeric, isTemporal, type ResultColumn } from './columns.ts';
import { readRows } from './read-rows.ts';

/** A point: what it is of, and how much. */
export interface ChartPoint {
  readonly label: string;
  readonly value: number;
}

export interface Chart {
  /** A line where what it runs along has an order; bars elsewhere. */
  readonly shape: 'bars' | 'line';
  readonly points: readonly ChartPoint[];
  /** Rows that were read; those without a number in them have no point. */
  readonly rows: number;
  readonly skipped: number;
}

/** Rows that a chart is drawn of: more would be less than a pixel each. */
export const MOST_POINTS = 1_000;

/** More bars than these cannot be told apart. */
const MOST_BARS = 60;

/** UTF-16 code units of a label. */
const MOST_OF_A_LABEL = 80;

/** Columns whose values can be drawn: numbers that are not put in place of others. */
export function drawable(columns: readonly ResultColumn[]): readonly number[] {
  return columns.flatMap((column, index) =>
    isNumeric(column) && column.masked === undefined ? [index] : [],
  );
}

/** The two columns to begin with; null where there is nothing to draw. */
export function firstChoice(
  columns: readonly ResultColumn[],
): { readonly x: number; readonly y: number } | null {
  const ys = drawable(columns);
  const isLabel = (index: number) => !isNumeric(columns[index]!) || !ys.includes(index);
  const x = columns.findIndex((_, index) => isLabel(index));
  const y = x === -1 ? ys[1] : ys.find((index) => index !== x);
  if (y !== undefined) return { x: x === -1 ? ys[0]! : x, y };
  return ys[0] === undefined ? null : { x: ys[0], y: ys[0] };
}

/** The first rows of a result as points, in the order in which they were returned. */
export async function readChart(
  statements: Pick<RelayClient['statements'], 'read'>,
  statement: string,
  columns: readonly ResultColumn[],
  { x, y }: { readonly x: number; readonly y: number },
  signal?: AbortSignal,
): Promise<Chart> {
  const points: ChartPoint[] = [];
  let rows = 0;
  for await (const page of readRows(statements, statement, { from: 0, to: MOST_POINTS }, signal)) {
    for (const row of page) {
      rows += 1;
      const value = numberOf(row[y]!);
      if (value !== null)
        points.push({ label: (textOf(row[x]!) ?? 'NULL').slice(0, MOST_OF_A_LABEL), value });
    }
  }
  const isOrdered = isTemporal(columns[x]!) || (isNumeric(columns[x]!) && columns[x]!.masked === undefined);
  const shape = isOrdered || points.length > MOST_BARS ? 'line' : 'bars';
  return { shape, points, rows, skipped: rows - points.length };
}

/** Numbers that a double cannot hold come as text (docs/values.md); for a picture, the nearest double is as good. */
function numberOf(value: JsonValue): number | null {
  const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : Number.NaN;
  return value !== '' && Number.isFinite(number) ? number : null;
}
