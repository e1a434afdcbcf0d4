import type { JsonValue } from '@sluice/contract';
import type { Sizing } from './tool.ts';

/** Characters of one value that a model is shown. */
const LONGEST_CELL = 600;

/**
 * As many rows as fit, a JSON array on a line each, from the first one on; at least one while there is any room, with its
 * values shortened more.
 */
export async function fittingRows(
  rows: readonly (readonly JsonValue[])[],
  { tokens, count }: Sizing,
): Promise<{ readonly lines: readonly string[]; readonly shortened: number }> {
  const whole = rows.map((row) => lineOf(row, LONGEST_CELL));
  const fits = async (most: number) =>
    (await count(
      whole
        .slice(0, most)
        .map(({ line }) => line)
        .join('\n'),
    )) <= tokens;
  let most = whole.length;
  while (most > 0 && !(await fits(most))) most = Math.floor(most * 0.6);
  if (most === 0 && rows.length > 0 && tokens > 0) {
    const first = lineOf(rows[0]!, Math.max(8, Math.floor((tokens * 2) / rows[0]!.length)));
    return { lines: [first.line], shortened: first.shortened };
  }
  const kept = whole.slice(0, most);
  return {
    lines: kept.map(({ line }) => line),
    shortened: kept.reduce((sum, { shortened }) => sum + shortened, 0),
  };
}

function lineOf(
  row: readonly JsonValue[],
  longest: number,
): { readonly line: string; readonly shortened: number } {
  let shortened = 0;
  const cells = row.map((cell) => {
    const text = typeof cell === 'string' ? cell : JSON.stringify(cell);
    if (text.length <= longest) return cell;
    shortened += 1;
    return `${text.slice(0, longest)}…(+${text.length - longest})`;
  });
  return { line: JSON.stringify(cells), shortened };
}
