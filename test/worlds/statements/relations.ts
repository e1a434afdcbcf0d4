import { condition } from './conditions.ts';
import { expression, literal } from './expressions.ts';
import { query } from './queries.ts';
import { deeper, NAMES, type Pen, type Scope, type Spot, typeOf, type Visible } from './scope.ts';
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
  const more = chance.weighed([
    [5, () => 0],
    [5, () => 1],
    [1, () => 2],
  ]);
  for (let index = 0; index < more; index += 1) {
    result = chance.happens(0.5) ? lateral(pen, spot, result, taken) : joined(pen, spot, result, taken);
  }
  return unambiguous(result);
}

/** A relation that does not know of those beside it. */
export function relation(pen: Pen, spot: Spot, taken: ReadonlySet<string>): Relation {
  const { chance } = pen;
  const deep = spot.depth > 0;
  return chance.weighed<Relation>([
    [10, () => base(pen, chance.pick(pen.tables), taken)],
    [deep ? 2.5 : 0, () => derived(pen, spot, taken)],
    [0.6, () => values(pen, taken)],
    [0.5, () => tableFunction(pen, spot, aliasFor(pen, taken), 'alone')],
    [deep ? 0.5 : 0, () => pivoted(pen, spot, aliasFor(pen, taken))],
    [deep ? 0.8 : 0, () => unpivoted(pen, spot, aliasFor(pen, taken))],
  ]);
}

export function aliasFor({ chance, fresh }: Pen, taken: ReadonlySet<string>): string {
  const free = NAMES.filter((name) => !taken.has(name));
  return free.length > 0 && chance.happens(0.95) ? chance.pick(free) : fresh('R');
}

function base(pen: Pen, { name, columns }: Table, taken: ReadonlySet<string>): Relation {
  const { chance } = pen;
  const own = name.split('.').at(-1)!;
  const written = chance.weighed<string>([
    [10, () => name],
    [1, () => (name.includes('.') ? `SHOP.${name}` : `SHOP.PUBLIC.${name}`)],
    [0.3, () => `IDENTIFIER('${name}')`],
    [0.3, () => `TABLE('${name}')`],
    [0.3, () => name.toLowerCase()],
  ]);
  if (!taken.has(own) && chance.happens(0.3) && !written.includes('('))
    return { sql: written, alias: own, columns };
  const alias = aliasFor(pen, taken);
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
  const types = [typeOf(pen.chance), typeOf(pen.chance)].map((type) => (type === 'json' ? 'text' : type));
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
  const next = relation(pen, spot, taken);
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
  const sql = chance.weighed<string>([
    [8, () => `${left.sql} ${kind} ${next.sql} ON ${on()}`],
    [1, () => `${left.sql} CROSS JOIN ${next.sql}`],
    [1, () => `${left.sql}, ${next.sql}`],
    [0.3, () => `${left.sql} NATURAL JOIN ${next.sql}`],
    [sharesId(left, right) ? 1 : 0, () => `${left.sql} ${kind} ${next.sql} USING (ID)`],
  ]);
  return { sql, ...both };
}

function sharesId(left: From, right: From): boolean {
  return [left, right].every(({ columns }) => columns.filter(({ name }) => name === 'ID').length === 1);
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
  const made: Relation =
    spot.depth > 0 && chance.happens(0.25)
      ? lateralQuery(pen, at, alias)
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
    const type = typeOf(pen.chance);
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
