import {
  addBoundChildren,
  type AnyBoundNode,
  type BoundExpression,
  type BoundFrom,
  type BoundRelation,
  type BoundSelect,
} from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { isAggregate } from './calls.ts';
import { renderExpression } from './expressions.ts';
import { renderFrom } from './from.ts';
import { renderGroups } from './groups.ts';
import { renderWanted } from './offsets.ts';
import { renderCondition } from './predicates.ts';
import type { Rendering, Wanted } from './rendering.ts';
import { PLAIN, type Scope } from './scope.ts';
import { generatorCounter } from './table-functions.ts';

/** A value beside the columns, that rows are ordered by. */
export interface Extra {
  readonly expression: BoundExpression;
  readonly name: string;
}

export function renderSelect(
  rendering: Rendering,
  select: BoundSelect,
  wanted: readonly Wanted[],
  extras: readonly Extra[],
): string {
  if (select.connectBy !== null) throw unsupported('CONNECT BY');
  if (select.into) throw unsupported('SELECT INTO');
  if (select.open !== null) throw unsupported('`*` of columns that are not known');
  return select.distinct
    ? renderDistinct(rendering, select, wanted)
    : renderPlain(rendering, select, wanted, extras, '');
}

function renderPlain(
  rendering: Rendering,
  select: BoundSelect,
  wanted: readonly Wanted[],
  extras: readonly Extra[],
  distinct: string,
): string {
  const plain: Scope = { ...PLAIN, counter: generatorCounter(rendering, select.from) };
  const inner = createInner(rendering);
  const groups = select.groupBy === null ? null : renderGroups(rendering, plain, select.groupBy);
  const scope: Scope = {
    ...plain,
    inner: groups === null && !isAggregated(select) ? inner.name : null,
    keys: groups?.keys ?? null,
    result: (index, reading) =>
      renderExpression(rendering, scope, select.outputs[index]!.expression, reading),
  };
  const items = [
    ...wanted.map(
      (one) => `${renderWanted(rendering, scope, select.outputs[one.index]!.expression, one)} AS ${one.name}`,
    ),
    ...extras.map(
      ({ expression, name }) => `${renderExpression(rendering, scope, expression, 'use')} AS ${name}`,
    ),
  ];
  // One row is made of all of them, whether or not its columns are wanted.
  if (items.length === 0) items.push(isAggregated(select) ? 'count(*) AS n' : '1 AS n');
  const where = select.where === null ? '' : ` WHERE ${renderCondition(rendering, plain, select.where)}`;
  const clauses = [
    groups === null ? '' : ` GROUP BY ${groups.text}`,
    select.having === null ? '' : ` HAVING ${renderCondition(rendering, scope, select.having)}`,
    select.qualify === null ? '' : ` QUALIFY ${renderCondition(rendering, scope, select.qualify)}`,
  ].join('');
  // Last, since what it has to give is known only now.
  const from = select.from === null ? '' : ` FROM ${renderFrom(rendering, select.from)}`;
  return `SELECT ${distinct}${items.join(', ')}${inner.around(select.from, `${from}${where}`)}${clauses}`;
}

/** Windows that stand inside others, which DuckDB does not have: they are made of the rows before the others are. */
function createInner(rendering: Rendering) {
  const names = new Map<string, string>();
  return {
    name(text: string): string {
      const name = names.get(text) ?? rendering.fresh('p');
      names.set(text, name);
      return name;
    },
    /** Each relation keeps its name, as the whole of its row: its columns are read as before. */
    around(from: BoundFrom | null, rows: string): string {
      if (names.size === 0) return rows;
      const relations = relationsOf(from).map(({ id }) => rendering.nameOf({ relation: id }));
      const columns = [...relations, ...[...names].map(([text, name]) => `${text} AS ${name}`)];
      return ` FROM (SELECT ${columns.join(', ')}${rows}) AS ${rendering.fresh('b')}`;
    },
  };
}

function relationsOf(from: BoundFrom | null): readonly BoundRelation[] {
  const relations: BoundRelation[] = [];
  const waiting = from === null ? [] : [from];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (one.kind === 'join') waiting.push(one.left, one.right);
    else relations.push(one);
  }
  return relations;
}

/**
 * Rows that are equal become one. Columns that are compared otherwise than they are wanted are taken from any of the
 * rows that became one.
 */
function renderDistinct(rendering: Rendering, select: BoundSelect, wanted: readonly Wanted[]): string {
  const key = (index: number) => rendering.guards.canonicalOf(select.outputs[index]!.expression, 'group');
  const isKey = ({ index, reading, offset }: Wanted) =>
    offset !== true &&
    rendering.guards.canonicalOf(select.outputs[index]!.expression, reading) === key(index);
  const named = new Map<number, Wanted>();
  for (const one of wanted) if (isKey(one)) named.set(one.index, one);
  const keys = select.outputs.map((_, index): Wanted => ({
    index,
    reading: 'group',
    name: named.get(index)?.name ?? rendering.fresh('k'),
  }));
  const others = wanted.filter((one) => keys[one.index]!.name !== one.name);
  if (others.length === 0) return renderPlain(rendering, select, keys, [], 'DISTINCT ');
  return regroup(rendering, renderPlain(rendering, select, [...keys, ...others], [], ''), keys, wanted);
}

/**
 * One row for each combination of keys, with the values that go with it.
 * @param where the name of a column: only of rows where it is true.
 */
export function regroup(
  rendering: Rendering,
  rows: string,
  keys: readonly Wanted[],
  wanted: readonly Wanted[],
  where: string | null = null,
): string {
  const alias = rendering.fresh('b');
  const only = where === null ? '' : ` FILTER (WHERE ${alias}.${where})`;
  const names = new Set(keys.map(({ name }) => name));
  const items = wanted.map(({ name, offset }) => {
    if (names.has(name)) return `${alias}.${name}`;
    // Of equal instants, the least offset: which row comes first tells nothing.
    return `${offset === true ? 'min' : 'any_value'}(${alias}.${name})${only} AS ${name}`;
  });
  const columns = items.length === 0 ? '1 AS n' : items.join(', ');
  return `SELECT ${columns} FROM (${rows}) AS ${alias} GROUP BY ${keys.map(({ name }) => `${alias}.${name}`).join(', ')}`;
}

/** Whether all of its rows become one. */
function isAggregated({ groupBy, having, outputs }: BoundSelect): boolean {
  return (
    groupBy === null && (having !== null || outputs.some(({ expression }) => holdsAggregate(expression)))
  );
}

/** What is aggregated in a query inside of it is of other rows. */
export function holdsAggregate(expression: BoundExpression): boolean {
  const seen = new Set<AnyBoundNode>();
  const waiting: AnyBoundNode[] = [expression];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node) || node.kind === 'query') continue;
    seen.add(node);
    if (node.kind === 'call' && isAggregate(node)) return true;
    addBoundChildren(node, waiting);
  }
  return false;
}
