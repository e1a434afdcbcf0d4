import { condition } from './conditions.ts';
import { aggregate, expression, windowed } from './expressions.ts';
import { literal } from './literals.ts';
import { from, type From } from './relations.ts';
import {
  choose,
  deeper,
  isSought,
  NAMES,
  NOWHERE,
  type Pen,
  type Scope,
  type Spot,
  takes,
  typeIn,
  typeOf,
  watching,
  within,
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
  const isWanted = SETS.some((operator) => isSought(pen, operator));
  if (
    shape.plain === true ||
    (spot.depth <= 0 && !isWanted) ||
    !chance.happens(isWanted ? 0.85 : pen.planting === null ? 0.12 : 0.04)
  )
    return select(pen, spot, shape);
  return choose<Query>(
    pen,
    // By name, as many columns come out as there are names.
    SETS.filter((operator) => operator !== 'BY NAME' || shape.types === undefined).map((operator) => [
      operator,
      operator === 'UNION ALL' ? 2 : 1,
      () => setOperation(pen, spot, shape, operator),
    ]),
  );
}

const SETS = ['UNION ALL', 'UNION', 'INTERSECT', 'EXCEPT', 'BY NAME'] as const;

function setOperation(pen: Pen, spot: Spot, shape: QueryShape, set: (typeof SETS)[number]): Query {
  const { chance } = pen;
  const most = pen.planting === null ? 3 : 2;
  const types = shape.types ?? Array.from({ length: chance.between(1, most) }, () => typeOf(pen));
  // What meets whole is masked as one and as the other.
  const plain = pen.planting !== null && chance.happens(0.5);
  const side = () => select(pen, plain ? { ...spot, depth: 0 } : deeper(spot), { types, named: true, plain });
  // Of one side alone, what is sensitive may stand beside nothing like it: of both, it meets its like.
  const left = side();
  const right = chance.happens(0.3)
    ? left
    : pen.near !== null && chance.happens(0.3)
      ? guess(pen, types)
      : side();
  const columns = left.columns.map((column, index) => ({
    ...column,
    hot: column.hot || (right.columns[index]?.hot ?? true),
  }));
  const operator =
    set === 'BY NAME'
      ? chance.pick(['UNION ALL BY NAME', 'UNION BY NAME'])
      : set === 'EXCEPT'
        ? chance.pick(['EXCEPT', 'MINUS'])
        : set;
  const bracket = ({ sql }: Query) => (/ (LIMIT|ORDER BY) /.test(sql) ? `(${sql})` : sql);
  return { sql: `${bracket(left)} ${operator} ${bracket(right)}`, columns };
}

/** One row of what somebody may think is there. */
function guess(pen: Pen, types: readonly Type[]): Query {
  const columns = types.map((type, index) => ({ name: `G${index}`, type, hot: false }));
  return { sql: `SELECT ${types.map((type) => literal(pen, type)).join(', ')}`, columns };
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
  const where = pen.planting === null || chance.happens(0.3) ? ` WHERE ${condition(pen, at)}` : '';
  const sql = `SELECT ${made.map(({ text }) => text).join(', ')} FROM ${relations.sql}${where}${limited ? ' LIMIT 1' : ''}`;
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
  const groups = ['GROUP BY', 'ROLLUP', 'CUBE', 'HAVING', 'aggregate call'] as const;
  const grouped =
    shape.plain !== true &&
    (chance.happens(pen.planting === null ? 0.28 : 0.1) ||
      (groups.some((feature) => isSought(pen, feature)) && chance.happens(0.85)));
  if (!grouped && shape.types === undefined && takes(pen, 'star', 0.14))
    return within(pen, 'star', () => starred(pen, relations, where(pen, spot, relations)));

  const types =
    shape.types ??
    Array.from(
      { length: chance.between(isSought(pen, 'own name') ? 2 : 1, pen.planting === null ? 4 : 2) },
      () => typeIn(pen, relations.columns),
    );
  const distinct = !grouped && takes(pen, 'DISTINCT', 0.06);
  const items: Item[] = [];
  for (const type of types) {
    const made = items.map(({ column }) => column);
    const scope: Scope = {
      columns: relations.columns,
      aliases: relations.aliases,
      made,
      outer: spot.scope.outer,
    };
    const write = () => item(pen, type, deeper(spot, { scope }), grouped, shape.named === true);
    items.push(distinct ? within(pen, 'DISTINCT', write) : write());
  }
  const scope: Scope = { ...relations, made: items.map(({ column }) => column), outer: spot.scope.outer };
  const at = deeper(spot, { scope, place: 'use' });
  const by = items.flatMap(({ group }, index) =>
    group === null ? [] : [chance.happens(0.3) ? `${index + 1}` : group],
  );
  // What is different tells, as a rule; where nothing but one thing may be sensitive, it may be that.
  const isDistinct = distinct && (pen.planting !== null || items.every(({ column }) => !column.hot));
  const clauses = [
    `SELECT ${isDistinct ? 'DISTINCT ' : ''}${items.map(({ text }) => text).join(', ')}`,
    `FROM ${relations.sql}`,
    where(pen, spot, relations),
    grouped ? groupBy(pen, by) : '',
    grouped && takes(pen, 'HAVING', 0.12) ? `HAVING ${within(pen, 'HAVING', () => having(pen, at))}` : '',
    !grouped && takes(pen, 'QUALIFY', 0.06)
      ? `QUALIFY ${within(pen, 'QUALIFY', () => windowed(pen, 'number', at))} <= ${chance.between(1, 5)}`
      : '',
    orderBy(pen, at, items, grouped),
  ];
  return {
    sql: clauses.filter((clause) => clause !== '').join(' '),
    columns: items.map(({ column }) => column),
  };
}

