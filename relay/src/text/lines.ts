import { type Manner, pieces } from './characters.ts';
import { amount } from './quoted.ts';
import { boundary, charactersIn } from './shorten.ts';
import { shown, type ShownText } from './shown-text.ts';

export interface LinesOptions {
  /** Lines at most, as shown. */
  readonly most?: number;
  /** Columns of a line before it goes on in the next. */
  readonly width?: number;
}

/**
 * A longer text of somebody else's, such as SQL, on lines of its own: each begins with its number or, where a long
 * one goes on, with a colon, so that none of them can pass for one of ours. Where it is too long the middle is left
 * out, with a line that says how much. Takes time linear in the text's length.
 */
export function numberedLines(
  text: string,
  { most = Number.POSITIVE_INFINITY, width = 70 }: LinesOptions = {},
): readonly ShownText[] {
  const rows: Row[] = [];
  for (const row of rowsOf(text, 0, width)) {
    rows.push(row);
    if (rows.length > most) return withoutMiddle(text, rows, most, width);
  }
  return rows.map((row) => row.shown);
}

function withoutMiddle(text: string, rows: readonly Row[], most: number, width: number): ShownText[] {
  const forTail = Math.floor(most / 3);
  const head = rows.slice(0, most - forTail);
  const headEnd = head.at(-1)!.to;
  const from = boundary(text, Math.max(headEnd, text.length - forTail * width));
  const tail = [...rowsOf(text, from, width)].slice(-forTail);
  const left = charactersIn(text.slice(headEnd, tail[0]?.from ?? text.length));
  const gap = shown`      … ${amount(left)} characters are left out here …`;
  return [...head.map((row) => row.shown), gap, ...tail.map((row) => row.shown)];
}

interface Row {
  readonly shown: ShownText;
  /** Where in the text it begins and ends. */
  readonly from: number;
  readonly to: number;
}

/** From some place on, which may be within a line. */
function* rowsOf(text: string, start: number, width: number): Generator<Row> {
  let number = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < start; at = text.indexOf('\n', at + 1)) number += 1;
  let isFirst = start === 0 || text[start - 1] === '\n';
  for (let from = start; from <= text.length; number += 1) {
    const next = text.indexOf('\n', from);
    const to = next === -1 ? text.length : next;
    for (const { row, begin, end } of wrapped(withoutReturn(text.slice(from, to)), width)) {
      const margin = isFirst ? `${String(number).padStart(5)} |` : '      :';
      isFirst = false;
      const shown = (row === '' ? margin : `${margin} ${row}`) as ShownText;
      yield { shown, from: from + begin, to: from + end };
    }
    isFirst = true;
    from = to + 1;
  }
}

export function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function* wrapped(line: string, width: number): Generator<{ row: string; begin: number; end: number }> {
  let row = '';
  let columns = 0;
  let begin = 0;
  let end = 0;
  for (const piece of pieces(line, mannerOf(line))) {
    const needed = columnsOf(piece.shown);
    if (columns > 0 && columns + needed > width) {
      yield { row, begin, end };
      [row, columns, begin] = ['', 0, end];
    }
    row += piece.shown;
    columns += needed;
    end = piece.end;
  }
  yield { row, begin, end };
}

/** Of a terminal, at most: characters of other scripts may take two. */
export function columnsOf(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : text.length * 2;
}

/** An indent may be deep; further on, that many blanks would hide what follows. */
const INDENT = 40;
const BLANKS = 12;

/** How a line of somebody else's text is shown. */
export function mannerOf(line: string): Manner {
  const indent = Math.min(INDENT, /^[\t ]*/.exec(line)![0].length);
  return {
    blanks: indent > BLANKS ? INDENT : BLANKS,
    breakLinks: true,
    escape: (character, text, at) => {
      if (character === '\t' && at < indent) return '    ';
      // Only where it would be taken for one of ours: SQL has backslashes of its own.
      const isLikeOurs = character === '\\' && (text.startsWith('u{', at + 1) || text[at + 1] === '/');
      return isLikeOurs ? '\\\\' : null;
    },
  };
}
