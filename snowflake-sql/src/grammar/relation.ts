import type { DynamicName, Name } from '../tree/names.ts';
import type {
  Call,
  FromItem,
  NamedArgument,
  Query,
  Relation,
  SelectItem,
  SemanticClause,
  Star,
} from '../tree/query.ts';
import { isStar, star } from './star.ts';
import { argument, call } from './call.ts';
import { stringLiteral } from './literals.ts';
import { continuesQuery, startsQuery } from './lookahead.ts';
import { columnName, nameArgument, objectName, stageReference } from './names.ts';
import { values } from './values.ts';
import {
  type Parser,
  descend,
  eatWord,
  endOf,
  expectSymbol,
  isName,
  isSymbol,
  isWord,
  list,
  optionalItems,
  refuse,
  startOf,
  symbol,
  textOf,
  word,
} from './parser.ts';

/** A relation without its suffixes. `fromItem` is passed in because parentheses may hold joins. */
export function relationPrimary(p: Parser, fromItem: (p: Parser) => FromItem): Relation {
  switch (symbol(p)) {
    case '(':
      return parenthesized(p, fromItem);
    case 'stage':
    case 'string':
      return stageRelation(p);
    case 'position':
      return flowResult(p);
    default:
      return named(p);
  }
}

const BARE = { alias: null, sample: null } as const;

function named(p: Parser): Relation {
  const start = startOf(p);
  switch (word(p)) {
    case 'LATERAL': {
      p.at++;
      if (!isSymbol(p, '(')) return tableFunction(p, start, true);
      const query = parenthesizedQuery(p);
      return { kind: 'derived', start, end: endOf(p), lateral: true, query, ...BARE };
    }
    case 'TABLE':
      return isSymbol(p, '(', 1) ? tableFunction(p, start, false) : refuse(p, 'a relation');
    case 'VALUES': {
      const body = values(p);
      return { kind: 'derived', start, end: body.end, lateral: false, query: bodyOnly(body), ...BARE };
    }
    case 'SEMANTIC_VIEW':
      if (isSymbol(p, '(', 1)) return semanticView(p);
      break;
    default:
      break;
  }
  const name = objectName(p);
  if (isSymbol(p, '(') || isSymbol(p, '!')) {
    const called = call(p, name);
    return { kind: 'table_function', start, end: called.end, lateral: false, call: called, ...BARE };
  }
  return { kind: 'table', start, end: name.end, name, travel: null, changes: null, ...BARE };
}

function bodyOnly(body: Query['body']): Query {
  const { start, end } = body;
  return { kind: 'query', start, end, with: null, body, orderBy: null, limit: null, forUpdate: null };
}

/** `TABLE(f(...))`, `TABLE('t')`, `f(...)`; LATERAL was already taken. */
function tableFunction(p: Parser, start: number, lateral: boolean): Relation {
  if (!isWord(p, 'TABLE') || !isSymbol(p, '(', 1)) {
    const called = functionCall(p);
    return { kind: 'table_function', start, end: called.end, lateral, call: called, ...BARE };
  }
  const tableStart = startOf(p);
  p.at += 2;
  if (isSymbol(p, ')', 1) || isSymbol(p, ':') || isSymbol(p, 'string')) {
    const name = dynamicTable(p, tableStart);
    return { kind: 'table', start, end: endOf(p), name, travel: null, changes: null, ...BARE };
  }
  const called = functionCall(p);
  expectSymbol(p, ')');
  return { kind: 'table_function', start, end: endOf(p), lateral, call: called, ...BARE };
}

/** The rest of `TABLE('t')`, `TABLE($t)`, `TABLE(:t)`. */
function dynamicTable(p: Parser, start: number): DynamicName {
  const argument = nameArgument(p);
  expectSymbol(p, ')');
  return { kind: 'dynamic_name', start, end: endOf(p), via: 'TABLE', argument };
}

function functionCall(p: Parser): Call {
  const name: Name = objectName(p);
  if (!isSymbol(p, '(') && !isSymbol(p, '!')) refuse(p, '`(`');
  return call(p, name);
}

