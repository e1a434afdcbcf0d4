import { condition } from './conditions.ts';
import { expression } from './expressions.ts';
import { literal } from './literals.ts';
import { query } from './queries.ts';
import {
  choose,
  deeper,
  isSought,
  NAMES,
  type Pen,
  placeOf,
  type Scope,
  type Spot,
  typeOf,
  type Visible,
  wantsHot,
  within,
} from './scope.ts';
import type { Column, Table } from './shop-schema.ts';
import { tableFunction } from './table-functions.ts';
import { pivoted, unpivoted } from './pivots.ts';

/** What stands in a FROM, and what can be named because of it. */
export interface From {
  readonly sql: string;
  readonly columns: readonly Visible[];
  readonly aliases: readonly string[];
}

/** One relation under a name. */
export interface Relation {
  readonly sql: string;
  readonly alias: string;
  readonly columns: readonly Column[];
}

/** One to three relations, joined. */
export function from(pen: Pen, spot: Spot): From {
  const { chance } = pen;
  const taken = new Set<string>();
  let result = visible(relation(pen, spot, taken), taken);
  const isWanted = [...JOINS, ...LATERALS].some((feature) => isSought(pen, feature));
  const more = chance.weighed([
    // What is to be seen is seen best where little stands beside it.
    [isWanted ? 0 : pen.planting === null ? 5 : 20, () => 0],
    [5, () => 1],
    [pen.planting === null ? 1 : 0.2, () => 2],
  ]);
  for (let index = 0; index < more; index += 1) {
    const isLateral = LATERALS.some((feature) => isSought(pen, feature))
      ? chance.happens(0.85)
      : chance.happens(JOINS.some((feature) => isSought(pen, feature)) ? 0.15 : 0.5);
    result = isLateral ? lateral(pen, spot, result, taken) : joined(pen, spot, result, taken);
  }
  return unambiguous(result);
}

const JOINS = [
  'JOIN ON',
  'JOIN on one name',
  'JOIN USING',
  'NATURAL JOIN',
  'CROSS JOIN',
  'ASOF JOIN',
] as const;
const LATERALS = ['FLATTEN', 'SPLIT_TO_TABLE', 'LATERAL query'] as const;

/** A relation that does not know of those beside it. */
export function relation(pen: Pen, spot: Spot, taken: ReadonlySet<string>): Relation {
  const deep = spot.depth > 0;
  const may = (feature: 'derived table' | 'PIVOT' | 'UNPIVOT', weight: number) =>
    deep || isSought(pen, feature) ? (pen.planting === null ? weight : weight / 5) : 0;
  const own = () => aliasFor(pen, taken);
  return choose<Relation>(pen, [
    ['query', 10, () => base(pen, pen.chance.pick(pen.tables), taken)],
    ['derived table', may('derived table', 2.5), () => derived(pen, spot, taken)],
    ['VALUES', 0.6, () => values(pen, taken)],
    ['GENERATOR', 0.5, () => tableFunction(pen, spot, own(), 'alone')],
    ['PIVOT', may('PIVOT', 0.5), () => pivoted(pen, spot, own())],
    ['UNPIVOT', may('UNPIVOT', 0.8), () => unpivoted(pen, spot, own())],
  ]);
}

export function aliasFor({ chance, fresh, planting }: Pen, taken: ReadonlySet<string>): string {
  const free = NAMES.filter((name) => !taken.has(name));
  return free.length > 0 && chance.happens(planting === null ? 0.95 : 0.15) ? chance.pick(free) : fresh('R');
}

function base(pen: Pen, { name, columns }: Table, taken: ReadonlySet<string>): Relation {
  const { chance } = pen;
  const own = name.split('.').at(-1)!;
  const written = chance.weighed<string>([
    [10, () => name],
    [1, () => (name.includes('.') ? `SHOP.${name}` : `SHOP.PUBLIC.${name}`)],
    [0.3, () => `IDENTIFIER('${name}')`],
    [0.3, () => `IDENTIFIER(${placeOf(pen, { type: 'TEXT', value: name })})`],
    [0.3, () => `TABLE('${name}')`],
    [0.3, () => name.toLowerCase()],
  ]);
  if (!taken.has(own) && chance.happens(0.3) && !written.includes('('))
    return { sql: written, alias: own, columns };
  const alias = aliasFor(pen, taken);
  // Of all together something is nearly always so, whichever world it is: what is so of one alone may differ.
  if (pen.planting !== null && columns.some(({ hot }) => hot) && chance.happens(0.3)) {
    const id = columns.some((column) => column.name === 'ID') ? 'ID' : columns[0]!.name;
    return {
      sql: `(SELECT * FROM ${name} WHERE ${id} = ${chance.between(1, 12)}) AS ${alias}`,
      alias,
      columns,
    };
  }
  const sample = chance.happens(0.02) ? ' SAMPLE (100)' : '';
  return { sql: `${written}${chance.pick([' AS', ''])} ${alias}${sample}`, alias, columns };
}

