import { LONGEST_TEXT } from '../../types/snowflake-type.ts';
import { castTo } from '../casts.ts';
import { bounded, LONGEST_OF_A_ROW } from '../growth.ts';
import { once } from '../once.ts';
import type { Arguments } from './arguments.ts';

/** An argument as JSON. */
export function json(args: Arguments, index: number): string {
  return castTo(args.place, args.expression(index), 'JSON');
}

/** The items of an argument, as a list of DuckDB's; JSON's null is NULL there. Fails for what is no array. */
export function items(args: Arguments, index: number): string {
  return `CAST(${json(args, index)} AS JSON[])`;
}

/** The array of some items. It is longer than what it is made of only where the analysis says so. */
export function arrayOfItems(args: Arguments, list: string): string {
  if (args.place.rendering.growth.isSmall(args.call)) return `to_json(${list})`;
  return boundedArray(args, list);
}

/** The array of some items, unless it is longer than one may be. */
export function boundedArray(
  args: Arguments,
  list: string,
  most: number | string = LONGEST_OF_A_ROW,
): string {
  return once(args.place.rendering, [list], (made) => bounded(lengthOfItems(made), most, `to_json(${made})`));
}

/** How many characters the items have, with a comma behind each. */
export function lengthOfItems(list: string): string {
  return `coalesce(list_sum(list_transform(${list}, lambda s: coalesce(length(CAST(s AS VARCHAR)), 4) + 1)), 0)`;
}

/** Each of these many steps is quick, but a list can be as long as a text: no more of them than characters. */
export function boundedSteps(steps: string, value: string): string {
  return bounded(steps, LONGEST_TEXT, value);
}

/** An item in the spelling that all equal ones have: 5.00 is 5. */
export function canonical(item: string): string {
  const digits = `json_extract_string(${item}, '$')`;
  return `CASE WHEN json_type(${item}) <> 'DOUBLE' THEN CAST(json(${item}) AS VARCHAR) WHEN contains(${digits}, '.') AND NOT contains(lower(${digits}), 'e') THEN rtrim(rtrim(${digits}, '0'), '.') ELSE ${digits} END`;
}

/** Items in the spelling that equal ones have, at their places. */
export function canonicalItems(list: string): string {
  return `list_transform(${list}, lambda v: ${canonical('v')})`;
}

/** The same, each with how many equal ones stand before it: what makes a list a set. */
export function numberedItems(list: string): string {
  return `list_transform(${list}, lambda v, i: coalesce(v, 'null') || '#' || len(list_filter(${list}[1:i], lambda w: w IS NOT DISTINCT FROM v)))`;
}

/** What an order of items goes by: numbers before texts, as numbers and as texts. */
export function comparable(item: string): string {
  const text = `json_extract_string(${item}, '$')`;
  const kind = `CASE json_type(${item}) WHEN 'BOOLEAN' THEN 0 WHEN 'VARCHAR' THEN 2 WHEN 'ARRAY' THEN 3 WHEN 'OBJECT' THEN 4 ELSE 1 END`;
  const number = `CASE WHEN json_type(${item}) IN ('BIGINT', 'UBIGINT', 'DOUBLE') THEN TRY_CAST(${text} AS DOUBLE) END`;
  return `CASE WHEN ${item} IS NOT NULL THEN struct_pack(k := ${kind}, n := ${number}, t := ${text}, v := ${item}) END`;
}

export function comparableItems(list: string): string {
  return `list_transform(${list}, lambda v: ${comparable('v')})`;
}
