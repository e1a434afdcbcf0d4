import type {
  BoundExpression,
  BoundFrameBound,
  BoundOrder,
  BoundWindow,
} from '@sluice/snowflake-sql/execution';
import { type Place, renderExpression, renderUse } from './expressions.ts';

/** @param byDefault the frame where the statement names none; empty for that of standard SQL. */
export function renderWindow(
  { partitionBy, orderBy, frame }: BoundWindow,
  place: Place,
  byDefault = '',
): string {
  const { rendering, scope } = place;
  const partition = partitionBy.map((one) => renderExpression(rendering, scope, one, 'group')).join(', ');
  const parts = [
    partition === '' ? '' : `PARTITION BY ${partition}`,
    orderBy.length === 0 ? '' : `ORDER BY ${renderOrders(orderBy, (one) => renderUse(place, one))}`,
    frame === null ? byDefault : renderFrame(frame, place),
  ];
  return `OVER (${parts.filter((part) => part !== '').join(' ')})`;
}

/** Snowflake holds NULL for the largest value. What DuckDB could take for a column's place is none: those are bound. */
export function renderOrders(
  orders: readonly BoundOrder[],
  render: (expression: BoundExpression) => string,
): string {
  return orders
    .map(({ expression, descending, nulls }) => {
      const last = nulls ?? (descending ? 'FIRST' : 'LAST');
      return `${notAPlace(render(expression))}${descending ? ' DESC' : ''} NULLS ${last}`;
    })
    .join(', ');
}

/** A number or a text alone, where a column's place could be meant. */
export function notAPlace(text: string): string {
  return /^(?:[\d.]+(?:e[+-]?\d+)?|'(?:[^']|'')*'|\$\w+|NULL|TRUE|FALSE)$/i.test(text)
    ? `coalesce(${text})`
    : text;
}

function renderFrame({ unit, from, to }: NonNullable<BoundWindow['frame']>, place: Place): string {
  const start = renderBound(from, place);
  return to === null ? `${unit} ${start}` : `${unit} BETWEEN ${start} AND ${renderBound(to, place)}`;
}

function renderBound({ direction, offset }: BoundFrameBound, place: Place): string {
  if (direction === 'CURRENT ROW') return direction;
  return `${offset === null ? 'UNBOUNDED' : renderUse(place, offset)} ${direction}`;
}
