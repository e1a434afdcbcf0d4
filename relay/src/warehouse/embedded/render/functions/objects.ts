import { unsupported } from '../../errors.ts';
import { castTo } from '../casts.ts';
import { bounded, longest } from '../growth.ts';
import type { ObjectEntry } from '../json.ts';
import { once } from '../once.ts';
import { quoteString } from '../quote.ts';
import type { Arguments, Rendered } from './arguments.ts';
import { items, json, lengthOfItems } from './items.ts';

/** Objects: JSON outside, and maps of texts to JSON while they are computed with. Snowflake shows them in the order of their keys. */
export const objects: Readonly<Record<string, Rendered>> = {
  // What has no value is left out; JSON's null is one.
  OBJECT_CONSTRUCT: (args) => constructed(args, 'e.k IS NOT NULL AND e.v IS NOT NULL'),
  OBJECT_CONSTRUCT_KEEP_NULL: (args) => constructed(args, 'e.k IS NOT NULL'),
  OBJECT_KEYS: (args) => `to_json(list_sort(json_keys(${json(args, 0)})))`,
  OBJECT_INSERT: (args) => {
    const isUpdate = args.count > 3 && args.flag(3);
    return once(
      args.place.rendering,
      [entriesIn(args), args.text(1), json(args, 2)],
      (entries, key, value) => {
        const others = `list_filter(${entries}, lambda e: e.key <> ${key})`;
        const added = `CASE WHEN ${value} IS NULL THEN ${others} ELSE list_append(${others}, struct_pack(key := ${key}, value := ${value})) END`;
        const made = withinBounds(args, added);
        const isThere = `len(list_filter(${entries}, lambda e: e.key = ${key})) > 0`;
        const checked = isUpdate
          ? made
          : `CASE WHEN ${isThere} THEN error('A key is there twice') ELSE ${made} END`;
        return `CASE WHEN ${entries} IS NOT NULL AND ${key} IS NOT NULL THEN ${checked} END`;
      },
    );
  },
  OBJECT_DELETE: (args) => picked(args, false),
  OBJECT_PICK: (args) => picked(args, true),
};

function constructed(args: Arguments, isKept: string): string {
  const entries = entriesOf(args);
  if (entries.length === 0) return "'{}'::JSON";
  const { place } = args;
  const all = entries.map(
    ({ key, value }) => `struct_pack(k := CAST(${key} AS VARCHAR), v := ${castTo(place, value, 'JSON')})`,
  );
  const kept = `list_sort(list_filter([${all.join(', ')}], lambda e: ${isKept}))`;
  const values = entries.map(({ value }) => value);
  if (place.rendering.growth.areSmall(values)) return `to_json(map_from_entries(${kept}))`;
  return once(place.rendering, [kept], (list) =>
    bounded(
      `coalesce(list_sum(list_transform(${list}, lambda e: length(CAST(e.v AS VARCHAR)))), 0)`,
      longest(place, values),
      `to_json(map_from_entries(${list}))`,
    ),
  );
}

/** `key` and `value` of each entry, in the order of the keys. Fails for what is no object. */
function entriesIn(args: Arguments): string {
  return `list_sort(map_entries(CAST(${json(args, 0)} AS MAP(VARCHAR, JSON))))`;
}

function objectFrom(entries: string): string {
  return `to_json(map_from_entries(list_sort(${entries})))`;
}

/** It is longer than what it is made of only where the analysis says so. */
function withinBounds(args: Arguments, entries: string): string {
  if (args.place.rendering.growth.isSmall(args.call)) return objectFrom(entries);
  const given = args.expressions();
  return once(args.place.rendering, [entries], (all) =>
    bounded(lengthOfItems(all), longest(args.place, given), objectFrom(all)),
  );
}

/** Some of the entries: by their keys, or by an array of those. */
function picked(args: Arguments, isKept: boolean): string {
  const keys = args.expressions().flatMap((_, index) => (index === 0 ? [] : [keysIn(args, index)]));
  return once(
    args.place.rendering,
    [entriesIn(args), `list_concat(${keys.join(', ')})`],
    (entries, names) => {
      const isChosen = `${isKept ? '' : 'NOT '}list_contains(${names}, e.key)`;
      return `CASE WHEN ${entries} IS NOT NULL AND ${names} IS NOT NULL THEN to_json(map_from_entries(list_filter(${entries}, lambda e: ${isChosen}))) END`;
    },
  );
}

function keysIn(args: Arguments, index: number): string {
  const { types } = args.place.rendering;
  return types.of(args.expression(index)).kind === 'array'
    ? `list_transform(${items(args, index)}, lambda v: json_extract_string(v, '$'))`
    : `[${args.text(index)}]`;
}

function entriesOf(args: Arguments): readonly ObjectEntry[] {
  const [only] = args.call.arguments;
  if (only?.kind === 'columns') {
    if (only.open !== null) throw unsupported('`*` of columns that are not known');
    return only.columns.map(({ name }, index) => ({ key: quoteString(name), value: args.expression(index) }));
  }
  if (args.count % 2 === 1) throw unsupported('a key without a value');
  return Array.from({ length: args.count / 2 }, (_, index) => ({
    key: args.text(2 * index),
    value: args.expression(2 * index + 1),
  }));
}
