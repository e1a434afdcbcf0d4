import type { OrderBy, OrderItem } from '../tree/query.ts';
import { type Parser, eatOneOf, eatWord, endOf, expectOneOf, expectWords, list, startOf } from './parser.ts';

/** `ORDER BY a DESC NULLS LAST, b`, `ORDER BY ALL DESC`. */
export function orderBy(p: Parser): OrderBy {
  const start = startOf(p);
  expectWords(p, 'ORDER', 'BY');
  const all = eatWord(p, 'ALL');
  if (all) {
    direction(p);
    nullsOrder(p);
  }
  const items = all ? [] : list(p, orderItem);
  return { kind: 'order_by', start, end: endOf(p), all, items };
}

function orderItem(p: Parser): OrderItem {
  const start = startOf(p);
  const expression = p.grammar.expression(p);
  const descending = direction(p);
  const nulls = nullsOrder(p);
  return { kind: 'order_item', start, end: endOf(p), expression, descending, nulls };
}

function direction(p: Parser): boolean {
  return eatOneOf(p, 'ASC', 'DESC') === 'DESC';
}

function nullsOrder(p: Parser): OrderItem['nulls'] {
  return eatWord(p, 'NULLS') ? expectOneOf(p, 'FIRST', 'LAST') : null;
}
