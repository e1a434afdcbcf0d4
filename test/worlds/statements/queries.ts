import { condition } from './conditions.ts';
import { aggregate, expression, literal, windowed } from './expressions.ts';
import { from, type From } from './relations.ts';
import {
  deeper,
  NAMES,
  NOWHERE,
  type Pen,
  type Scope,
  type Spot,
  typeIn,
  typeOf,
  watching,
} from './scope.ts';
import { starred } from './stars.ts';
import type { Column, Type } from './shop-schema.ts';

/** A query and what it answers with. */
export interface Query {
  readonly sql: string;
  readonly columns: readonly Column[];
}

export interface QueryShape {
  /** Of its columns, in order; any when it is left out. */
  readonly types?: readonly Type[];
  /** Whether each column must have a name that can be used outside. */
  readonly named?: boolean;
  /** Neither grouped nor of a set operation. */
  readonly plain?: boolean;
}

/** A SELECT, or several put together. */
export function query(pen: Pen, spot: Spot, shape: QueryShape = {}): Query {
  const { chance } = pen;
  if (shape.plain === true || spot.depth <= 0 || chance.happens(0.88)) return select(pen, spot, shape);
  const types = shape.types ?? Array.from({ length: chance.between(1, 3) }, () => typeOf(chance));
  const sides = [0, 1].map(() => select(pen, deeper(spot), { types, named: true }));
  const [left, right] = sides as [Query, Query];
  const operator = chance.pick([
    'UNION ALL',
    'UNION ALL',
    'UNION',
    'INTERSECT',
    'EXCEPT',
    'MINUS',
    'UNION ALL BY NAME',
    'UNION BY NAME',
  ]);
  // By name, as many columns come out as there are names.
  if (operator.endsWith('NAME') && shape.types !== undefined) return left;
  const columns = left.columns.map((column, index) => ({
    ...column,
    hot: column.hot || (right.columns[index]?.hot ?? true),
  }));
  const bracket = ({ sql }: Query) => (/ (LIMIT|ORDER BY) /.test(sql) ? `(${sql})` : sql);
  return { sql: `${bracket(left)} ${operator} ${bracket(right)}`, columns };
}

/** In parentheses: one value, or a set of rows; it may know of the query around it. */
export function subquery(
  pen: Pen,
  types: readonly Type[],
  spot: Spot,
  kind: 'value' | 'set' = 'value',
): Query {
  const scope: Scope = { ...NOWHERE, outer: spot.scope.columns.length > 0 ? spot.scope : null };
  const at = deeper(spot, { scope, depth: Math.min(spot.depth - 1, 2) });
  const inner = kind === 'set' ? select(pen, at, { types, plain: true }) : single(pen, at, types);
  return { ...inner, sql: `(${inner.sql})` };
}

/** A query of one row at most. */
function single(pen: Pen, spot: Spot, types: readonly Type[]): Query {
  const { chance } = pen;
  const relations = from(pen, deeper(spot));
  const scope: Scope = { ...spot.scope, ...relations, made: [] };
  const at = deeper(spot, { scope });
  const limited = chance.happens(0.25);
  const made = types.map((type) => {
    const { text, hot } = watching(pen, () => (limited ? expression : aggregate)(pen, type, at));
    return { text, column: { name: 'V', type, hot } };
  });
  const where = condition(pen, at);
  const sql = `SELECT ${made.map(({ text }) => text).join(', ')} FROM ${relations.sql} WHERE ${where}${limited ? ' LIMIT 1' : ''}`;
  return { sql, columns: made.map(({ column }) => column) };
}

interface Item {
  readonly text: string;
  readonly column: Column;
  /** What GROUP BY needs, when it is no aggregate. */
  readonly group: string | null;
}

