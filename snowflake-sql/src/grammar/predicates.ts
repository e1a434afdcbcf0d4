import type { ComparisonOperator, Expression, Row } from '../tree/query.ts';
import {
  type Parser,
  eatOneOf,
  eatWord,
  endOf,
  expectOneOf,
  expectSymbol,
  expectWord,
  isSymbol,
  list,
  parenthesizedList,
  refuse,
  startOf,
  word,
} from './parser.ts';
import { operand, subquery } from './operand.ts';
import { itemOrSpread } from './forms.ts';
import { startsQuery } from './lookahead.ts';

/** `IS ...`, `[NOT] IN ...`, `[NOT] LIKE ...`, `[NOT] BETWEEN ...`, after the left operand. */
export function predicate(p: Parser, left: Expression, start: number): Expression {
  if (eatWord(p, 'IS')) return isTest(p, left, start);
  const negated = eatWord(p, 'NOT');
  switch (word(p)) {
    case 'IN':
      p.at++;
      return inList(p, left, start, negated);
    case 'BETWEEN': {
      p.at++;
      const low = p.grammar.additive(p);
      expectWord(p, 'AND');
      const high = p.grammar.additive(p);
      return { kind: 'between', start, end: high.end, negated, operand: left, low, high };
    }
    default:
      return like(p, left, start, negated);
  }
}

function isTest(p: Parser, left: Expression, start: number): Expression {
  const negated = eatWord(p, 'NOT');
  if (eatWord(p, 'DISTINCT')) {
    expectWord(p, 'FROM');
    const right = p.grammar.additive(p);
    return { kind: 'distinct_from', start, end: right.end, negated, left, right };
  }
  const test = expectOneOf(p, 'NULL', 'TRUE', 'FALSE', 'UNKNOWN');
  return { kind: 'is', start, end: endOf(p), negated, test, operand: left };
}

function inList(p: Parser, left: Expression, start: number, negated: boolean): Expression {
  if (!isSymbol(p, '(')) {
    // A bind that holds a list: `IN :ids`.
    if (!isSymbol(p, ':') && !isSymbol(p, '?')) refuse(p, '`(`');
    const bound = operand(p);
    return { kind: 'in_list', start, end: bound.end, negated, operand: left, list: [bound] };
  }
  if (startsQuery(p, 1)) {
    const { query } = subquery(p);
    return { kind: 'in_query', start, end: endOf(p), negated, operand: left, query };
  }
  p.at++;
  const items = list(p, itemOrSpread);
  expectSymbol(p, ')');
  return { kind: 'in_list', start, end: endOf(p), negated, operand: left, list: items };
}

function like(p: Parser, left: Expression, start: number, negated: boolean): Expression {
  const operator = expectOneOf(p, 'LIKE', 'ILIKE', 'RLIKE', 'REGEXP');
  const quantifier = operator === 'LIKE' || operator === 'ILIKE' ? eatOneOf(p, 'ANY', 'ALL') : null;
  const patterns = quantifier === null ? [p.grammar.additive(p)] : quantifiedPatterns(p);
  const escape = eatWord(p, 'ESCAPE') ? p.grammar.additive(p) : null;
  return {
    kind: 'like',
    start,
    end: endOf(p),
    operator,
    negated,
    quantifier,
    operand: left,
    patterns,
    escape,
  };
}

function quantifiedPatterns(p: Parser): Expression[] {
  if (!isSymbol(p, '(')) refuse(p, '`(`');
  if (startsQuery(p, 1)) return [subquery(p)];
  p.at++;
  const patterns = list(p, p.grammar.expression);
  expectSymbol(p, ')');
  return patterns;
}

/** `= ANY (...)`, `> ALL (...)`, after the operator. */
export function quantified(
  p: Parser,
  left: Expression,
  operator: ComparisonOperator,
  start: number,
): Expression {
  const quantifier = expectOneOf(p, 'ANY', 'SOME', 'ALL') === 'ALL' ? 'ALL' : 'ANY';
  if (!isSymbol(p, '(')) refuse(p, '`(`');
  const right = startsQuery(p, 1) ? subquery(p) : rowOf(p);
  return { kind: 'quantified', start, end: right.end, operator, quantifier, left, right };
}

function rowOf(p: Parser): Row {
  const start = startOf(p);
  const items = parenthesizedList(p, p.grammar.expression);
  return { kind: 'row', start, end: endOf(p), items };
}
