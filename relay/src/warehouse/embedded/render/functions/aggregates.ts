import { unsupported } from '../../errors.ts';
import { castTo } from '../casts.ts';
import {
  boundedArray,
  boundedSteps,
  canonicalItems,
  comparable,
  items,
  json,
  numberedItems,
} from './items.ts';
import { renderExpression } from '../expressions.ts';
import { decimal, LONGEST_TEXT } from '../../types/snowflake-type.ts';
import { bounded } from '../growth.ts';
import { once } from '../once.ts';
import { quoteString } from '../quote.ts';
import { renderOrders, renderWindow } from '../windows.ts';
import type { Arguments, Rendered } from './arguments.ts';

/** Aggregates that DuckDB spells otherwise. */
export const aggregates: Readonly<Record<string, Rendered>> = {
  ARRAY_AGG: (args) => listed(args, args.call.distinct),
  ARRAYAGG: (args) => listed(args, args.call.distinct),
  ARRAY_UNIQUE_AGG: (args) => listed(args, true),
  ARRAY_UNION_AGG: (args) => {
    const { rendering } = args.place;
    const numbered = once(rendering, [items(args, 0)], (list) =>
      once(rendering, [canonicalItems(list)], (all) =>
        boundedSteps(
          `power(len(${list}), 2)`,
          `list_transform(${numberedItems(all)}, lambda n, i: struct_pack(n := n, v := ${list}[i]))`,
        ),
      ),
    );
    return once(rendering, [`list_sort(list_distinct(flatten(list(${numbered})${over(args)})))`], (all) =>
      boundedArray(args, `list_transform(coalesce(${all}, []), lambda e: e.v)`),
    );
  },
  LISTAGG: joinedTexts,
  STRING_AGG: joinedTexts,
  OBJECT_AGG: objectOf,
  OBJECTAGG: objectOf,
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
    if (call.over !== null) {
      // DuckDB has no window of it by its standard name.
      const portion = order.descending ? `1 - ${args.value(0)}` : args.value(0);
      const value = renderExpression(place.rendering, place.scope, order.expression, place.reading);
      return inDigits(args, `quantile_cont(CAST(${value} AS DOUBLE), ${portion})${over(args)}`);
    }
    return inDigits(args, `percentile_cont(${args.value(0)}) WITHIN GROUP (ORDER BY ${by})${over(args)}`);
  },
  COUNT_IF: (args) => `count_if(${args.value(0)})${over(args)}`,
  // Exact: DuckDB's own are far off for a handful of values.
  APPROX_COUNT_DISTINCT: (args) => `count(DISTINCT ${args.value(0)})${over(args)}`,
  HLL: (args) => `count(DISTINCT ${args.value(0)})${over(args)}`,
  APPROX_PERCENTILE: (args) =>
    `quantile_cont(CAST(${args.number(0)} AS DOUBLE), ${portion(args)})${over(args)}`,
  // Exact: how often each value is there is counted.
  APPROX_TOP_K: (args) => {
    const most = args.count > 1 ? wholeNumber(args, 1) : 1;
    const counts = `map_entries(histogram(${json(args, 0)})${over(args)})`;
    const ranked = `list_sort(list_transform(${counts}, lambda e: struct_pack(n := -CAST(e.value AS BIGINT), v := e.key)))[1:${most}]`;
    return once(args.place.rendering, [ranked], (list) =>
      boundedArray(args, `list_transform(${list}, lambda e: json_array(e.v, -e.n))`),
    );
  },
  MIN: (args) => outermost(args, 'min'),
  // Any of them, and not the first one: see `extreme`.
  ANY_VALUE: (args) => outermost(args, 'min'),
  MAX: (args) => outermost(args, 'max'),
  MIN_BY: (args) => extreme(args, 'min_by'),
  MAX_BY: (args) => extreme(args, 'max_by'),
  SKEW: (args) => `skewness(${args.number(0)})${over(args)}`,
  VARIANCE_POP: (args) => `var_pop(${args.number(0)})${over(args)}`,
  VARIANCE_SAMP: (args) => `var_samp(${args.number(0)})${over(args)}`,
  BOOLAND_AGG: (args) => `bool_and(${args.value(0)})${over(args)}`,
  BOOLOR_AGG: (args) => `bool_or(${args.value(0)})${over(args)}`,
  // Whether exactly one is true.
  BOOLXOR_AGG: (args) => {
    const value = `CAST(${args.value(0)} AS BOOLEAN)`;
    return `(CASE WHEN count(${value})${over(args)} > 0 THEN count_if(${value})${over(args)} = 1 END)`;
  },
  ...bitAggregates(),
  // One bit for each of the positions of a bucket; how Snowflake packs them is its own.
  BITMAP_CONSTRUCT_AGG: (args) =>
    `CAST(bitstring_agg(CAST(${args.number(0)} AS INTEGER), 0, 32767)${over(args)} AS BLOB)`,
  BITMAP_OR_AGG: (args) => `CAST(bit_or(CAST(${args.value(0)} AS BIT))${over(args)} AS BLOB)`,
  // The same for the same rows in any order.
  HASH_AGG: (args) => {
    const rows = `CAST(hash(${args.all(args.value).join(', ')}) AS HUGEINT)`;
    const distinct = args.call.distinct ? 'DISTINCT ' : '';
    return `CAST(coalesce(sum(${distinct}${rows})${over(args)}, 0) % 9223372036854775807 AS BIGINT)`;
  },
};

