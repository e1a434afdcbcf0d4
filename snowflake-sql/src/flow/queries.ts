import type { BoundBody, BoundCte, BoundOrder, BoundQuery, BoundValues } from '../bound/index.ts';
import { expressionFlow, plain, usedTells } from './expressions.ts';
import { together } from './failing.ts';
import { disregarded, type Origin, union, unknownOrigin } from './origin.ts';
import { recursiveCteFlow } from './recursion.ts';
import { joined } from './rope.ts';
import { selectFlow } from './selects.ts';
import { setOperationFlow } from './set-operations.ts';
import { type ExpressionFlow, type Flow, numbered, relation, type RelationFlow } from './state.ts';
import type { Tells } from './tells.ts';

/** The relation that a query returns. */
export function queryFlow(flow: Flow, query: BoundQuery): RelationFlow {
  const ctes = query.ctes.map((cte) => cteFlow(flow, cte));
  const body = bodyFlow(flow, query.body);
  const rows = joined([
    // Including CTEs that are not read.
    ...ctes.map((cte) => cte.rows),
    body.rows,
    orderTells({ ...flow, result: body }, query.orderBy),
    usedTells(flow, [query.limit, query.offset], 'compare'),
  ]);
  return { ...body, rows };
}

export function bodyFlow(flow: Flow, body: BoundBody): RelationFlow {
  switch (body.kind) {
    case 'select':
      return selectFlow(flow, body);
    case 'values':
      return valuesFlow(flow, body);
    case 'set_operation':
      return setOperationFlow(flow, body);
    case 'query':
      return queryFlow(flow, body);
    default:
      return body satisfies never;
  }
}

/** A query of WITH, which is analysed once for all its readers. */
export function cteFlow(flow: Flow, cte: BoundCte): RelationFlow {
  const known = flow.ctes.get(cte.id);
  if (known !== undefined) return known;
  const made = cte.recursive ? recursiveCteFlow(flow, cte) : queryFlow(flow, cte.query);
  flow.ctes.set(cte.id, made);
  return made;
}

/**
 * A scalar subquery: derived from any of its columns, since a row may stand for one value. It fails depending on the
 * number of rows.
 */
export function subqueryFlow(flow: Flow, query: BoundQuery): ExpressionFlow {
  const made = queryFlow(flow, query);
  const [only, ...more] = made.columns;
  const kind = only !== undefined && more.length === 0 ? only.kind : 'unknown';
  return { ...plain(numbered(flow, anyOf(flow, made)), kind), tells: made.rows };
}

/** Whether there are rows; reveals nothing about their content. */
export function existsFlow(flow: Flow, query: BoundQuery): ExpressionFlow {
  const made = queryFlow(flow, query);
  return {
    ...plain(numbered(flow, disregarded(anyOf(flow, made))), 'boolean'),
    tells: made.rows,
    // The condition depends on what its rows depend on, which is reported anyway.
    asked: null,
  };
}

/** Any of a relation's columns. */
export function anyOf(flow: Flow, { columns, open }: RelationFlow): Origin {
  return union(flow.budget, [
    ...columns.map(({ value }) => value),
    ...(open === null ? [] : [unknownOrigin(open)]),
  ]);
}

function orderTells(flow: Flow, orderBy: readonly BoundOrder[]): Tells {
  return usedTells(
    flow,
    orderBy.map(({ expression }) => expression),
    'order',
    'ORDER BY',
  );
}

function valuesFlow(flow: Flow, { columns, rows, at }: BoundValues): RelationFlow {
  const made = rows.map((row) => row.map((item) => expressionFlow(flow, item)));
  const each = columns.map((_, index) => {
    const items = made.map((row) => row[index]).filter((item) => item !== undefined);
    const value = union(
      flow.budget,
      items.map((item) => item.value),
    );
    return { value, ...together(flow, items, at) };
  });
  return relation(
    flow,
    each,
    joined([...made.flat().map(({ tells }) => tells), ...each.map(({ tells }) => tells)]),
  );
}
