import { tokenize } from '../tokenizer.ts';
import type { Tokens } from '../tokens.ts';
import type { Problem } from './problems.ts';

/** The tokens of a text after every character that forms no token was replaced by one that does. */
export interface Mended {
  /** Their offsets refer to the original text. */
  readonly tokens: Tokens;
  readonly problems: readonly Problem[];
}

/** A text with more such problems than this is not SQL; the rest is not mended. */
const MOST_PROBLEMS = 20;

export function mended(source: string): Mended {
  const problems: Problem[] = [];
  let text = source;
  for (;;) {
    const { tokens, problem } = tokenize(text);
    if (problem === null || problems.length === MOST_PROBLEMS)
      return { tokens: { ...tokens, text: source }, problems };
    const { start, end } = problem.spot;
    const instead = replacement(text, start, end);
    problems.push({ range: { start, end: start + instead.length }, message: problem.message, expected: [] });
    text = text.slice(0, start) + instead + text.slice(start + instead.length);
  }
}

/** A replacement of the same length for text that forms no token. An unterminated literal ends with its line. */
function replacement(text: string, start: number, end: number): string {
  const number = /^\$?\d[\w$]*/.exec(text.slice(start, start + LONGEST_NUMBER));
  if (number !== null) return number[0].replace(/(?!^\$)\D/g, '0');
  if (text.slice(start, end) === '""') return '__';
  const isOpen = end === text.length;
  if (isOpen && text.startsWith('$$', start) && end - start >= 4)
    return `$$${text.slice(start + 2, end - 2)}$$`;
  const quote = text[start];
  if (!isOpen || (quote !== "'" && quote !== '"')) return text.slice(start, end).replace(/[^\n]/g, ' ');
  const lineEnd = text.indexOf('\n', start);
  const line = text
    .slice(start, lineEnd < 0 ? end : lineEnd)
    .trimEnd()
    .replace(/;$/, '');
  // The content is replaced, because a quote in it would end the literal early.
  return line.length < 3 ? ' '.repeat(line.length) : `${quote}${'x'.repeat(line.length - 2)}${quote}`;
}

/** Longer ones are truncated. Characters. */
const LONGEST_NUMBER = 256;
