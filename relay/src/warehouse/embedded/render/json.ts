import type {
  BoundArray,
  BoundExpression,
  BoundObject,
  BoundOutput,
  BoundPath,
} from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { castTo } from './casts.ts';
import { type Place, renderExpression, renderPart } from './expressions.ts';
import { bounded, longest } from './growth.ts';
import { once } from './once.ts';
import { quoteString } from './quote.ts';
import { jsonPointer } from './source.ts';
import { isWhole } from './whole.ts';

/** A part of a semi-structured value that is taken whole: read as the part is. */
export function renderPath(path: BoundPath, place: Place): string {
  const { base, steps } = path;
  const isPart = isWhole(place.rendering, path);
  const value = isPart
    ? renderExpression(place.rendering, place.scope, base, place.reading)
    : renderPart(place, base);
  const start = place.rendering.types.familyOf(base) === 'variant' ? value : `to_json(${value})`;
  return steps.reduce<string>((text, step) => {
    if (typeof step === 'string') return renderField(text, step);
    if (typeof step === 'number') return renderElement(text, step);
    return renderComputedStep(text, step, place);
  }, start);
}

export function renderField(value: string, name: string): string {
  // A pointer would take a number for the place of an element as well.
  const path = /^\d+$/.test(name) ? `$."${name}"` : jsonPointer([name]);
  return `json_extract(${value}, ${quoteString(path)})`;
}

export function renderElement(value: string, index: number): string {
  return Number.isSafeInteger(index) && index >= 0
    ? `json_extract(${value}, '$[${index}]')`
    : 'CAST(NULL AS JSON)';
}

/** `v[k]`: a field where `k` is a text, an element where it is a number. */
export function renderComputedStep(value: string, step: BoundExpression, place: Place): string {
  const key = renderPart(place, step);
  const family = place.rendering.types.familyOf(step);
  const text = family === 'variant' ? `json_extract_string(${key}, '$')` : `CAST(${key} AS VARCHAR)`;
  return once(place.rendering, [value, text], (v, k) => {
    const element = `json_extract(${v}, '$[' || CAST(TRY_CAST(${k} AS UBIGINT) AS VARCHAR) || ']')`;
    if (family === 'number') return element;
    // A pointer would take a number for the place of an element as well.
    const field = `json_extract(${v}, '/' || replace(replace(${k}, '~', '~0'), '/', '~1'))`;
    return `CASE WHEN json_type(${v}) = 'ARRAY' THEN ${family === 'text' ? 'NULL' : element} ELSE ${field} END`;
  });
}

export function renderArray({ items }: BoundArray, place: Place): string {
  return arrayOf(items, place);
}

export function arrayOf(items: readonly BoundExpression[], place: Place): string {
  if (place.rendering.growth.areSmall(items))
    return `json_array(${items.map((item) => castTo(place, item, 'JSON')).join(', ')})`;
  const values = items.map((item) => castTo(place, item, 'JSON')).join(', ');
  return once(place.rendering, [`[${values}]`], (list) =>
    bounded(
      `list_sum(list_transform(${list}, lambda s: length(CAST(s AS VARCHAR))))`,
      longest(place, items),
      `to_json(${list})`,
    ),
  );
}

export function renderObject({ entries }: BoundObject, place: Place): string {
  return objectOf(
    entries.flatMap(({ key, value }): ObjectEntry[] => {
      if (key !== null) return [{ key: quoteString(key), value }];
      if (value.kind !== 'columns') throw unsupported('`**` inside an object');
      if (value.open !== null) throw unsupported('`*` of columns that are not known');
      return value.columns.map(entryOf);
    }),
    place,
  );
}

export interface ObjectEntry {
  /** As it is rendered. */
  readonly key: string;
  readonly value: BoundExpression;
}

export function entryOf({ name, expression }: BoundOutput): ObjectEntry {
  return { key: quoteString(name), value: expression };
}

export function objectOf(entries: readonly ObjectEntry[], place: Place): string {
  const values = entries.map(({ value }) => value);
  if (place.rendering.growth.areSmall(values)) {
    return `json_object(${entries.map(({ key, value }) => `${key}, ${castTo(place, value, 'JSON')}`).join(', ')})`;
  }
  const keys = `[${entries.map(({ key }) => `CAST(${key} AS VARCHAR)`).join(', ')}]`;
  const parts = `[${values.map((value) => castTo(place, value, 'JSON')).join(', ')}]`;
  return once(place.rendering, [keys, parts], (names, list) =>
    bounded(
      `list_sum(list_transform(${list}, lambda s: length(CAST(s AS VARCHAR))))`,
      longest(place, values),
      `to_json(map(${names}, ${list}))`,
    ),
  );
}
