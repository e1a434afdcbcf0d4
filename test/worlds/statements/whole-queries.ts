import { condition } from './conditions.ts';
import { expression } from './expressions.ts';
import { type Query, query } from './queries.ts';
import { from } from './relations.ts';
import {
  deeper,
  NAMES,
  NOWHERE,
  type Pen,
  type Scope,
  type Spot,
  takes,
  typeOf,
  watching,
  within,
} from './scope.ts';
import type { Table } from './shop-schema.ts';

/** A query as a statement of its own: with common tables before it, recursive ones among them. */
export function wholeQuery(pen: Pen, depth: number): Query {
  const { chance } = pen;
  const spot: Spot = { scope: NOWHERE, place: 'output', depth };
  const isSome = takes(pen, 'WITH', 0.1);
  const recursive = takes(pen, 'WITH RECURSIVE', 0.05);
  if (!isSome && !recursive) return query(pen, spot);
  const name = chance.pick(NAMES.filter((one) => one !== 'CUSTOMERS' && one !== 'ORDERS'));
  const { sql, table } = recursive
    ? within(pen, 'WITH RECURSIVE', () => recursiveTable(pen, spot, name))
    : within(pen, 'WITH', () => commonTable(pen, spot, name));
  // What it makes is asked for more often than any other.
  const inner = query({ ...pen, tables: [table, table, table, ...pen.tables] }, spot);
  return { ...inner, sql: `WITH ${recursive ? 'RECURSIVE ' : ''}${sql} ${inner.sql}` };
}

interface Common {
  readonly sql: string;
  readonly table: Table;
}

function commonTable(pen: Pen, spot: Spot, name: string): Common {
  const inner = query(pen, deeper(spot), { named: true });
  return { sql: `${name} AS (${inner.sql})`, table: { name, columns: inner.columns } };
}

/** Counts up to a few, and carries a value along that it may change at each step. */
function recursiveTable(pen: Pen, spot: Spot, name: string): Common {
  const { chance } = pen;
  const type = typeOf(pen);
  const first = query(pen, deeper(spot, { depth: 2 }), { types: ['number', type], named: true, plain: true });
  const [count, value] = first.columns;
  const relations = from(pen, deeper(spot, { depth: 0 }));
  const own = { name: 'W', ref: `${name}.W`, type, hot: value!.hot };
  const joins = chance.happens(0.25);
  const scope: Scope = { ...NOWHERE, columns: joins ? [own, own, ...relations.columns] : [own] };
  const at = deeper(spot, { scope, depth: 1 });
  const next = watching(pen, () => expression(pen, type, at));
  const steps = chance.happens(0.3) ? ` AND ${condition(pen, at)}` : '';
  const others = joins ? `, ${relations.sql}` : '';
  return {
    sql: `${name} (N, W) AS (SELECT 1, F.${value!.name} FROM (${first.sql}) F UNION ALL SELECT ${name}.N + 1, ${next.text} FROM ${name}${others} WHERE ${name}.N < ${chance.between(2, 3)}${steps})`,
    table: {
      name,
      columns: [
        { name: 'N', type: 'number', hot: count!.hot },
        { name: 'W', type, hot: value!.hot || next.hot },
      ],
    },
  };
}
