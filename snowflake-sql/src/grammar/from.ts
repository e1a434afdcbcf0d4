import type { Expression, FromItem, Join, Relation, TableAlias } from '../tree/query.ts';
import type { Identifier } from '../tree/names.ts';
import { mayBeImplicitAlias } from '../keywords.ts';
import { columnName, identifier } from './names.ts';
import { matchRecognize } from './match-recognize.ts';
import { pivot, unpivot } from './pivot.ts';
import { resample } from './resample.ts';
import { relationPrimary } from './relation.ts';
import { changes, sample, timeTravel } from './time-travel.ts';
import {
  type Building,
  type Parser,
  areWords,
  descend,
  eatOneOf,
  eatWord,
  endOf,
  expectSymbol,
  expectWord,
  isSymbol,
  isWord,
  parenthesizedList,
  startOf,
  symbol,
  word,
} from './parser.ts';

/** One relation of FROM and its joins. */
export function fromItem(p: Parser): FromItem {
  const start = startOf(p);
  const first = relation(p);
  const joins: Join[] = [];
  for (let next = join(p); next !== null; next = join(p)) joins.push(next);
  return { kind: 'from_item', start, end: endOf(p), relation: first, joins };
}

/** A relation with its suffixes: time travel, pivots, an alias, a sample. */
export function relation(p: Parser): Relation {
  const depth = p.depth;
  const start = startOf(p);
  let node = relationPrimary(p, fromItem);
  for (;;) {
    const next = suffix(p, node, start);
    if (next === null) break;
    if (next !== node) descend(p);
    node = next;
  }
  p.depth = depth;
  return node;
}

/** Takes one suffix of a relation. Returns the same node extended, a new node around it, or null if there is none. */
function suffix(p: Parser, input: Relation, start: number): Relation | null {
  const node = input as Building<Relation>;
  if (symbol(p) !== 'word') {
    if (symbol(p) !== 'quoted' || node.alias !== null || node.sample !== null) return null;
    return aliased(p, node);
  }
  switch (word(p)) {
    case 'AT':
    case 'BEFORE':
      if (node.kind !== 'table' || !isSymbol(p, '(', 1) || node.travel !== null) break;
      node.travel = timeTravel(p);
      node.end = endOf(p);
      return node;
    case 'CHANGES':
      if (node.kind !== 'table' || !isSymbol(p, '(', 1) || node.changes !== null) break;
      node.changes = changes(p);
      node.end = endOf(p);
      return node;
    case 'PIVOT':
      return isSymbol(p, '(', 1) ? pivot(p, input, start) : null;
    case 'UNPIVOT':
      return isSymbol(p, '(', 1) || isSymbol(p, '(', 3) ? unpivot(p, input, start) : null;
    case 'MATCH_RECOGNIZE':
      return isSymbol(p, '(', 1) ? matchRecognize(p, input, start) : null;
    case 'RESAMPLE':
      if (!isSymbol(p, '(', 1) || !isWord(p, 'USING', 2)) break;
      return resample(p, input, start);
    case 'SAMPLE':
    case 'TABLESAMPLE':
      if (node.sample !== null) return null;
      node.sample = sample(p);
      node.end = endOf(p);
      return node;
    default:
      break;
  }
  if (node.alias !== null || node.sample !== null) return null;
  const keyword = word(p);
  const implicit = keyword === '' || keyword === 'AS' || (mayBeImplicitAlias(keyword) && !opensJoin(p));
  return implicit ? aliased(p, node) : null;
}

function aliased(p: Parser, node: Building<Relation>): Relation {
  node.alias = tableAlias(p);
  node.end = endOf(p);
  return node;
}

/** `AS t (a, b)`, with or without AS. */
export function tableAlias(p: Parser): TableAlias {
  const start = startOf(p);
  eatWord(p, 'AS');
  const name = identifier(p);
  const columns = isSymbol(p, '(') ? parenthesizedList(p, columnName) : [];
  return { kind: 'table_alias', start, end: endOf(p), name, columns };
}

/** Whether a word that could be an alias opens a join: `ASOF JOIN`, `DIRECTED JOIN`. */
function opensJoin(p: Parser): boolean {
  return areWords(p, 'ASOF', 'JOIN') || areWords(p, 'DIRECTED', 'JOIN');
}

function join(p: Parser): Join | null {
  if (symbol(p) !== 'word') return null;
  const start = startOf(p);
  const natural = eatWord(p, 'NATURAL');
  const type = joinType(p, natural);
  if (type === null) return null;
  const right = relation(p);
  let match: Expression | null = null;
  if (type === 'asof') {
    expectWord(p, 'MATCH_CONDITION');
    expectSymbol(p, '(');
    match = p.grammar.expression(p);
    expectSymbol(p, ')');
  }
  const on = eatWord(p, 'ON') ? p.grammar.expression(p) : null;
  const using: Identifier[] = on === null && eatWord(p, 'USING') ? parenthesizedList(p, columnName) : [];
  return { kind: 'join', start, end: endOf(p), type, natural, relation: right, on, using, match };
}

function joinType(p: Parser, natural: boolean): Join['type'] | null {
  const side = eatOneOf(p, 'INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS');
  if (side !== null) {
    if (side !== 'INNER' && side !== 'CROSS') eatWord(p, 'OUTER');
    eatWord(p, 'DIRECTED');
    expectWord(p, 'JOIN');
    return SIDES[side];
  }
  if (isWord(p, 'JOIN')) {
    p.at++;
    return 'inner';
  }
  if (areWords(p, 'ASOF', 'JOIN')) {
    p.at += 2;
    return 'asof';
  }
  if (areWords(p, 'DIRECTED', 'JOIN')) {
    p.at += 2;
    return 'inner';
  }
  if (natural) expectWord(p, 'JOIN');
  return null;
}

const SIDES = { INNER: 'inner', LEFT: 'left', RIGHT: 'right', FULL: 'full', CROSS: 'cross' } as const;
