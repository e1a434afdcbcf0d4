import type { Statement } from '../tree/statements.ts';
import { deleteFrom, insert, truncate, update } from './dml.ts';
import { merge } from './merge.ts';
import { type Parser, descend, endOf, isSymbol, refuse, startOf, word } from './parser.ts';

/** One statement, with the steps that `->>` chains to it. */
export function statement(p: Parser): Statement {
  const depth = p.depth;
  descend(p, STATEMENT_DEPTH);
  const start = startOf(p);
  const first = step(p);
  let whole: Statement = first;
  if (isSymbol(p, '->>')) {
    const steps = [first];
    while (isSymbol(p, '->>')) {
      p.at++;
      steps.push(step(p));
    }
    whole = { kind: 'flow', start, end: endOf(p), steps };
  }
  p.depth = depth;
  return whole;
}

const STATEMENT_DEPTH = 3;

/** By its first word. */
function step(p: Parser): Statement {
  if (isSymbol(p, '(')) return p.grammar.query(p);
  switch (word(p)) {
    case 'SELECT':
    case 'WITH':
    case 'VALUES':
      return p.grammar.query(p);
    case 'INSERT':
      return insert(p);
    case 'UPDATE':
      return update(p);
    case 'DELETE':
      return deleteFrom(p);
    case 'MERGE':
      return merge(p);
    case 'TRUNCATE':
      return truncate(p);
    default:
      return refuse(p, 'a statement');
  }
}