/** A number with as many digits after the point as Snowflake gives it; DuckDB computes with floating ones. */
function inDigits({ call, place }: Arguments, value: string): string {
  const type = place.rendering.types.of(call);
  return type.kind === 'fixed' ? `CAST(${value} AS ${decimal(type)})` : value;
}

/** Of each bit of whole numbers, under all the names that Snowflake has for it. */
function bitAggregates(): Readonly<Record<string, Rendered>> {
  const names = (['and', 'or', 'xor'] as const).flatMap((how) => {
    const spelled: Rendered = (args) => `bit_${how}(CAST(${args.number(0)} AS BIGINT))${over(args)}`;
    const upper = how.toUpperCase();
    return [`BIT${upper}_AGG`, `BIT_${upper}_AGG`, `BIT${upper}AGG`, `BIT_${upper}AGG`].map((name) => [
      name,
      spelled,
    ]);
  });
  return Object.fromEntries(names) as Record<string, Rendered>;
}

/** Values in VARIANTs are compared as what they are: 10 is more than 9. */
function outermost(args: Arguments, name: 'min' | 'max'): string {
  const { rendering } = args.place;
  const distinct = args.call.distinct ? 'DISTINCT ' : '';
  if (rendering.types.familyOf(args.expression(0)) !== 'variant')
    return `${name}(${distinct}${args.value(0)})${over(args)}`;
  const made = once(rendering, [args.value(0)], comparable);
  return `(${name}(${distinct}${made})${over(args)}).v`;
}

/**
 * With a number, so many values, the most extreme first. Of equal keys, the value decides: the order of rows, which may come from how
 * masked values were joined, tells nothing.
 */
function extreme(args: Arguments, name: 'min_by' | 'max_by'): string {
  if (args.count < 3) {
    const made = once(
      args.place.rendering,
      [args.value(0), args.value(1)],
      (value, key) => `CASE WHEN ${key} IS NULL THEN NULL ELSE struct_pack(k := ${key}, v := ${value}) END`,
    );
    return `(${name === 'min_by' ? 'min' : 'max'}(${made})${over(args)}).v`;
  }
  const most = wholeNumber(args, 2);
  const list = `${name}(${json(args, 0)}, ${args.value(1)}, ${most})${over(args)}`;
  return boundedArray(args, `coalesce(${list}, [])`);
}

function wholeNumber(args: Arguments, index: number): string {
  const text = args.literal(index) ?? '';
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw unsupported(`a number of values in ${args.call.name.name} that is not a literal`);
  return text;
}

/** From 0 to 1, as a constant. */
function portion(args: Arguments): string {
  const text = args.literal(1) ?? '';
  if (!/^(?:0?\.\d+|[01](?:\.0*)?)$/.test(text))
    throw unsupported(`a portion in ${args.call.name.name} that is not a literal`);
  return text;
}

function joinedTexts(args: Arguments): string {
  const separator = separatorOf(args);
  const list = collected(args, `CAST(${args.scalar(0)} AS VARCHAR)`, args.call.distinct);
  return once(args.place.rendering, [list], (texts) =>
    withinBounds(
      texts,
      `coalesce(array_to_string(${texts}, ${quoteString(separator)}), '')`,
      `${separator.length}`,
    ),
  );
}

/** What has no key or no value is left out; a key may be there once. */
function objectOf(args: Arguments): string {
  const list = `list(struct_pack(k := ${args.text(0)}, v := ${json(args, 1)}))${over(args)}`;
  const kept = `list_sort(list_filter(${list}, lambda e: e.k IS NOT NULL AND e.v IS NOT NULL))`;
  return once(args.place.rendering, [kept], (entries) => {
    const length = `coalesce(list_sum(list_transform(${entries}, lambda e: length(e.k) + length(CAST(e.v AS VARCHAR)) + 4)), 0)`;
    return bounded(length, LONGEST_TEXT, `to_json(map_from_entries(coalesce(${entries}, [])))`);
  });
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
