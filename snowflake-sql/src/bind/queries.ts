import type {
  BoundBody,
  BoundColumn,
  BoundCte,
  BoundExpression,
  BoundQuery,
  BoundSetOperation,
  BoundValues,
} from '../bound/index.ts';
import type { Query, QueryBody, SetOperation, Values } from '../tree/query.ts';
import type { OpaquePart } from '../understanding.ts';
import { type Binder, placeOf, spend, visit } from './binder.ts';
import { bindCte } from './ctes.ts';
import { bindExpression } from './expressions.ts';
import { invalid, Unresolvable } from '../problem.ts';
import { boundColumns, type Ctes, newScope, type Scope } from './scope.ts';
import { bindResultOrder } from './result-order.ts';
import { bindSelect } from './selects.ts';

/** Called with the columns of a set operation's first operand before the others are bound: the anchor of a recursive query. */
type AfterAnchor = (columns: readonly BoundColumn[]) => void;

/** Binds a whole query, including every query inside it. */
export function bindQuery(
  binder: Binder,
  parent: Scope | null,
  ctes: Ctes,
  query: Query,
  afterAnchor: AfterAnchor | null = null,
): BoundQuery {
  visit(binder, query);
  spend(binder, 1);
  const bound: BoundCte[] = [];
  let known = ctes;
  if (query.with !== null) {
    known = { known: new Map(), outer: ctes };
    for (const cte of query.with.ctes) bound.push(bindCte(binder, parent, known, cte, query.with.recursive));
  }
  const { body, columns, open, scope } = bindBody(binder, parent, known, query.body, afterAnchor);
  return {
    kind: 'query',
    at: placeOf(binder, query),
    ctes: bound,
    body,
    orderBy: query.orderBy === null ? [] : bindResultOrder(binder, scope, body, columns, query.orderBy),
    limit: bindOptional(binder, newScope(parent, known), query.limit?.count ?? null),
    offset: bindOptional(binder, newScope(parent, known), query.limit?.offset ?? null),
    columns,
    open,
  };
}

export function bindOptional(
  binder: Binder,
  scope: Scope,
  node: Parameters<typeof bindExpression>[2] | null,
): BoundExpression | null {
  return node === null ? null : bindExpression(binder, scope, node);
}

interface BodyOf {
  readonly body: BoundBody;
  readonly columns: readonly BoundColumn[];
  readonly open: OpaquePart | null;
  /** What ORDER BY may refer to besides the columns of the result. */
  readonly scope: Scope;
}

function bindBody(
  binder: Binder,
  parent: Scope | null,
  ctes: Ctes,
  node: QueryBody,
  afterAnchor: AfterAnchor | null,
): BodyOf {
  visit(binder, node);
  const scope = newScope(parent, ctes);
  switch (node.kind) {
    case 'select': {
      const { select, scope: own } = bindSelect(binder, parent, ctes, node);
      return { body: select, columns: select.outputs, open: select.open, scope: own };
    }
    case 'values': {
      const body = bindValues(binder, scope, node);
      return { body, columns: body.columns, open: null, scope };
    }
    case 'paren_query': {
      const body = bindQuery(binder, parent, ctes, node.query, afterAnchor);
      return { body, columns: body.columns, open: body.open, scope };
    }
    case 'set_operation': {
      const { body, open } = bindSetOperation(binder, parent, ctes, node, afterAnchor);
      return { body, columns: body.columns, open, scope };
    }
    default:
      return node satisfies never;
  }
}

function bindValues(binder: Binder, scope: Scope, node: Values): BoundValues {
  const width = node.rows[0]?.items.length ?? 0;
  const rows = node.rows.map((row) => {
    visit(binder, row);
    if (row.items.length !== width)
      throw invalid({ what: 'values_rows' }, 'the rows of VALUES have different numbers of values', row);
    return row.items.map((item) => bindExpression(binder, scope, item));
  });
  const columns = boundColumns(Array.from({ length: width }, (_, index) => `COLUMN${index + 1}`));
  return { kind: 'values', columns, rows, at: placeOf(binder, node) };
}

/** Columns are matched by position, or by name. */
function bindSetOperation(
  binder: Binder,
  parent: Scope | null,
  ctes: Ctes,
  node: SetOperation,
  afterAnchor: AfterAnchor | null,
): { readonly body: BoundSetOperation; readonly open: OpaquePart | null } {
  const operands = node.operands.map((operand, index) => {
    const bound = bindBody(binder, parent, ctes, operand, null);
    if (index === 0) afterAnchor?.(bound.columns);
    return bound;
  });
  const open = operands.find((operand) => operand.open !== null)?.open ?? null;
  const lists = operands.map(({ columns }) => columns);
  const byName = node.operators.some((operator) => operator.byName);
  const { columns, places } = byName ? byNames(binder, lists, node) : byPlaces(lists, open, node);
  const body: BoundSetOperation = {
    kind: 'set_operation',
    at: placeOf(binder, node),
    operators: node.operators.map(({ operator, all }) => ({ operator, all })),
    operands: operands.map((operand) => operand.body),
    columns,
    places,
  };
  return { body, open };
}

function byPlaces(
  lists: readonly (readonly BoundColumn[])[],
  open: OpaquePart | null,
  node: SetOperation,
): Pick<BoundSetOperation, 'columns' | 'places'> {
  const first = lists[0]!;
  const other = open === null ? lists.findIndex(({ length }) => length !== first.length) : -1;
  if (other !== -1) {
    const counted = { expected: first.length, given: lists[other]!.length, branch: other + 1 };
    throw invalid(
      { what: 'set_columns', ...counted },
      'the queries of the set operation have different numbers of columns',
      node,
    );
  }
  const shared = lists.map(({ length }) => length);
  const places = first.map((_, index) => shared.map((length) => (index < length ? index : -1)));
  return { columns: first, places };
}

/** The result has every column of any operand; where an operand lacks one, it is NULL. */
function byNames(
  binder: Binder,
  lists: readonly (readonly BoundColumn[])[],
  node: SetOperation,
): Pick<BoundSetOperation, 'columns' | 'places'> {
  const indexes = lists.map((list) => new Map(list.map(({ name }, index) => [name, index])));
  if (indexes.some((index, operand) => index.size !== lists[operand]!.length))
    throw new Unresolvable(
      'ambiguous',
      'a set operation BY NAME needs different column names on each side',
      node,
    );
  const names = [...new Set(lists.flat().map(({ name }) => name))];
  spend(binder, names.length * lists.length);
  return {
    columns: boundColumns(names),
    places: names.map((name) => indexes.map((index) => index.get(name) ?? -1)),
  };
}