function select(pen: Pen, spot: Spot, shape: QueryShape): Query {
  const { chance } = pen;
  const relations: From = from(pen, spot);
  const grouped = shape.plain !== true && chance.happens(0.28);
  if (!grouped && shape.types === undefined && chance.happens(0.14))
    return starred(pen, relations, where(pen, spot, relations));

  const types =
    shape.types ?? Array.from({ length: chance.between(1, 4) }, () => typeIn(chance, relations.columns));
  const items: Item[] = [];
  for (const type of types) {
    const made = items.map(({ column }) => column);
    const scope: Scope = {
      columns: relations.columns,
      aliases: relations.aliases,
      made,
      outer: spot.scope.outer,
    };
    items.push(item(pen, type, deeper(spot, { scope }), grouped, shape.named === true));
  }
  const scope: Scope = { ...relations, made: items.map(({ column }) => column), outer: spot.scope.outer };
  const at = deeper(spot, { scope, place: 'use' });
  const groups = items.flatMap(({ group }, index) =>
    group === null ? [] : [chance.happens(0.3) ? `${index + 1}` : group],
  );
  const distinct =
    !grouped && chance.happens(0.06) && items.every(({ column }) => !column.hot) ? 'DISTINCT ' : '';
  const clauses = [
    `SELECT ${distinct}${items.map(({ text }) => text).join(', ')}`,
    `FROM ${relations.sql}`,
    where(pen, spot, relations),
    grouped ? groupBy(pen, groups) : '',
    grouped && chance.happens(0.12)
      ? `HAVING ${aggregate(pen, 'number', at)} > ${literal(pen, 'number')}`
      : '',
    !grouped && chance.happens(0.06)
      ? `QUALIFY ${windowed(pen, 'number', at)} <= ${chance.between(1, 5)}`
      : '',
    orderBy(pen, at, items, grouped),
  ];
  return {
    sql: clauses.filter((clause) => clause !== '').join(' '),
    columns: items.map(({ column }) => column),
  };
}

function item(pen: Pen, type: Type, at: Spot, grouped: boolean, named: boolean): Item {
  const { chance } = pen;
  const isGroup = grouped && chance.happens(0.4);
  // A group is a use of what it is of.
  const spot: Spot = isGroup ? { ...at, place: 'use', depth: Math.min(at.depth, 1) } : at;
  const { text, hot } = watching(pen, () => {
    if (grouped && !isGroup) return aggregate(pen, type, spot);
    return !grouped && chance.happens(0.12) ? windowed(pen, type, spot) : expression(pen, type, spot);
  });
  const { made, aliases } = at.scope;
  const wanted = chance.happens(0.15) && aliases.length > 0 ? chance.pick(aliases) : chance.pick(NAMES);
  const name = made.some((one) => one.name === wanted) ? pen.fresh('N') : wanted;
  const isAliased = named || chance.happens(0.7);
  return {
    text: isAliased ? `${text} AS ${name}` : text,
    column: { name: isAliased ? name : pen.fresh('UNNAMED'), type, hot },
    group: isGroup ? text : null,
  };
}

function where(pen: Pen, spot: Spot, relations: From): string {
  const { chance } = pen;
  if (chance.happens(0.45)) return '';
  const scope: Scope = { ...relations, made: [], outer: spot.scope.outer };
  return `WHERE ${condition(pen, deeper(spot, { scope }))}`;
}

function groupBy({ chance }: Pen, groups: readonly string[]): string {
  if (groups.length === 0) return '';
  const list = groups.join(', ');
  return chance.weighed([
    [8, () => `GROUP BY ${list}`],
    [1, () => 'GROUP BY ALL'],
    [1, () => `GROUP BY ROLLUP (${list})`],
    [0.5, () => `GROUP BY CUBE (${list})`],
  ]);
}

function orderBy(pen: Pen, at: Spot, items: readonly Item[], grouped: boolean): string {
  const { chance } = pen;
  if (chance.happens(0.6)) return chance.happens(0.15) ? `LIMIT ${chance.between(1, 20)}` : '';
  const cold = items.flatMap(({ column }, index) => (column.hot ? [] : [`${index + 1}`]));
  const keys =
    grouped || chance.happens(0.5)
      ? cold
      : [expression(pen, typeIn(chance, at.scope.columns), { ...at, depth: 1 })];
  if (keys.length === 0) return '';
  const direction = chance.pick(['', '', ' DESC', ' NULLS FIRST']);
  const limit = chance.happens(0.5)
    ? ` LIMIT ${chance.between(1, 20)}${chance.happens(0.2) ? ' OFFSET 1' : ''}`
    : '';
  return `ORDER BY ${keys.map((key) => key + direction).join(', ')}${limit}`;
}
