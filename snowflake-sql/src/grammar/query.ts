import type {
  Expression,
  ForUpdate,
  Limit,
  Query,
  QueryBody,
  SetOperator,
  With,
  Cte,
} from '../tree/query.ts';
import { columnName, identifier } from './names.ts';
import { orderBy } from './order-by.ts';
import { select } from './select.ts';
import { values } from './values.ts';
import {
  type Parser,
  descend,
  eatOneOf,
  eatSymbol,
  eatWord,
  eatWords,
  endOf,
  expectSymbol,
  expectWord,
  isSymbol,
  isWord,
  parenthesizedList,
  refuse,
  startOf,
  word,
} from './parser.ts';

/** A whole query: `[WITH ...] body [ORDER BY ...] [LIMIT ...] [FOR UPDATE]`. */
export function query(p: Parser): Query {
  const depth = p.depth;
  descend(p, QUERY_DEPTH);
  const start = startOf(p);
  const ctes = isWord(p, 'WITH') ? withClause(p) : null;
  const bodyStart = startOf(p);
  const body = setOperation(p, queryOperand(p), bodyStart, UNION);
  p.depth = depth;
  return queryTail(p, ctes, body, start);
}

/** Native stack used by a query, in the units of `descend`. */
const QUERY_DEPTH = 2;

/** The rest of a query whose parenthesized first operand was parsed before it was known to be one. */
export function queryAfter(p: Parser, first: Query, start: number): Query {
  const depth = p.depth;
  descend(p, QUERY_DEPTH);
  const operand: QueryBody = { kind: 'paren_query', start, end: endOf(p), query: first };
  const body = setOperation(p, operand, start, UNION);
  p.depth = depth;
  return queryTail(p, null, body, start);
}

function queryTail(p: Parser, ctes: With | null, body: QueryBody, start: number): Query {
  const order = isWord(p, 'ORDER') ? orderBy(p) : null;
  const limit = isWord(p, 'LIMIT') || isWord(p, 'OFFSET') || isWord(p, 'FETCH') ? limitClause(p) : null;
  const lock = isWord(p, 'FOR') && isWord(p, 'UPDATE', 1) ? forUpdate(p) : null;
  return { kind: 'query', start, end: endOf(p), with: ctes, body, orderBy: order, limit, forUpdate: lock };
}

function withClause(p: Parser): With {
  const start = startOf(p);
  expectWord(p, 'WITH');
  const recursive = isWord(p, 'RECURSIVE') && !isWord(p, 'AS', 1) && eatWord(p, 'RECURSIVE');
  const ctes = [cte(p)];
  while (eatSymbol(p, ',')) ctes.push(cte(p));
  return { kind: 'with', start, end: endOf(p), recursive, ctes };
}

function cte(p: Parser): Cte {
  const name = identifier(p);
  const columns = isSymbol(p, '(') ? parenthesizedList(p, columnName) : [];
  expectWord(p, 'AS');
  expectSymbol(p, '(');
  const inner = p.grammar.query(p);
  expectSymbol(p, ')');
  return { kind: 'cte', start: name.start, end: endOf(p), name, columns, query: inner };
}

const UNION = 1;
const INTERSECT = 2;

/** INTERSECT binds more tightly than the others; each run of one precedence is one flat node. */
function setOperation(p: Parser, first: QueryBody, start: number, loosest: number): QueryBody {
  let left = first;
  if (loosest === UNION && isWord(p, 'INTERSECT')) left = setOperation(p, left, start, INTERSECT);
  if (setPrecedence(p) !== loosest) return left;
  const operators: SetOperator[] = [];
  const operands = [left];
  while (setPrecedence(p) === loosest) {
    operators.push(setOperator(p));
    const operandStart = startOf(p);
    const operand = queryOperand(p);
    operands.push(loosest === UNION ? setOperation(p, operand, operandStart, INTERSECT) : operand);
  }
  return { kind: 'set_operation', start, end: endOf(p), operators, operands };
}

function setPrecedence(p: Parser): number {
  switch (word(p)) {
    case 'UNION':
    case 'EXCEPT':
    case 'MINUS':
      return UNION;
    case 'INTERSECT':
      return INTERSECT;
    default:
      return 0;
  }
}

function setOperator(p: Parser): SetOperator {
  const start = startOf(p);
  const found = eatOneOf(p, 'UNION', 'INTERSECT', 'EXCEPT', 'MINUS') ?? refuse(p, 'a set operator');
  const all = eatOneOf(p, 'ALL', 'DISTINCT') === 'ALL';
  const byName = eatWords(p, 'BY', 'NAME');
  const operator = found === 'MINUS' ? 'EXCEPT' : found;
  return { kind: 'set_operator', start, end: endOf(p), operator, all, byName };
}

function queryOperand(p: Parser): QueryBody {
  if (isWord(p, 'SELECT')) return select(p);
  if (isWord(p, 'VALUES')) return values(p);
  if (!isSymbol(p, '(')) refuse(p, '`SELECT`', '`VALUES`', '`(`');
  const start = startOf(p);
  p.at++;
  const inner = p.grammar.query(p);
  expectSymbol(p, ')');
  return { kind: 'paren_query', start, end: endOf(p), query: inner };
}

function limitClause(p: Parser): Limit {
  const start = startOf(p);
  let count: Expression | null = null;
  let offset: Expression | null = null;
  if (eatWord(p, 'LIMIT')) {
    count = p.grammar.additive(p);
    if (eatWord(p, 'OFFSET')) offset = p.grammar.additive(p);
    return { kind: 'limit', start, end: endOf(p), count, offset };
  }
  if (eatWord(p, 'OFFSET')) {
    offset = p.grammar.additive(p);
    eatOneOf(p, 'ROW', 'ROWS');
  }
  if (eatWord(p, 'FETCH')) {
    eatOneOf(p, 'FIRST', 'NEXT');
    count = p.grammar.additive(p);
    eatOneOf(p, 'ROW', 'ROWS');
    eatWord(p, 'ONLY');
  }
  return { kind: 'limit', start, end: endOf(p), count, offset };
}

function forUpdate(p: Parser): ForUpdate {
  const start = startOf(p);
  p.at += 2;
  const wait = eatWord(p, 'NOWAIT') ? 'NOWAIT' : eatWord(p, 'WAIT') ? p.grammar.additive(p) : null;
  return { kind: 'for_update', start, end: endOf(p), wait };
}
