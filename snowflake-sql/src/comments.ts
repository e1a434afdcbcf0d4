import type { SourceRange } from './source-range.ts';
import type { Tokens } from './tokens.ts';

/** A comment in a text; the range includes its markers. */
export interface SourceComment extends SourceRange {
  /** `line`: from `--` or `//` to the end of the line; `block`: any other comment. */
  readonly style: 'line' | 'block';
  /** The text after or between the markers, as written. */
  readonly text: string;
}

/** The comments that belong to a node. */
export interface NodeComments {
  /** Before its first token: on the lines above it, or immediately before it. */
  readonly leading: readonly SourceComment[];
  /** After its last token, on the same line; a comma or semicolon may come between. */
  readonly trailing: readonly SourceComment[];
}

/**
 * All comments in a range of a text, or in the whole text, in order. Together with its tokens, and the white space
 * between them, they make up the whole text. A literal contains no comments of the text around it: for the comments of
 * a body, pass the tokens of the literal's value.
 */
export function commentsIn(tokens: Tokens, range?: SourceRange): readonly SourceComment[] {
  const { start, end } = range ?? { start: 0, end: tokens.text.length };
  const found: SourceComment[] = [];
  for (let index = firstFrom(tokens.starts, start); index < tokens.starts.length; index += 1) {
    if (index > 0 && tokens.ends[index - 1]! >= end) break;
    found.push(...gapBefore(tokens, index).filter((comment) => comment.start >= start && comment.end <= end));
  }
  return found;
}

/**
 * The comments immediately before and after a node. Every comment belongs to at most one token: a comment at the end of
 * a line belongs to what precedes it on that line, any other to what follows it. Nodes that begin with the same token,
 * such as a query and its SELECT, have the same leading comments. Returns none for a node inside a literal, or for a
 * range that does not start at a token.
 */
export function commentsOf(tokens: Tokens, node: SourceRange): NodeComments {
  const first = firstFrom(tokens.starts, node.start);
  const behind = firstFrom(tokens.starts, node.end);
  if (tokens.starts[first] !== node.start || node.end <= node.start) return { leading: [], trailing: [] };
  const next = tokens.kinds[behind];
  return {
    leading: divided(tokens, first).leading,
    trailing: [
      ...divided(tokens, behind).trailing,
      ...(next === ',' || next === ';' ? divided(tokens, behind + 1).trailing : []),
    ],
  };
}

/** Divides the comments before a token into those that belong to the token before it, and its own. */
function divided(tokens: Tokens, index: number): NodeComments {
  const comments = gapBefore(tokens, index);
  if (index === 0 || comments.length === 0) return { leading: comments, trailing: [] };
  const { text, starts, ends, kinds } = tokens;
  const lineEnd = text.indexOf('\n', ends[index - 1]);
  // On one line, a comment before a name belongs to the name.
  const isOneLine = (lineEnd < 0 || lineEnd >= starts[index]!) && !CLOSING.has(kinds[index]!);
  const count = isOneLine ? 0 : comments.filter(({ start }) => lineEnd < 0 || start < lineEnd).length;
  return { trailing: comments.slice(0, count), leading: comments.slice(count) };
}

/** A comment before one of these belongs to what precedes it. */
const CLOSING: ReadonlySet<string> = new Set([',', ';', ')', ']', '}', 'end']);

/**
 * The comments before a token. Between two tokens there are only white space and comments; after the last token of a
 * text that could not be tokenized, there may be anything.
 */
function gapBefore({ text, starts, ends }: Tokens, index: number): readonly SourceComment[] {
  const to = starts[index] ?? text.length;
  const found: SourceComment[] = [];
  for (let at = index === 0 ? 0 : ends[index - 1]!; at < to;) {
    const opener = text.slice(at, at + 2);
    if (opener === '--' || opener === '//') {
      const line = text.indexOf('\n', at);
      const end = line < 0 || line > to ? to : line;
      found.push({ style: 'line', start: at, end, text: text.slice(at + 2, end) });
      at = end;
    } else if (opener === '/*') {
      const close = text.indexOf('*/', at + 2);
      const end = close < 0 ? to : close + 2;
      found.push({ style: 'block', start: at, end, text: text.slice(at + 2, close < 0 ? end : close) });
      at = end;
    } else if (/\s/.test(text[at]!)) at += 1;
    else break;
  }
  return found;
}

/** The first token that starts at or after an offset. */
function firstFrom(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
