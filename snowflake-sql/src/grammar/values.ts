import type { Row, Values } from '../tree/query.ts';
import { type Parser, endOf, expectWord, list, parenthesizedList, startOf } from './parser.ts';

/** `VALUES (1, 'a'), (2, 'b')`. */
export function values(p: Parser): Values {
  const start = startOf(p);
  expectWord(p, 'VALUES');
  const rows = list(p, valuesRow);
  return { kind: 'values', start, end: endOf(p), rows };
}

function valuesRow(p: Parser): Row {
  const start = startOf(p);
  const items = parenthesizedList(p, p.grammar.expression);
  return { kind: 'row', start, end: endOf(p), items };
}
