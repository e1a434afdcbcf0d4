import { pieces } from './characters.ts';
import { mannerOf, withoutReturn } from './lines.ts';
import type { ShownText } from './shown-text.ts';

/**
 * The line of somebody else's text in which a part of it begins, as `numberedLines` shows it, and below it a mark under
 * that part. Of a line that is too long, what is around it.
 *
 * @param displayed - columns that a text takes in a terminal
 * @param width - columns for the line itself
 */
export function pointedLines(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  displayed: (text: string) => number,
  width = 70,
): readonly ShownText[] {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', start);
  const line = withoutReturn(text.slice(from, next === -1 ? text.length : next));
  const before: string[] = [];
  const there: string[] = [];
  const after: string[] = [];
  let begin = from;
  for (const { shown, end: stop } of pieces(line, mannerOf(line))) {
    const part = from + stop <= start ? before : begin < Math.max(end, start + 1) ? there : after;
    part.push(shown);
    begin = from + stop;
  }
  const head = clipped(before.toReversed(), displayed, Math.floor(width / 2));
  const lead = `${head.isWhole ? '' : '…'}${head.taken.toReversed().join('')}`;
  const spot = clipped(there, displayed, Math.floor(width / 2));
  const marked = spot.taken.join('');
  const tail = spot.isWhole ? clipped(after, displayed, width - displayed(lead) - displayed(marked)) : spot;
  const rest = `${spot.isWhole ? tail.taken.join('') : ''}${tail.isWhole ? '' : '…'}`;
  const number = String(text.slice(0, from).split('\n').length).padStart(5);
  const mark = '^'.repeat(Math.max(1, displayed(marked)));
  const lines = [
    `${number} | ${lead}${marked}${rest}`.trimEnd(),
    `      : ${' '.repeat(displayed(lead))}${mark}`,
  ];
  return lines as readonly string[] as readonly ShownText[];
}

function clipped(parts: readonly string[], displayed: (text: string) => number, width: number) {
  const taken: string[] = [];
  let columns = 0;
  for (const part of parts) {
    columns += displayed(part);
    if (columns > width) return { taken, isWhole: false };
    taken.push(part);
  }
  return { taken, isWhole: true };
}
