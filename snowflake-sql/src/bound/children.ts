import type { Node } from '../tree/names.ts';
import type {
  BoundBody,
  BoundExpression,
  BoundFrom,
  BoundGrouping,
  BoundRelation,
  BoundWord,
} from './query.ts';
import type { Bound, BoundStatement } from './statement.ts';

/** Any node of a bound statement. A nested statement is bound separately and is not one of its nodes. */
export type AnyBoundNode =
  BoundExpression | BoundWord | BoundGrouping | BoundBody | BoundFrom | BoundRelation | BoundStatement;

type Kind = AnyBoundNode['kind'];

/**
 * Yields a node and all of its descendants, each once, because they form a graph. A node's children are read after the node
 * was yielded, so the caller may replace them.
 *
 * @param views - whether to descend into the definitions of views, which are not part of the statement's text.
 */
export function* walkBound(
  root: AnyBoundNode,
  { views }: { readonly views: boolean } = { views: true },
): Generator<AnyBoundNode, void, undefined> {
  const seen = new Set<AnyBoundNode>([root]);
  const waiting = [root];
  const below: AnyBoundNode[] = [];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    below.length = 0;
    addBoundChildren(node, below);
    for (const child of below) {
      if (seen.has(child) || (!views && node.kind === 'view' && child === node.view.query)) continue;
      seen.add(child);
      waiting.push(child);
    }
  }
}

/** Adds the children of a node, in no particular order; some may have been added already. */
export function addBoundChildren(node: AnyBoundNode, to: AnyBoundNode[]): void {
  gather(node, PATHS[node.kind], to);
}

function gather(part: object, paths: readonly Path[], to: AnyBoundNode[]): void {
  for (const { field, inner } of paths) {
    const value = (part as Readonly<Record<string, unknown>>)[field];
    if (typeof value === 'object' && value !== null) add(value, inner, to);
  }
}

function add(value: object, inner: readonly Path[] | null, to: AnyBoundNode[]): void {
  if (Array.isArray(value)) {
    for (const item of value as unknown[])
      if (typeof item === 'object' && item !== null) add(item, inner, to);
  } else if (inner === null) to.push(value as AnyBoundNode);
  else gather(value, inner, to);
}

/** A field that contains nodes, directly or in fields of its own. */
interface Path {
  readonly field: string;
  /** Null if the field contains nodes or lists of nodes directly. */
  readonly inner: readonly Path[] | null;
}

/**
 * Where the nodes in a field's value are: `true` if it is a node or a list of nodes, its own fields if it is an object (or a
 * list of objects) that contains some, `never` if there are none.
 */
type Held<Value> = Value extends AnyBoundNode
  ? true
  : Value extends readonly (infer Item)[]
    ? Held<Item>
    : Value extends Bound | Node<string>
      ? never
      : Value extends object
        ? keyof HoldingFields<Value> extends never
          ? never
          : HoldingFields<Value>
        : never;

type HoldingFields<Value> = {
  readonly [Field in keyof Value as [Held<Value[Field]>] extends [never] ? never : Field]: Held<Value[Field]>;
};

const order = { expression: true } as const;
const bound = { offset: true } as const;
const sample = { size: true, seed: true } as const;
const computed = { value: true, own: true } as const;

/** For each kind of node, the fields that contain nodes. A missing kind or field is a type error. */
const HOLDING_FIELDS = {
  literal: {},
  bind: {},
  variable: {},
  column: {},
  open_column: {},
  merged: { left: true, right: true },
  output: { output: { expression: true } },
  result: {},
  local: {},
  unknown: {},
  either: { readings: true },
  columns: { columns: { expression: true } },
  row: { items: true },
  array: { items: true },
  object: { entries: { value: true } },
  wrapped: { operand: true },
  logical: { operands: true },
  not: { operand: true },
  unary: { operand: true },
  binary: { operands: true },
  comparison: { left: true, right: true },
  quantified: { left: true, right: true },
  distinct_from: { left: true, right: true },
  between: { operand: true, low: true, high: true },
  in_list: { operand: true, list: true },
  in_query: { operand: true, query: true },
  like: { operand: true, patterns: true, escape: true },
  is: { operand: true },
  case: { operand: true, branches: { when: true, result: true }, otherwise: true },
  cast: { operand: true },
  path: { base: true, steps: true },
  call: {
    arguments: true,
    withinGroup: order,
    over: { partitionBy: true, orderBy: order, frame: { from: bound, to: bound } },
  },
  word: {},
  extract: { from: true },
  subquery: { query: true },
  exists: { query: true },
  lambda: { body: true },
  query: { ctes: { query: true }, body: true, orderBy: order, limit: true, offset: true },
  select: {
    from: true,
    outputs: { expression: true },
    top: true,
    where: true,
    connectBy: { startWith: true, condition: true },
    groupBy: true,
    having: true,
    qualify: true,
  },
  grouping: { sets: true },
  values: { rows: true },
  set_operation: { operands: true },
  join: { left: true, right: true, on: true, equal: { left: true, right: true }, match: true },
  table: { sample, travel: { argument: true } },
  view: { sample, view: { query: true } },
  cte: { sample, cte: { query: true } },
  derived: { sample, query: true },
  table_function: { sample, call: true },
  earlier: { sample },
  staged: { sample },
  opaque_relation: { sample, arguments: true },
  pivot: {
    sample,
    input: true,
    kept: true,
    aggregates: { expression: true },
    by: true,
    values: true,
    valuesQuery: true,
    defaultOnNull: true,
  },
  unpivot: { sample, input: true, kept: true, taken: { column: true } },
  match_recognize: {
    sample,
    input: true,
    partitionBy: true,
    orderBy: order,
    define: true,
    kept: true,
    measures: { expression: true },
  },
  insert: { source: true },
  multi_insert: { source: true, branches: { condition: true, targets: { values: { value: true } } } },
  update: { target: true, from: true, assignments: { value: true }, where: true },
  delete: { target: true, using: true, where: true },
  merge: {
    target: true,
    source: true,
    on: true,
    clauses: { condition: true, action: { assignments: { value: true } } },
  },
  truncate: {},
  unload: { source: true, partitionBy: true },
  load: { source: true },
  create: { query: true, clone: true, computed },
  alter: { computed },
  files: {},
  set: { assignments: { value: true } },
  inner: { using: true },
  other: { arguments: true },
} as const satisfies { readonly [K in Kind]: HoldingFields<Extract<AnyBoundNode, { readonly kind: K }>> };

/** Every kind of node. */
export const BOUND_KINDS = Object.keys(HOLDING_FIELDS) as readonly Kind[];

const PATHS: Readonly<Record<Kind, readonly Path[]>> = Object.fromEntries(
  Object.entries(HOLDING_FIELDS).map(([kind, fields]) => [kind, pathsIn(fields)]),
) as Record<Kind, readonly Path[]>;

function pathsIn(fields: object): readonly Path[] {
  return Object.entries(fields).map(([field, inner]: [string, unknown]) => ({
    field,
    inner: typeof inner === 'object' && inner !== null ? pathsIn(inner) : null,
  }));
}
