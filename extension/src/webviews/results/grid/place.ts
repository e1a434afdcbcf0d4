/** Pixels. */
export const ROW_HEIGHT = 24;

/** Browsers draw nothing beyond some 30 million pixels: longer results are scrolled in proportion. */
export const MOST_HEIGHT = 8_000_000;

/** How high what is scrolled is, in pixels. */
export function heightOf(rows: number): number {
  return Math.min(rows * ROW_HEIGHT, MOST_HEIGHT);
}

interface Scrolled {
  readonly rows: number;
  /** Pixels that rows are seen in. */
  readonly view: number;
}

/** The row at the top of the view, as a fraction, by the position of the scroll bar. */
export function topAt(scrollTop: number, { rows, view }: Scrolled): number {
  const furthest = heightOf(rows) - view;
  if (furthest <= 0) return 0;
  return (Math.min(scrollTop, furthest) / furthest) * furthestTop({ rows, view });
}

/** The position of the scroll bar for the row at the top. */
export function scrollTopFor(top: number, { rows, view }: Scrolled): number {
  const most = furthestTop({ rows, view });
  return most <= 0 ? 0 : (top / most) * (heightOf(rows) - view);
}

/** The row at the top when the last one is at the bottom. */
export function furthestTop({ rows, view }: Scrolled): number {
  return Math.max(0, rows - view / ROW_HEIGHT);
}

/** The row at the top with which a row is wholly in view; the same as before where it is. */
export function topWith(row: number, top: number, { rows, view }: Scrolled): number {
  const whole = Math.max(1, Math.floor(view / ROW_HEIGHT));
  const next = row < top ? row : row > top + whole - 1 ? row - whole + 1 : top;
  return Math.max(0, Math.min(next, furthestTop({ rows, view })));
}

/** Columns by where they begin, from the left; one more number says where the last one ends. */
export function startsOf(widths: readonly number[]): readonly number[] {
  const starts = [0];
  for (const width of widths) starts.push(starts.at(-1)! + width);
  return starts;
}

/** The columns that are seen between two places, and one beside them. */
export function columnsBetween(
  starts: readonly number[],
  from: number,
  to: number,
): { readonly first: number; readonly last: number } {
  const count = starts.length - 1;
  let first = 0;
  while (first < count - 1 && starts[first + 1]! <= from) first += 1;
  let last = first;
  while (last < count - 1 && starts[last + 1]! < to) last += 1;
  return { first: Math.max(0, first - 1), last: Math.min(count - 1, last + 1) };
}