function derived(pen: Pen, spot: Spot, taken: ReadonlySet<string>): Relation {
  const inner = query(
    pen,
    deeper(spot, { scope: { ...spot.scope, columns: [], aliases: [], made: [], outer: null } }),
    {
      named: true,
    },
  );
  const alias = aliasFor(pen, taken);
  const renames = pen.chance.happens(0.25);
  const columns = renames
    ? inner.columns.map((column, index) => ({ ...column, name: `${alias}${index + 1}` }))
    : inner.columns;
  const list = renames ? ` (${columns.map(({ name }) => name).join(', ')})` : '';
  return { sql: `(${inner.sql}) AS ${alias}${list}`, alias, columns };
}

function values(pen: Pen, taken: ReadonlySet<string>): Relation {
  const types = [typeOf(pen), typeOf(pen)].map((type) => (type === 'json' ? 'text' : type));
  const row = () => `(${types.map((type) => literal(pen, type)).join(', ')})`;
  const alias = aliasFor(pen, taken);
  const columns = types.map((type, index) => ({ name: `${alias}${index + 1}`, type, hot: false }));
  return {
    sql: `(VALUES ${row()}, ${row()}) AS ${alias} (${columns.map(({ name }) => name).join(', ')})`,
    alias,
    columns,
  };
}

function joined(pen: Pen, spot: Spot, left: From, taken: Set<string>): From {
  const { chance } = pen;
  const isNamed = (['JOIN on one name', 'JOIN USING', 'NATURAL JOIN'] as const).some((feature) =>
    isSought(pen, feature),
  );
  const alike = pen.tables.filter(({ columns }) => columns.some(({ name }) => isOnce(left, name)));
  const next =
    isNamed && alike.length > 0 ? base(pen, chance.pick(alike), taken) : relation(pen, spot, taken);
  const right = visible(next, taken);
  const both = { columns: [...left.columns, ...right.columns], aliases: [...left.aliases, ...right.aliases] };
  const kind = chance.pick([
    'JOIN',
    'JOIN',
    'JOIN',
    'LEFT JOIN',
    'LEFT JOIN',
    'RIGHT JOIN',
    'FULL JOIN',
    'INNER JOIN',
  ]);
  const on = () => joinCondition(pen, spot, left, right, both);
  const shared = left.columns.filter(({ name }) => isOnce(left, name) && isOnce(right, name));
  const one = () => {
    const hot = wantsHot(pen, 'use', shared);
    const fitting = shared.filter((column) => column.hot === hot);
    const picked = chance.pick(fitting.length > 0 ? fitting : shared);
    if (picked.hot) pen.touched += 1;
    return picked.name;
  };
  const equal = (name: string) =>
    [left, right].map(({ columns }) => columns.find((column) => column.name === name)!.ref).join(' = ');
  const near = left.columns.flatMap((one) =>
    right.columns
      .filter(({ type }) => type === one.type && type !== 'json')
      .map((other) => [one, other] as const),
  );
  const nearest = () => {
    const hot = wantsHot(pen, 'use', near.flat());
    const fitting = near.filter((pair) => pair.some((column) => column.hot) === hot);
    const [one, other] = chance.pick(fitting.length > 0 ? fitting : near);
    if (one.hot || other.hot) pen.touched += 1;
    return `${one.ref} ${chance.pick(['>=', '>', '<=', '<'])} ${other.ref}`;
  };
  const sql = choose<string>(pen, [
    ['JOIN ON', 8, () => `${left.sql} ${kind} ${next.sql} ON ${on()}`],
    ['CROSS JOIN', 1, () => `${left.sql} CROSS JOIN ${next.sql}`],
    ['CROSS JOIN', 1, () => `${left.sql}, ${next.sql}`],
    [
      'ASOF JOIN',
      near.length > 0 ? 0.3 : 0,
      () => `${left.sql} ASOF JOIN ${next.sql} MATCH_CONDITION (${nearest()})`,
    ],
    ['NATURAL JOIN', 0.3, () => `${left.sql} NATURAL JOIN ${next.sql}`],
    ['JOIN USING', shared.length > 0 ? 1 : 0, () => `${left.sql} ${kind} ${next.sql} USING (${one()})`],
    [
      'JOIN on one name',
      shared.length > 0 ? 1 : 0,
      () => `${left.sql} ${kind} ${next.sql} ON ${equal(one())}`,
    ],
  ]);
  return { sql, ...both };
}

