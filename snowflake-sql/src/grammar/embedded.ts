import { reportFailure } from '../failure-report.ts';
import { tokenize } from '../tokenizer.ts';
import type { Tokens } from '../tokens.ts';
import type { StringLiteral } from '../tree/names.ts';
import type { Embedded, EmbeddedExpression, Script, Statement } from '../tree/statements.ts';
import { stringLiteral } from './literals.ts';
import { continuesQuery, startsQuery } from './lookahead.ts';
import {
  type EmbeddedLanguage,
  type Parser,
  Refusal,
  endOf,
  isSymbol,
  isWord,
  refuse,
  startOf,
} from './parser.ts';

/**
 * The string at the cursor and its content. If the content does not parse, it becomes opaque and the statement is not
 * refused: the code that decides on the statement sees that part of it is unread.
 */
export function embedded(p: Parser, language: EmbeddedLanguage): Embedded {
  const literal = stringLiteral(p);
  const { start, end } = literal;
  const margin = literal.quote === '$$' ? 2 : 1;
  const verbatim = literal.value.length === end - start - 2 * margin;
  const source = verbatim ? p.tokens.text : literal.value;
  const content = readContent(p, literal, verbatim ? start + margin : null, language);
  return { kind: 'embedded', start, end, literal, verbatim, source, content };
}

function readContent(
  p: Parser,
  literal: StringLiteral,
  offset: number | null,
  language: EmbeddedLanguage,
): Embedded['content'] {
  const place =
    offset === null
      ? { start: 0, end: literal.value.length }
      : { start: offset, end: offset + literal.value.length };
  if (typeof language !== 'string')
    return { kind: 'opaque', ...place, language: language.foreign, failure: null };
  const { tokens: inner, problem } = tokenize(literal.value);
  const tokens = offset === null ? inner : moved(inner, p.tokens.text, offset);
  if (problem !== null) {
    const spot = { start: problem.spot.start + (offset ?? 0), end: problem.spot.end + (offset ?? 0) };
    const failure = reportFailure(tokens, 0, { spot, message: problem.message, expected: [] });
    return { kind: 'opaque', ...place, language: 'SQL', failure };
  }
  const { kinds, keywords } = tokens;
  const inside: Parser = {
    tokens,
    kinds,
    keywords,
    at: 0,
    depth: p.depth + EMBEDDED_DEPTH,
    inBlock: false,
    grammar: p.grammar,
  };
  try {
    return language === 'function body' ? functionBody(inside) : script(inside);
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return { kind: 'opaque', ...place, language: 'SQL', failure: reportFailure(tokens, 0, thrown) };
  }
}

/** Native stack used to parse a literal, in the units of `descend`. */
const EMBEDDED_DEPTH = 3;

/** The same tokens, with offsets into the text that contains the literal. */
function moved(tokens: Tokens, text: string, offset: number): Tokens {
  const starts = tokens.starts.map((start) => start + offset);
  const ends = tokens.ends.map((end) => end + offset);
  return { ...tokens, text, starts, ends };
}

function script(p: Parser): Script {
  const start = startOf(p);
  const statements: Statement[] = [];
  for (;;) {
    while (isSymbol(p, ';')) p.at++;
    if (isSymbol(p, 'end')) break;
    statements.push(p.grammar.statement(p));
    if (!isSymbol(p, ';') && !isSymbol(p, 'end')) refuse(p, '`;`', 'the end of the text');
  }
  if (statements.length === 0) refuse(p, 'a statement');
  return { kind: 'script', start, end: endOf(p), statements };
}

/** The body of a SQL function: a query, a block or an expression. */
function functionBody(p: Parser): Script | EmbeddedExpression {
  if (startsQuery(p) || isWord(p, 'BEGIN') || isWord(p, 'DECLARE')) return script(p);
  const start = startOf(p);
  const expression = p.grammar.expression(p);
  if (expression.kind === 'subquery' && continuesQuery(p)) {
    const query = p.grammar.queryAfter(p, expression.query, start);
    expectEnd(p);
    return { kind: 'script', start, end: query.end, statements: [query] };
  }
  expectEnd(p);
  return { kind: 'embedded_expression', start, end: expression.end, expression };
}

function expectEnd(p: Parser): void {
  while (isSymbol(p, ';')) p.at++;
  if (!isSymbol(p, 'end')) refuse(p, 'the end of the text');
}
