import { type Keyword, KEYWORDS } from '../keywords.ts';
import type { TokenKind, Tokens } from '../tokens.ts';
import { misspelled } from './misspelled.ts';

/** Replaces a range of tokens by others. */
export interface Edit {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly instead: readonly NewToken[];
  /** How many tokens it removes, counted from the mistake on. */
  readonly taken: number;
  /** How many tokens after the edit must then be understood for it to count as what was meant. */
  readonly far: number;
}

interface NewToken {
  readonly kind: TokenKind;
  readonly keyword: Keyword | '';
}

/** Edits that may give what was meant where a token could not be understood, smaller edits first. */
export function* repairsAt(tokens: Tokens, at: number, expected: readonly string[]): Generator<Edit> {
  const within = (far: number, from: number, to: number, ...instead: readonly NewToken[]): Edit => ({
    from,
    to,
    instead,
    taken: Math.max(0, to - at),
    far,
  });
  const edit = (from: number, to: number, ...instead: readonly NewToken[]) => within(3, from, to, ...instead);
  const isEnd = tokens.kinds[at] === 'end';
  for (const keyword of isEnd ? [] : misspelled(tokens, at)) yield edit(at, at + 1, word(keyword));
  if (at > 0) for (const keyword of misspelled(tokens, at - 1)) yield edit(at - 1, at, word(keyword));
  for (const token of expected.flatMap(tokenOf).slice(0, MOST_EXPECTED)) yield edit(at, at, token);
  yield edit(at, at, ...missingClosers(tokens, at));
  yield edit(at, at, NAME);
  if (!isEnd) {
    yield edit(at, at + 1, NAME);
    yield edit(at, at + 1);
  }
  const { from, to } = itemAround(tokens, at);
  yield within(2, from, to, NAME, word('DATE'));
  yield within(2, from, to, NAME);
  if (to > at) yield within(2, at, to);
  const inner = statementAround(tokens, at);
  if (inner !== null) yield within(1, inner.from, inner.to, word('NULL'));
}

const MOST_EXPECTED = 6;

/** A name that does not occur in the text. */
const NAME: NewToken = { kind: 'word', keyword: '' };

function word(keyword: Keyword): NewToken {
  return { kind: 'word', keyword };
}

/** The keyword or symbol that an expected item stands for; empty for anything else. */
function tokenOf(expected: string): readonly NewToken[] {
  const spelled = /^`(.+)`$/.exec(expected)?.[1] ?? '';
  if (KEYWORD_SET.has(spelled)) return [word(spelled as Keyword)];
  return /^[^\w\s@$'"]{1,3}$/.test(spelled) ? [{ kind: spelled as TokenKind, keyword: '' }] : [];
}

const KEYWORD_SET: ReadonlySet<string> = new Set(KEYWORDS);

/** The tokens of a part of a text as a text of their own, with an `end` token after them. */
export function sliced({ text, kinds, starts, ends, keywords }: Tokens, from: number, to: number): Tokens {
  return {
    text,
    kinds: [...kinds.slice(from, to), 'end'],
    starts: starts.slice(from, to + 1),
    ends: ends.slice(from, to + 1),
    keywords: [...keywords.slice(from, to), ''],
  };
}

/** Inserted tokens are empty, at the place of the edit. */
export function edited({ text, kinds, starts, ends, keywords }: Tokens, { from, to, instead }: Edit): Tokens {
  const place = starts[from]!;
  return {
    text,
    kinds: kinds.toSpliced(from, to - from, ...instead.map(({ kind }) => kind)),
    starts: starts.toSpliced(from, to - from, ...instead.map(() => place)),
    ends: ends.toSpliced(from, to - from, ...instead.map(() => place)),
    keywords: keywords.toSpliced(from, to - from, ...instead.map(({ keyword }) => keyword)),
  };
}

/** Closing brackets for all that are open. */
function missingClosers({ kinds }: Tokens, at: number): readonly NewToken[] {
  const open: TokenKind[] = [];
  for (let index = 0; index < at; index += 1) {
    const closer = CLOSER[kinds[index]!];
    if (closer !== undefined) open.push(closer);
    else if (kinds[index] === open.at(-1)) open.pop();
  }
  return open.toReversed().map((kind) => ({ kind, keyword: '' }));
}

const CLOSER: Readonly<Partial<Record<TokenKind, TokenKind>>> = { '(': ')', '[': ']', '{': '}' };

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The list item, or the part of a clause, that contains a token. */
function itemAround({ kinds, keywords }: Tokens, at: number): Span {
  let from = at;
  for (let depth = 0; from > 0; from -= 1) {
    const kind = kinds[from - 1]!;
    if (CLOSING.has(kind)) depth += 1;
    else if (depth > 0) depth -= OPENING.has(kind) ? 1 : 0;
    else if (OPENING.has(kind) || kind === ',' || kind === ';' || PARTS.has(keywords[from - 1]!)) break;
  }
  let to = at;
  for (let depth = 0; kinds[to] !== 'end'; to += 1) {
    const kind = kinds[to]!;
    if (OPENING.has(kind)) depth += 1;
    else if (depth > 0) depth -= CLOSING.has(kind) ? 1 : 0;
    else if (CLOSING.has(kind) || kind === ',' || kind === ';' || PARTS.has(keywords[to]!)) break;
  }
  return { from, to };
}

const OPENING: ReadonlySet<TokenKind> = new Set<TokenKind>(['(', '[', '{']);
const CLOSING: ReadonlySet<TokenKind> = new Set<TokenKind>([')', ']', '}']);

/** Keywords that separate the parts of a statement. */
const PARTS: ReadonlySet<Keyword | ''> = new Set<Keyword>([
  'SELECT',
  'DISTINCT',
  'FROM',
  'WHERE',
  'GROUP',
  'BY',
  'HAVING',
  'QUALIFY',
  'ORDER',
  'LIMIT',
  'JOIN',
  'ON',
  'USING',
  'SET',
  'VALUES',
  'INTO',
  'WITH',
  'AS',
  'UNION',
  'INTERSECT',
  'EXCEPT',
  'AND',
  'OR',
  'WHEN',
  'THEN',
  'ELSE',
  'END',
]);

/** The statement of a block that contains a token; null outside blocks. */
function statementAround({ kinds, keywords }: Tokens, at: number): Span | null {
  let to = at;
  while (kinds[to] !== ';' && kinds[to] !== 'end') to += 1;
  if (kinds[to] === 'end') return null;
  let from = at;
  while (from > 0 && kinds[from - 1] !== ';' && !BEFORE_STATEMENTS.has(keywords[from - 1]!)) from -= 1;
  return { from, to };
}

const BEFORE_STATEMENTS: ReadonlySet<Keyword | ''> = new Set<Keyword>([
  'BEGIN',
  'THEN',
  'ELSE',
  'DO',
  'LOOP',
  'REPEAT',
]);
