import { unsupported } from '../../errors.ts';
import { bounded, LONGEST_OF_A_ROW, longest } from '../growth.ts';
import { arrayOf } from '../json.ts';
import { once } from '../once.ts';
import { quoteString } from '../quote.ts';
import type { Arguments, Rendered } from './arguments.ts';
import {
  arrayOfItems,
  boundedArray,
  boundedSteps,
  canonical,
  canonicalItems,
  comparableItems,
  items,
  json,
  lengthOfItems,
  numberedItems,
} from './items.ts';

/** Arrays: JSON outside, and lists of JSON while they are computed with. Places are counted from 0. */
export const arrays: Readonly<Record<string, Rendered>> = {
  ARRAY_CONSTRUCT: (args) =>
    arrayOf(
      args.expressions().map((_, index) => args.expression(index)),
      args.place,
    ),
  ARRAY_CONSTRUCT_COMPACT: (args) =>
    args.count === 0
      ? "'[]'::JSON"
      : arrayOfItems(args, withoutNulls(`[${args.all((index) => json(args, index)).join(', ')}]`)),
  ARRAY_SIZE: (args) =>
    once(
      args.place.rendering,
      [json(args, 0)],
      (list) => `CASE WHEN json_type(${list}) = 'ARRAY' THEN CAST(json_array_length(${list}) AS BIGINT) END`,
    ),
  ARRAY_APPEND: (args) =>
    once(args.place.rendering, [items(args, 0)], (list) =>
      arrayOfItems(args, `CASE WHEN ${list} IS NOT NULL THEN list_append(${list}, ${json(args, 1)}) END`),
    ),
  ARRAY_PREPEND: (args) =>
    once(args.place.rendering, [items(args, 0)], (list) =>
      arrayOfItems(args, `CASE WHEN ${list} IS NOT NULL THEN list_prepend(${json(args, 1)}, ${list}) END`),
    ),
  ARRAY_CAT: (args) =>
    once(args.place.rendering, [items(args, 0), items(args, 1)], (one, other) =>
      arrayOfItems(
        args,
        `CASE WHEN ${one} IS NOT NULL AND ${other} IS NOT NULL THEN list_concat(${one}, ${other}) END`,
      ),
    ),
  ARRAY_COMPACT: (args) => `to_json(${withoutNulls(items(args, 0))})`,
  ARRAY_CONTAINS: (args) =>
    once(
      args.place.rendering,
      [json(args, 0), items(args, 1)],
      (value, list) => `list_contains(${canonicalItems(list)}, ${canonical(value)})`,
    ),
  ARRAY_POSITION: (args) =>
    once(
      args.place.rendering,
      [json(args, 0), items(args, 1)],
      (value, list) =>
        `CAST(nullif(list_position(${canonicalItems(list)}, ${canonical(value)}), 0) - 1 AS BIGINT)`,
    ),
  ARRAYS_OVERLAP: (args) =>
    once(
      args.place.rendering,
      [items(args, 0), items(args, 1)],
      (one, other) => `list_has_any(${canonicalItems(one)}, ${canonicalItems(other)})`,
    ),
  ARRAY_DISTINCT: (args) =>
    once(args.place.rendering, [items(args, 0)], (list) => {
      const sorted = `list_sort(list_transform(${list}, lambda v, i: struct_pack(k := ${canonical('v')}, i := i, v := v)))`;
      return once(args.place.rendering, [sorted], (all) => {
        const first = `list_filter(${all}, lambda e, j: j = 1 OR ${all}[j - 1].k IS DISTINCT FROM e.k)`;
        const inOrder = `list_sort(list_transform(${first}, lambda e: struct_pack(i := e.i, v := e.v)))`;
        return `to_json(list_transform(${inOrder}, lambda e: e.v))`;
      });
    }),
  ARRAY_EXCEPT: (args) => chosen(args, false),
  ARRAY_INTERSECTION: (args) => chosen(args, true),
  ARRAY_REMOVE: (args) =>
    once(
      args.place.rendering,
      [items(args, 0), json(args, 1)],
      (list, value) =>
        `CASE WHEN ${value} IS NOT NULL THEN to_json(list_filter(${list}, lambda v: coalesce(${canonical('v')} <> ${canonical(value)}, TRUE))) END`,
    ),
  ARRAY_REMOVE_AT: (args) =>
    once(
      args.place.rendering,
      [items(args, 0), args.whole(1)],
      (list, place) =>
        `CASE WHEN ${place} IS NOT NULL THEN to_json(list_filter(${list}, lambda v, i: i - 1 <> CASE WHEN ${place} < 0 THEN len(${list}) + ${place} ELSE ${place} END)) END`,
    ),
  ARRAY_INSERT: inserted,
  ARRAY_SLICE: (args) =>
    once(args.place.rendering, [items(args, 0), args.whole(1), args.whole(2)], (list, from, to) => {
      const start = `CASE WHEN ${from} < 0 THEN greatest(len(${list}) + ${from}, 0) ELSE ${from} END`;
      const end = `CASE WHEN ${to} < 0 THEN len(${list}) + ${to} ELSE ${to} END`;
      return `CASE WHEN ${from} IS NOT NULL AND ${to} IS NOT NULL THEN to_json(list_filter(${list}, lambda v, i: i > ${start} AND i <= ${end})) END`;
    }),
  ARRAY_REVERSE: (args) => `to_json(list_reverse(${items(args, 0)}))`,
  ARRAY_FLATTEN: (args) => `to_json(flatten(list_transform(${items(args, 0)}, lambda v: CAST(v AS JSON[]))))`,
  ARRAY_MAX: (args) => first(args, 'DESC'),
  ARRAY_MIN: (args) => first(args, 'ASC'),
  ARRAY_SORT: (args) => {
    const isAscending = args.count < 2 || args.flag(1);
    const isNullFirst = args.count < 3 ? !isAscending : args.flag(2);
    const sorted = `list_sort(${comparableItems(items(args, 0))}, '${isAscending ? 'ASC' : 'DESC'}', 'NULLS ${isNullFirst ? 'FIRST' : 'LAST'}')`;
    return `to_json(list_transform(${sorted}, lambda e: e.v))`;
  },
  ARRAY_TO_STRING: (args) => {
    const separator = args.literal(1);
    if (separator === null) throw unsupported('a separator that is computed');
    const texts = `list_transform(${items(args, 0)}, lambda v: coalesce(json_extract_string(v, '$'), ''))`;
    return once(args.place.rendering, [texts], (list) =>
      bounded(
        `${lengthOfItems(list)} + len(${list}) * ${separator.length}`,
        longest(args.place, args.expressions()),
        `array_to_string(${list}, ${quoteString(separator)})`,
      ),
    );
  },
  ARRAYS_TO_OBJECT: (args) =>
    once(args.place.rendering, [items(args, 0), items(args, 1)], (keys, values) => {
      const entries = `list_filter(list_transform(${keys}, lambda k, i: struct_pack(k := json_extract_string(k, '$'), v := ${values}[i])), lambda e: e.k IS NOT NULL AND e.v IS NOT NULL)`;
      return `CASE WHEN len(${keys}) <> len(${values}) THEN error('Lists of different lengths') WHEN ${values} IS NULL THEN NULL ELSE to_json(map_from_entries(list_sort(${entries}))) END`;
    }),
  ARRAYS_ZIP: (args) =>
    once(
      args.place.rendering,
      args.all((index) => items(args, index)),
      (...lists) => {
        const length = `greatest(${lists.map((list) => `len(${list})`).join(', ')}, 0)`;
        const fields = lists.map((list, index) => `'$${index + 1}', ${list}[i]`).join(', ');
        const isNull = lists.map((list) => `${list} IS NULL`).join(' OR ');
        const size = [...lists.map(lengthOfItems), `${length} * ${8 * lists.length}`].join(' + ');
        return `CASE WHEN ${isNull} THEN NULL ELSE ${bounded(size, LONGEST_OF_A_ROW, `to_json(list_transform(range(1, ${length} + 1), lambda i: json_object(${fields})))`)} END`;
      },
    ),
};

