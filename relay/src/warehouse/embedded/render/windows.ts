import type {
  BoundExpression,
  BoundFrameBound,
  BoundOrder,
  BoundWindow,
} from '@sluice/snowflake-sql/execution';
import { type Place, renderExpression, renderUse } from './expressions.ts';
import { comparable } from './functions/items.ts';
import { type SnowflakeType, type Structure, UNKNOWN } from '../types/snowflake-type.ts';

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
  typeOf: (expression: BoundExpression) => SnowflakeType = () => UNKNOWN,
): string {
  return orders
    .flatMap(({ expression, descending, nulls }) => {
      const last = nulls ?? (descending ? 'FIRST' : 'LAST');
      const value = notAPlace(render(expression));
      const type = typeOf(expression);
      const isStructured = 'structure' in type && type.structure !== undefined;
      const keys = isStructured ? [orderOf(value, type.structure), value] : [value];
      return keys.map((key) => `${key}${descending ? ' DESC' : ''} NULLS ${last}`);
    })
    .join(', ');
}

/**
 * Arrays by their items, maps by their entries: of two maps the one with the key that comes first is larger. gosnowflake's own tests show
 * it of an account. Never fails: what is blanked is no array.
 */
function orderOf(value: string, { of }: Structure): string {
  if (of === 'object') return value;
  if (of === 'array') return `try(list_transform(CAST(${value} AS JSON[]), lambda v: ${comparable('v')}))`;
  const key = "list_append(list_transform(regexp_split_to_array(e.key, ''), lambda c: -unicode(c)), 1)";
  return `try(list_transform(list_sort(map_entries(CAST(${value} AS MAP(VARCHAR, JSON)))), lambda e: struct_pack(k := ${key}, v := ${comparable('e.value')})))`;
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
