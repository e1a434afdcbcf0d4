import {
  type AnyBoundNode,
  type Bound,
  type BoundBody,
  type BoundExpression,
  type BoundInsert,
  type BoundSelect,
  functionNamed,
  walkBound,
} from '@sluice/snowflake-sql/execution';
import { checkWritable } from './names.ts';
import { quoteName } from './quote.ts';
import { checkLength, createRendering } from './rendering.ts';
import { renderAssigned, type RenderOptions, typesOf } from './render.ts';

/** An INSERT of as many rows as its binds have, as one statement: `head`, and a relation of that name with a column for each bind. */
export interface BatchInsert {
  readonly head: string;
  readonly relation: string;
  /** The binds that it reads, and their columns. */
  readonly binds: ReadonlyMap<string, string>;
}

/**
 * Null when it reads no bind, or more than its own row's values: a subquery, an aggregate, a DEFAULT. Such a statement is run for
 * each row of its binds.
 */
export function renderBatchInsert(
  bound: Bound,
  insert: BoundInsert,
  { floor, answers }: RenderOptions,
): BatchInsert | null {
  const { body, ctes, limit, offset } = insert.source;
  if (ctes.length > 0 || limit !== null || offset !== null) return null;
  const row = onlyRow(body);
  if (row === null || !row.every(isOfItsRow)) return null;
  const relation = 'bound_rows';
  const binds = new Map<string, string>();
  const rendering = createRendering(bound, floor, answers, (name) => {
    binds.set(name, `b${name}`);
    return `${relation}.b${name}`;
  });
  checkWritable(insert.target.object);
  const typeOf = typesOf(insert.target);
  const values = row.map((value, index) =>
    renderAssigned(rendering, value, typeOf(insert.columns[index] ?? '')),
  );
  if (binds.size === 0) return null;
  const columns = insert.columns.map(quoteName).join(', ');
  const target = rendering.objectName(insert.target.object);
  const head = checkLength(`INSERT INTO ${target} (${columns}) SELECT ${values.join(', ')}`);
  return { head, relation, binds };
}

/** `VALUES` of one row, or a `SELECT` of nothing but values. */
function onlyRow(body: BoundBody): readonly BoundExpression[] | null {
  if (body.kind === 'values') return body.rows.length === 1 ? body.rows[0]! : null;
  return body.kind === 'select' && isBare(body) ? body.outputs.map(({ expression }) => expression) : null;
}

function isBare(select: BoundSelect): boolean {
  const { distinct, from, open, top, into, where, connectBy, groupBy, having, qualify } = select;
  const clauses = [from, open, top, where, connectBy, groupBy, having, qualify];
  return !distinct && !into && clauses.every((clause) => clause === null);
}

function isOfItsRow(value: BoundExpression): boolean {
  return [...walkBound(value)].every(isOwnValue);
}

function isOwnValue(node: AnyBoundNode): boolean {
  switch (node.kind) {
    case 'literal':
      return node.value.kind !== 'default';
    case 'call':
      return node.builtIn && node.over === null && isOfValues(node.name.name);
    case 'bind':
    case 'word':
    case 'array':
    case 'object':
    case 'cast':
    case 'unary':
    case 'binary':
    case 'path':
    case 'case':
    case 'comparison':
    case 'logical':
    case 'not':
    case 'is':
    case 'variable':
      return true;
    default:
      return false;
  }
}

function isOfValues(name: string): boolean {
  const kind = functionNamed(name)?.kind;
  return kind === 'scalar' || kind === 'context';
}