function withoutNulls(list: string): string {
  return `list_filter(${list}, lambda v: v IS NOT NULL AND json_type(v) <> 'NULL')`;
}

/** The largest or the smallest item. */
function first(args: Arguments, direction: 'ASC' | 'DESC'): string {
  return `(list_sort(${comparableItems(items(args, 0))}, '${direction}', 'NULLS LAST')[1]).v`;
}

/** Of equal items, as many as are in both, or as are left without those of the other. */
function chosen(args: Arguments, isInBoth: boolean): string {
  const { rendering } = args.place;
  return once(rendering, [items(args, 0), items(args, 1)], (list, other) => {
    const values = [canonicalItems(list), canonicalItems(other)];
    const made = once(rendering, values, (one, two) =>
      once(
        rendering,
        [numberedItems(one), numberedItems(two)],
        (own, others) =>
          `to_json(list_filter(${list}, lambda v, i: ${isInBoth ? '' : 'NOT '}list_contains(${others}, ${own}[i])))`,
      ),
    );
    const steps = `power(len(${list}) + len(${other}), 2)`;
    return `CASE WHEN ${list} IS NOT NULL AND ${other} IS NOT NULL THEN ${boundedSteps(steps, made)} END`;
  });
}

/** Behind the end, NULLs fill the places up to it. */
function inserted(args: Arguments): string {
  const { rendering } = args.place;
  return once(rendering, [items(args, 0), args.whole(1), json(args, 2)], (list, place, value) => {
    const at = `CASE WHEN ${place} < 0 THEN greatest(len(${list}) + ${place}, 0) ELSE ${place} END`;
    const made = once(rendering, [at], (from) => {
      const before = `list_resize(${list}, CAST(${from} AS BIGINT))`;
      return bounded(
        `${from} * 5`,
        LONGEST_OF_A_ROW,
        boundedArray(args, `list_concat(${before}, [${value}], ${list}[${from} + 1:])`),
      );
    });
    return `CASE WHEN ${list} IS NOT NULL AND ${place} IS NOT NULL THEN ${made} END`;
  });
}
