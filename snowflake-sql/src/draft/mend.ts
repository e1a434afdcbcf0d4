import { tokenize } from '../tokenizer.ts';
import type { Tokens } from '../tokens.ts';
import type { Problem } from './problems.ts';

/** The tokens of a text in which every character that belongs to none was made one that does. */
export interface Mended {
  /** Their places are those in the text as it is. */
  readonly tokens: Tokens;
  readonly problems: readonly Problem[];
}

/** After so many a text is no SQL, and what follows is left alone. */
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

/** What may stand instead of what makes no token, of the same length. A literal that is open ends with its line. */
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
  // A quote inside would close it before that.
  return line.length < 3 ? ' '.repeat(line.length) : `${quote}${'x'.repeat(line.length - 2)}${quote}`;
}

/** Longer ones are cut. */
const LONGEST_NUMBER = 256;