function isOnce({ columns }: Pick<From, 'columns'>, name: string): boolean {
  return columns.filter((column) => column.name === name).length === 1;
}

function joinCondition(pen: Pen, spot: Spot, left: From, right: From, both: Omit<From, 'sql'>): string {
  const { chance } = pen;
  const keys = ({ columns }: From) =>
    columns.filter(({ type, hot, name }) => type === 'number' && !hot && /ID$|\d$|^[A-Z]$/.test(name));
  const [mine, theirs] = [keys(left), keys(right)];
  const scope: Scope = { ...spot.scope, ...both, made: [] };
  if (mine.length === 0 || theirs.length === 0 || chance.happens(0.05)) {
    return condition(pen, deeper(spot, { scope }));
  }
  const key = `${chance.pick(mine).ref} = ${chance.pick(theirs).ref}`;
  return chance.happens(0.2) ? `${key} AND ${condition(pen, deeper(spot, { scope }))}` : key;
}

/** A relation made of each row of those before it. */
function lateral(pen: Pen, spot: Spot, left: From, taken: Set<string>): From {
  const { chance } = pen;
  const scope: Scope = { columns: left.columns, aliases: left.aliases, made: [], outer: spot.scope.outer };
  const at = deeper(spot, { scope });
  const alias = aliasFor(pen, taken);
  const isQuery = isSought(pen, 'LATERAL query') || (spot.depth > 0 && chance.happens(0.25));
  const made: Relation = isQuery
    ? within(pen, 'LATERAL query', () => lateralQuery(pen, at, alias))
    : tableFunction(pen, at, alias, chance.pick(['lateral', 'table', 'lateral'] as const));
  const right = visible(made, taken);
  const outer = chance.happens(0.1) ? ' LEFT JOIN ' : ', ';
  const on = outer === ', ' ? '' : ' ON TRUE';
  return {
    sql: `${left.sql}${outer}${made.sql}${on}`,
    columns: [...left.columns, ...right.columns],
    aliases: [...left.aliases, ...right.aliases],
  };
}

function lateralQuery(pen: Pen, at: Spot, alias: string): Relation {
  if (pen.chance.happens(0.5)) {
    const type = typeOf(pen);
    const { text, hot } = track(pen, () => expression(pen, type, at));
    return {
      sql: `LATERAL (SELECT ${text} AS ${alias}1) ${alias}`,
      alias,
      columns: [{ name: `${alias}1`, type, hot }],
    };
  }
  const inner = query(
    pen,
    { ...at, scope: { ...at.scope, columns: [], aliases: [], outer: at.scope } },
    { named: true },
  );
  return { sql: `LATERAL (${inner.sql}) AS ${alias}`, alias, columns: inner.columns };
}

function track(pen: Pen, write: () => string) {
  const before = pen.touched;
  const text = write();
  return { text, hot: pen.touched > before };
}

function visible({ sql, alias, columns }: Relation, taken: Set<string>): From {
  taken.add(alias);
  return {
    sql,
    aliases: [alias],
    columns: columns.map((column) => ({ ...column, ref: `${alias}.${column.name}` })),
  };
}

/** Columns of a name that only one relation has may be written without it. */
function unambiguous(result: From): From {
  const names = result.columns.map(({ name }) => name);
  const columns = result.columns.map((column, index) =>
    index % 3 === 0 || names.indexOf(column.name) !== names.lastIndexOf(column.name)
      ? column
      : { ...column, ref: column.name },
  );
  return { ...result, columns };
}
