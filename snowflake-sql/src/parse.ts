import { reportFailure } from './failure-report.ts';
import type { ParseFailure } from './failure.ts';
import { type Parser, Refusal, isSymbol, refuse, startOf } from './grammar/parser.ts';
import { parserOf } from './grammar/start.ts';
import { statement } from './grammar/statement.ts';
import type { StatementKind } from './kinds.ts';
import type { SourceRange } from './source-range.ts';
import { kindOf } from './statement-kind.ts';
import { type Tokenized, tokenize } from './tokenizer.ts';
import type { Tokens } from './tokens.ts';
import type { Statement } from './tree/statements.ts';

/** A statement that was understood completely. */
export interface ParsedStatement {
  readonly outcome: 'parsed';
  readonly kind: StatementKind;
  readonly statement: Statement;
  /** From its first to its last token, in `source`. */
  readonly range: SourceRange;
  /** The whole text, to which the offsets of all nodes refer. */
  readonly source: string;
  /** The tokens of the whole text; those of this statement are `firstToken` up to `endToken` (exclusive). */
  readonly tokens: Tokens;
  readonly firstToken: number;
  readonly endToken: number;
}

/** A text that may contain several statements. */
export interface ParsedScript {
  readonly statements: readonly ParsedStatement[];
  /** The first statement that was refused, including everything after it; null if everything was understood. */
  readonly failure: ParseFailure | null;
}

/** Parses exactly one statement; a `;` may follow it. Never throws. */
export function parse(source: string): ParsedStatement | ParseFailure {
  const tokenized = tokenize(source);
  const p = parserOf(tokenized.tokens);
  const first = next(p, tokenized);
  if (first.outcome === 'refused') return first;
  if (isSymbol(p, ';')) p.at++;
  return isSymbol(p, 'end') ? first : secondStatement(p, first.firstToken);
}

/**
 * Parses a text of several statements separated by `;`. The end of a statement is known only after parsing it (a block
 * contains semicolons, too), so nothing after a refused statement is parsed. Never throws.
 */
export function split(source: string): ParsedScript {
  const tokenized = tokenize(source);
  const p = parserOf(tokenized.tokens);
  const statements: ParsedStatement[] = [];
  for (;;) {
    while (isSymbol(p, ';')) p.at++;
    if (isSymbol(p, 'end') && tokenized.problem === null) return { statements, failure: null };
    const parsed = next(p, tokenized);
    if (parsed.outcome === 'refused') return { statements, failure: parsed };
    statements.push(parsed);
  }
}

/** The statement at the cursor, up to its `;` or the end. */
function next(p: Parser, { tokens, problem }: Tokenized): ParsedStatement | ParseFailure {
  const firstToken = p.at;
  if (problem !== null) return reportFailure(tokens, firstToken, { ...problem, expected: [] });
  try {
    const tree = statement(p);
    if (!isSymbol(p, ';') && !isSymbol(p, 'end')) refuse(p, '`;`', 'the end of the statement');
    return {
      outcome: 'parsed',
      kind: kindOf(tree),
      statement: tree,
      range: { start: tokens.starts[firstToken]!, end: tokens.ends[p.at - 1]! },
      source: tokens.text,
      tokens,
      firstToken,
      endToken: p.at,
    };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return reportFailure(tokens, firstToken, thrown);
  }
}

function secondStatement(p: Parser, firstToken: number): ParseFailure {
  const spot = { start: startOf(p), end: p.tokens.ends[p.at]! };
  return reportFailure(p.tokens, firstToken, { spot, message: 'expected only one statement', expected: [] });
}
