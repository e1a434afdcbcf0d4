import type { Frame, FrameBound, Window } from '../tree/query.ts';
import { orderBy } from './order-by.ts';
import {
  type Parser,
  eatOneOf,
  eatWord,
  eatWords,
  endOf,
  expectOneOf,
  expectSymbol,
  expectWord,
  isWord,
  list,
  startOf,
} from './parser.ts';

/** `OVER (PARTITION BY ... ORDER BY ... ROWS ...)`. */
export function overClause(p: Parser): Window {
  const start = startOf(p);
  expectWord(p, 'OVER');
  expectSymbol(p, '(');
  const inner = window(p);
  expectSymbol(p, ')');
  return { ...inner, start, end: endOf(p) };
}

/** The clauses between the parentheses of OVER. */
export function window(p: Parser): Window {
  const start = startOf(p);
  const partitionBy = eatWords(p, 'PARTITION', 'BY') ? list(p, p.grammar.expression) : [];
  const order = isWord(p, 'ORDER') ? orderBy(p) : null;
  const frame = isWord(p, 'ROWS') || isWord(p, 'RANGE') || isWord(p, 'GROUPS') ? frameClause(p) : null;
  return { kind: 'window', start, end: endOf(p), partitionBy, orderBy: order, frame };
}

function frameClause(p: Parser): Frame {
  const start = startOf(p);
  const unit = expectOneOf(p, 'ROWS', 'RANGE', 'GROUPS');
  if (!eatWord(p, 'BETWEEN')) {
    const from = frameBound(p);
    return { kind: 'frame', start, end: from.end, unit, from, to: null };
  }
  const from = frameBound(p);
  expectWord(p, 'AND');
  const to = frameBound(p);
  return { kind: 'frame', start, end: to.end, unit, from, to };
}

function frameBound(p: Parser): FrameBound {
  const start = startOf(p);
  if (eatWords(p, 'CURRENT', 'ROW')) {
    return { kind: 'frame_bound', start, end: endOf(p), direction: 'CURRENT ROW', offset: null };
  }
  const unbounded = eatOneOf(p, 'UNBOUNDED') !== null;
  const offset = unbounded ? null : p.grammar.additive(p);
  const direction = expectOneOf(p, 'PRECEDING', 'FOLLOWING');
  return { kind: 'frame_bound', start, end: endOf(p), direction, offset };
}
