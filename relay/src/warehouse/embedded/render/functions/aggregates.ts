import { unsupported } from '../../errors.ts';
import { castTo } from '../casts.ts';
import { renderExpression } from '../expressions.ts';
import { decimal, LONGEST_TEXT } from '../../types/snowflake-type.ts';
import { once } from '../once.ts';
import { quoteString } from '../quote.ts';
import { renderOrders, renderWindow } from '../windows.ts';
import type { Arguments, Rendered } from './arguments.ts';

/** Aggregates that DuckDB spells otherwise. */
export const aggregates: Readonly<Record<string, Rendered>> = {
  ARRAY_AGG: (args) => listed(args, args.call.distinct),
  ARRAY_UNIQUE_AGG: (args) => listed(args, true),
  LISTAGG: (args) => {
    const separator = separatorOf(args);
    const list = collected(args, `CAST(${args.scalar(0)} AS VARCHAR)`, args.call.distinct);
    return once(args.place.rendering, [list], (texts) =>
      withinBounds(
        texts,
        `coalesce(array_to_string(${texts}, ${quoteString(separator)}), '')`,
        `${separator.length}`,
      ),
    );
  },
  OBJECT_AGG: (args) => `CAST(json_group_object(${args.text(0)}, ${args.value(1)})${over(args)} AS JSON)`,
  AVG: (args) =>
    inDigits(args, `avg(${args.call.distinct ? 'DISTINCT ' : ''}${args.number(0)})${over(args)}`),
  MEDIAN: (args) => inDigits(args, `median(CAST(${args.number(0)} AS DOUBLE))${over(args)}`),
  PERCENTILE_CONT: (args) => {
    const { call, place } = args;
    const [order, ...more] = call.withinGroup;
    if (order === undefined || more.length > 0) throw unsupported('this form of PERCENTILE_CONT');
    const by = renderOrders(
      call.withinGroup,
      (one) => `CAST(${renderExpression(place.rendering, place.scope, one, place.reading)} AS DOUBLE)`,
    );
    return inDigits(args, `percentile_cont(${args.value(0)}) WITHIN GROUP (ORDER BY ${by})${over(args)}`);
  },
  COUNT_IF: (args) => `count_if(${args.value(0)})${over(args)}`,
  APPROX_COUNT_DISTINCT: (args) => `approx_count_distinct(${args.value(0)})${over(args)}`,
  BOOLAND_AGG: (args) => `bool_and(${args.value(0)})${over(args)}`,
  BOOLOR_AGG: (args) => `bool_or(${args.value(0)})${over(args)}`,
};

/** A number with as many digits after the point as Snowflake gives it; DuckDB computes with floating ones. */
function inDigits({ call, place }: Arguments, value: string): string {
  const type = place.rendering.types.of(call);
  return type.kind === 'fixed' ? `CAST(${value} AS ${decimal(type)})` : value;
}

function listed(args: Arguments, isDistinct: boolean): string {
  const list = collected(args, castTo(args.place, args.expression(0), 'JSON'), isDistinct);
  return once(args.place.rendering, [list], (values) =>
    withinBounds(values, `to_json(coalesce(${values}, []))`, '1'),
  );
}

/** The values that are not NULL, in order. */
function collected(args: Arguments, value: string, isDistinct: boolean): string {
  const { call, place } = args;
  if (isDistinct && call.withinGroup.length > 0) {
    // DuckDB takes only the value itself for an order then; it is the usual one.
    const [order, ...more] = call.withinGroup;
    if (more.length > 0) throw unsupported('several orders of a DISTINCT aggregate');
    return `list_sort(list(DISTINCT ${value})${over(args)}, '${order!.descending ? 'DESC' : 'ASC'}')`;
  }
  const orders = renderOrders(call.withinGroup, (one) =>
    renderExpression(place.rendering, place.scope, one, 'use'),
  );
  const order = orders === '' ? '' : ` ORDER BY ${orders}`;
  const list = `list(${isDistinct ? 'DISTINCT ' : ''}${value}${order})${over(args)}`;
  const item = place.rendering.fresh('l');
  return `list_filter(${list}, lambda ${item}: ${item} IS NOT NULL)`;
}

function withinBounds(list: string, made: string, between: string): string {
  const length = `coalesce(list_sum(list_transform(${list}, lambda s: length(CAST(s AS VARCHAR)))) + len(${list}) * ${between}, 0)`;
  return `CASE WHEN ${length} > ${LONGEST_TEXT} THEN error('String too long') ELSE ${made} END`;
}

/** DuckDB takes only a constant. */
function separatorOf(args: Arguments): string {
  const separator = args.count > 1 ? args.literal(1) : '';
  if (separator === null) throw unsupported('a separator that is computed');
  return separator;
}

function over({ call, place }: Arguments): string {
  return call.over === null ? '' : ` ${renderWindow(call.over, place)}`;
}
