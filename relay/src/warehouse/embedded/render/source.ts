import {
  type ColumnGuard,
  familyOfType,
  type Reading,
  type Treatment,
  treatment,
} from '../../../statement/index.ts';
import { quoteString } from './quote.ts';
import { SALT } from './variables.ts';

/**
 * A base table's column as it is read: the value, a token of it, or a constant of its type, each NULL for NULL. What
 * is read otherwise than raw tells nothing of the value, whatever is done with it.
 */
export function renderSource(
  column: string,
  type: string,
  guard: ColumnGuard | null,
  reading: Reading,
): string {
  const how = guard === null ? 'raw' : treatment(guard, reading);
  if (guard === null || how === 'raw') return column;
  if (guard.paths !== null && familyOfType(type) === 'variant') {
    return replacedParts(column, guard.paths, how);
  }
  return how === 'token' ? tokenOf(column, type) : blankOf(column, type);
}

function blankOf(column: string, type: string): string {
  const blank = constantOf(type);
  // Of the column's own type, whatever the constant's is.
  return blank === null
    ? `CASE WHEN FALSE THEN ${column} END`
    : `CASE WHEN ${column} IS NULL THEN ${column} ELSE ${blank} END`;
}

function constantOf(type: string): string | null {
  switch (familyOfType(type)) {
    case 'text':
      return "''";
    case 'number':
      return '0';
    case 'boolean':
      return 'FALSE';
    case 'time':
      if (/^TIME\b(?!STAMP)/i.test(type)) return "TIME '00:00:00'";
      return "DATE '1970-01-01'";
    case 'binary':
      return "''::BLOB";
    case 'variant':
      return `'""'::JSON`;
    default:
      return null;
  }
}

/**
 * Equal values have equal tokens within a session, and tokens of other values cannot be made. Each is of a type that
 * the column's own can be compared with.
 */
function tokenOf(column: string, type: string): string {
  const hashed = (text: string) => `sha256(getvariable(${quoteString(SALT)}) || ${text})`;
  const digits = (text: string) => `CAST('0x' || left(${hashed(text)}, 14) AS BIGINT)`;
  switch (familyOfType(type)) {
    case 'text':
      return hashed(column);
    case 'number': {
      // 1 and 1.00 are equal.
      const plain = `regexp_replace(regexp_replace(CAST(${column} AS VARCHAR), '(\\.\\d*?)0+$', '\\1'), '\\.$', '')`;
      return `CAST(${digits(plain)} AS DECIMAL(38, 0))`;
    }
    case 'time':
      if (/^TIME\b(?!STAMP)/i.test(type)) return blankOf(column, type);
      return `make_timestamp(${digits(`CAST(CAST(${column} AS TIMESTAMP) AS VARCHAR)`)})`;
    case 'variant':
      return `to_json(${hashed(`CAST(${column} AS VARCHAR)`)})`;
    default:
      return blankOf(column, type);
  }
}

/** Of a VARIANT only some parts: what is absent or null stays so. */
function replacedParts(column: string, paths: readonly (readonly string[])[], how: Treatment): string {
  const whole = paths.map((path) => (path.includes('*') ? path.slice(0, path.indexOf('*')) : path));
  if (whole.some((path) => path.length === 0)) {
    return how === 'token' ? tokenOf(column, 'VARIANT') : blankOf(column, 'VARIANT');
  }
  const patched = whole.reduce((value, path) => {
    const pointer = quoteString(jsonPointer(path));
    const by = how === 'token' ? tokenOf(`json_extract(${column}, ${pointer})`, 'VARIANT') : `'""'::JSON`;
    const patch = path.reduceRight((inner, name) => `json_object(${quoteString(name)}, ${inner})`, by);
    const isThere = `coalesce(json_type(${column}, ${pointer}), 'NULL') <> 'NULL'`;
    return `json_merge_patch(${value}, CASE WHEN ${isThere} THEN ${patch} ELSE '{}'::JSON END)`;
  }, column);
  return `CASE WHEN json_type(${column}) = 'OBJECT' THEN CAST(${patched} AS JSON) ELSE ${column} END`;
}

/** A path of names in which no character means anything but itself (RFC 6901). */
export function jsonPointer(names: readonly string[]): string {
  return names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