function having(pen: Pen, at: Spot): string {
  return `${aggregate(pen, 'number', at)} ${pen.chance.pick(['>', '<', '<>'])} ${literal(pen, 'number')}`;
}

function item(pen: Pen, type: Type, at: Spot, grouped: boolean, named: boolean): Item {
  const { chance } = pen;
  const isGroup = grouped && takes(pen, 'GROUP BY', 0.4);
  // A group is a use of what it is of.
  const spot: Spot = isGroup ? { ...at, place: 'use', depth: Math.min(at.depth, 1) } : at;
  const { text, hot } = watching(pen, () => {
    if (isGroup) return within(pen, 'GROUP BY', () => expression(pen, type, spot));
    if (grouped) return within(pen, 'aggregate call', () => aggregate(pen, type, spot));
    const isWindow =
      chance.happens(pen.planting === null ? 0.12 : 0.04) ||
      (WINDOWS.some((feature) => isSought(pen, feature)) && chance.happens(0.7));
    return isWindow
      ? within(pen, 'window call', () => windowed(pen, type, spot))
      : expression(pen, type, spot);
  });
  const { made, aliases } = at.scope;
  const wanted = chance.happens(0.15) && aliases.length > 0 ? chance.pick(aliases) : chance.pick(NAMES);
  const isOwn = pen.planting !== null && chance.happens(0.85);
  const isShared = isSought(pen, 'own name') && chance.happens(0.8);
  const columns = at.scope.columns.filter((column) => !made.some((one) => one.name === column.name));
  if (isShared && columns.length > 0) {
    // Whoever reads it later may mean this, or the column of that name.
    const { name } = chance.pick(columns);
    return { text: `${text} AS ${name}`, column: { name, type, hot }, group: isGroup ? text : null };
  }
  const name = isOwn || made.some((one) => one.name === wanted) ? pen.fresh('N') : wanted;
  const isAliased = named || chance.happens(0.7);
  return {
    text: isAliased ? `${text} AS ${name}` : text,
    column: { name: isAliased ? name : pen.fresh('UNNAMED'), type, hot },
    group: isGroup ? text : null,
  };
}

const WINDOWS = ['window call', 'PARTITION BY', 'window ORDER BY'] as const;

function where(pen: Pen, spot: Spot, relations: From): string {
  if (!takes(pen, 'WHERE', pen.planting === null ? 0.55 : 0.3)) return '';
  const scope: Scope = { ...relations, made: [], outer: spot.scope.outer };
  return `WHERE ${within(pen, 'WHERE', () => condition(pen, deeper(spot, { scope })))}`;
}

function groupBy(pen: Pen, groups: readonly string[]): string {
  if (groups.length === 0) return '';
  const list = groups.join(', ');
  return choose(pen, [
    ['GROUP BY', 8, () => `GROUP BY ${list}`],
    ['GROUP BY', 1, () => 'GROUP BY ALL'],
    ['ROLLUP', 1, () => `GROUP BY ROLLUP (${list})`],
    ['CUBE', 0.5, () => `GROUP BY CUBE (${list})`],
  ]);
}

function orderBy(pen: Pen, at: Spot, items: readonly Item[], grouped: boolean): string {
  const { chance } = pen;
  const limit = () => {
    const count = takes(pen, 'LIMIT', 0.02) ? found(pen, 'LIMIT', at) : String(chance.between(1, 20));
    const skips = takes(pen, 'OFFSET', 0.15);
    if (!skips) return chance.happens(0.9) ? `LIMIT ${count}` : `FETCH FIRST ${count} ROWS ONLY`;
    return `LIMIT ${count} OFFSET ${chance.happens(0.5) ? 1 : found(pen, 'OFFSET', at)}`;
  };
  const isLimited = isSought(pen, 'LIMIT') || isSought(pen, 'OFFSET');
  if (!takes(pen, 'ORDER BY', isLimited ? 0.7 : 0.4))
    return chance.happens(isLimited ? 0.8 : 0.15) ? limit() : '';
  const cold = items.flatMap(({ column }, index) => (column.hot ? [] : [`${index + 1}`]));
  const isMade = !grouped && (chance.happens(0.5) || isSought(pen, 'ORDER BY'));
  const keys = isMade
    ? [within(pen, 'ORDER BY', () => expression(pen, typeIn(pen, at.scope.columns), { ...at, depth: 1 }))]
    : cold;
  if (keys.length === 0) return '';
  const direction = chance.pick(['', '', ' DESC', ' NULLS FIRST']);
  const most = chance.happens(isLimited ? 0.9 : 0.5) ? ` ${limit()}` : '';
  return `ORDER BY ${keys.map((key) => key + direction).join(', ')}${most}`;
}

/** A number that a query finds: so many rows as it says are there, or are not. */
function found(pen: Pen, feature: 'LIMIT' | 'OFFSET', at: Spot): string {
  return within(pen, feature, () => {
    const type = pen.chance.pick(['number', 'number', 'text'] as const);
    const { sql } = subquery(pen, [type], { ...at, scope: NOWHERE, depth: 2 });
    if (type === 'text') return `LENGTH(${sql})`;
    // Few enough for it to make a difference, by what cannot fail as well as by what can.
    return pen.chance.pick([sql, `SIGN(${sql})`, `LEAST(9, ${sql})`, `MOD(ABS(${sql}), 20)`]);
  });
}
