import type { SourceRange } from './source-range.ts';
import type { Tokens } from './tokens.ts';

/** A comment of a text, with its markers in its range. */
export interface SourceComment extends SourceRange {
  /** `--` and `//` to the end of the line, or what stands between the other two. */
  readonly style: 'line' | 'block';
  /** What stands behind or between the markers, as written. */
  readonly text: string;
}

/** The comments that say something of a node. */
export interface NodeComments {
  /** Before its first token: on the lines above it, or right before it. */
  readonly leading: readonly SourceComment[];
  /** Behind its last token, on the same line; a comma or semicolon may stand between. */
  readonly trailing: readonly SourceComment[];
}

/**
 * All comments that lie inside a range of a text, or of all of it, in order. With its tokens, and white space between
 * them, they are the whole text. What stands inside a literal is no comment of the text around it: for those of a body,
 * give the tokens of the literal's value.
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
 * The comments right before and behind a node of a text. Every comment is before or behind one token at most: a comment
 * at the end of a line is behind what stands on that line, another is before what follows it. Nodes that begin with the
 * same token, as a query and its SELECT do, have the same comments before them. None of a node that stands in a literal,
 * or in no token.
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

/** Of the comments before a token, those that belong to the one before it, and its own. */
function divided(tokens: Tokens, index: number): NodeComments {
  const comments = gapBefore(tokens, index);
  if (index === 0 || comments.length === 0) return { leading: comments, trailing: [] };
  const { text, starts, ends, kinds } = tokens;
  const lineEnd = text.indexOf('\n', ends[index - 1]);
  // On one line, what stands before a name is about the name.
  const isOneLine = (lineEnd < 0 || lineEnd >= starts[index]!) && !CLOSING.has(kinds[index]!);
  const count = isOneLine ? 0 : comments.filter(({ start }) => lineEnd < 0 || start < lineEnd).length;
  return { trailing: comments.slice(0, count), leading: comments.slice(count) };
}

/** Before these a comment is about what stands before it. */
const CLOSING: ReadonlySet<string> = new Set([',', ';', ')', ']', '}', 'end']);

/** Between two tokens there is only white space and comments; behind the last of a text that makes no sense, anything. */
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

/** The first token that starts at or behind an offset. */
function firstFrom(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
