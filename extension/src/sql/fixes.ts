import { tokenize } from '@sluice/snowflake-sql';
import { misspelled, parseDraft } from '@sluice/snowflake-sql/editor';
import type { ScriptProblem, Span } from './script.ts';
import { SQL_WORDS } from './words.ts';

/** A change to a text that takes a mistake away. */
export interface Fix {
  readonly title: string;
  /** Apart from each other, in the order of the text. */
  readonly edits: readonly FixEdit[];
}

export interface FixEdit extends Span {
  readonly text: string;
}

export function applied(text: string, edits: readonly FixEdit[]): string {
  return edits.reduceRight(
    (changed, { start, end, text: put }) => changed.slice(0, start) + put + changed.slice(end),
    text,
  );
}

/** Of a mistake in the syntax: each has been tried, and leaves fewer mistakes than there were. */
export function syntaxFixes(text: string, { start, expected }: ScriptProblem): readonly Fix[] {
  if (text.length > LONGEST) return [];
  const { tokens } = tokenize(text);
  const found = tokens.starts.findIndex((at, token) => at >= start && tokens.kinds[token] !== 'end');
  const at = found < 0 ? tokens.kinds.length - 1 : found;
  const before = parseDraft(text).problems.length;
  const fixes: Fix[] = [];
  for (const token of [at, at - 1]) {
    if (token < 0 || tokens.kinds[token] !== 'word') continue;
    const [from, to] = [tokens.starts[token]!, tokens.ends[token]!];
    const isSmall = text.slice(from, to) === text.slice(from, to).toLowerCase();
    for (const keyword of misspelled(tokens, token)) {
      const word = isSmall ? keyword.toLowerCase() : keyword;
      fixes.push({ title: WORDS.replaceBy(word), edits: [{ start: from, end: to, text: word }] });
    }
  }
  const [only, ...others] = expected;
  const symbol = others.length === 0 ? /^`([^`]+)`$/.exec(only ?? '')?.[1] : undefined;
  if (symbol !== undefined && symbol !== ';') {
    const end = at === 0 ? 0 : tokens.ends[at - 1]!;
    const put = /^\w/.test(symbol) ? ` ${symbol}` : symbol;
    fixes.push({ title: WORDS.expected(symbol), edits: [{ start: end, end, text: put }] });
  }
  return fixes.filter(({ edits }) => parseDraft(applied(text, edits)).problems.length < before);
}

const WORDS = SQL_WORDS;

/** A longer text is read as often as it has candidates for nobody's good. */
const LONGEST = 200_000;