/** `(SELECT ...)`, `((SELECT ...) UNION ...)`, `(a JOIN b)`: distinguished without backtracking. */
function parenthesized(p: Parser, fromItem: (p: Parser) => FromItem): Relation {
  const depth = p.depth;
  descend(p, PAREN_DEPTH);
  const start = startOf(p);
  p.at++;
  let node: Relation;
  if (startsQuery(p)) {
    const query = p.grammar.query(p);
    expectSymbol(p, ')');
    node = { kind: 'derived', start, end: endOf(p), lateral: false, query, ...BARE };
  } else {
    const from = fromItem(p);
    const inner = from.relation;
    const isPlainQuery =
      inner.kind === 'derived' && !inner.lateral && inner.alias === null && from.joins.length === 0;
    if (isPlainQuery && continuesQuery(p)) {
      const query = p.grammar.queryAfter(p, inner.query, inner.start);
      expectSymbol(p, ')');
      node = { kind: 'derived', start, end: endOf(p), lateral: false, query, ...BARE };
    } else {
      expectSymbol(p, ')');
      node = { kind: 'paren_relation', start, end: endOf(p), from, ...BARE };
    }
  }
  p.depth = depth;
  return node;
}

const PAREN_DEPTH = 2;

function parenthesizedQuery(p: Parser): Query {
  expectSymbol(p, '(');
  const query = p.grammar.query(p);
  expectSymbol(p, ')');
  return query;
}

/** `@stage/path (FILE_FORMAT => 'f', PATTERN => 'p')`. */
function stageRelation(p: Parser): Relation {
  const start = startOf(p);
  const stage = isSymbol(p, 'stage') ? stageReference(p) : stringLiteral(p);
  const options = isSymbol(p, '(') ? optionalItems(p, namedOption) : [];
  return { kind: 'stage_relation', start, end: endOf(p), stage, options, ...BARE };
}

function namedOption(p: Parser): NamedArgument {
  const option = argument(p);
  return option.kind === 'named_argument' ? option : refuse(p, '`=>`');
}

/** `$1` as a relation: the result of an earlier step of a flow. */
function flowResult(p: Parser): Relation {
  const start = startOf(p);
  const index = Number(textOf(p).slice(1));
  if (index < 1 || index > 10_000) refuse(p, 'a step from `$1`');
  p.at++;
  return { kind: 'flow_result', start, end: endOf(p), index, ...BARE };
}

function semanticView(p: Parser): Relation {
  const start = startOf(p);
  p.at++;
  expectSymbol(p, '(');
  const name = objectName(p);
  const clauses: SemanticClause[] = [];
  while (!isSymbol(p, ')')) clauses.push(semanticClause(p));
  expectSymbol(p, ')');
  return { kind: 'semantic_view', start, end: endOf(p), name, clauses, ...BARE };
}

function semanticClause(p: Parser): SemanticClause {
  const start = startOf(p);
  if (eatWord(p, 'WHERE')) {
    const expression = p.grammar.expression(p);
    const { end } = expression;
    const item = { kind: 'select_item', start: expression.start, end, expression, alias: null } as const;
    return { kind: 'semantic_clause', start, end, clause: 'WHERE', items: [item] };
  }
  for (const clause of ['METRICS', 'DIMENSIONS', 'FACTS'] as const) {
    if (eatWord(p, clause)) {
      const items = list(p, semanticItem);
      return { kind: 'semantic_clause', start, end: endOf(p), clause, items };
    }
  }
  return refuse(p, '`METRICS`', '`DIMENSIONS`', '`FACTS`', '`WHERE`', '`)`');
}

/** An item as in a select list, except that a word that opens the next clause is not an alias. */
function semanticItem(p: Parser): SelectItem | Star {
  if (isStar(p)) return star(p);
  const expression = p.grammar.expression(p);
  const opensClause = ['METRICS', 'DIMENSIONS', 'FACTS', 'WHERE'].includes(word(p));
  const aliased = eatWord(p, 'AS') || (!opensClause && isName(p));
  const alias = aliased ? columnName(p) : null;
  return { kind: 'select_item', start: expression.start, end: endOf(p), expression, alias };
}
