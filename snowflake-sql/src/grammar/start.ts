import type { Tokens } from '../tokens.ts';
import { embedded } from './embedded.ts';
import { additive, expression } from './expression.ts';
import type { Grammar, Parser } from './parser.ts';
import { query, queryAfter } from './query.ts';
import { statement } from './statement.ts';

/** A parser with the whole grammar, positioned at the token with index `at`. */
export function parserOf(tokens: Tokens, at = 0): Parser {
  const { kinds, keywords } = tokens;
  return { tokens, kinds, keywords, at, depth: 0, inBlock: false, grammar: GRAMMAR };
}

const GRAMMAR: Grammar = { expression, additive, query, queryAfter, statement, embedded };
