import {
  type ColumnGuard,
  familyOfType,
  type Reading,
  type Treatment,
  treatment,
} from '@sluice/snowflake-sql/execution';
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
      if (/^TIME\b(?!STAMP)/i.test(type))
        return `CAST(make_timestamp(${digits(`CAST(${column} AS VARCHAR)`)} % ${DAY}) AS TIME)`;
      return `make_timestamp(${digits(`CAST(CAST(${column} AS TIMESTAMP) AS VARCHAR)`)})`;
    case 'boolean':
      // There are two of them: which is which is the secret.
      return `(${column} <> (${digits("'truth'")} % 2 = 0))`;
    case 'variant':
      return `to_json(${hashed(`CAST(${column} AS VARCHAR)`)})`;
    default:
      return blankOf(column, type);
  }
}

/** In microseconds. */
const DAY = 86_400_000_000;

/** Which parts of a document are replaced, by the names that lead to them; null: all of it. */
type Parts = ReadonlyMap<string, Parts> | null;

/**
 * Of a VARIANT only some parts: what is absent or null stays so. Where the way to a part leads through anything but an
 * object, the part may be anywhere in that, and all of it is replaced. An object on the way is made anew, of the first
 * of each name, which is the one that paths lead to: a later one would be nobody's, and could be read.
 */
function replacedParts(column: string, paths: readonly (readonly string[])[], how: Treatment): string {
  let depth = 0;
  const within = (value: string, parts: Parts): string => {
    const replaced = how === 'token' ? tokenOf(value, 'VARIANT') : blankOf(value, 'VARIANT');
    const type = `coalesce(json_type(${value}), 'NULL')`;
    if (parts === null) return `CASE WHEN ${type} = 'NULL' THEN ${value} ELSE ${replaced} END`;
    return `CASE ${type} WHEN 'NULL' THEN ${value} WHEN 'OBJECT' THEN ${anew(value, parts)} ELSE ${replaced} END`;
  };
  const anew = (value: string, parts: ReadonlyMap<string, Parts>): string => {
    depth += 1;
    const [name, part] = [`k${depth}`, `p${depth}`];
    const branches = [...parts].map(([key, inner]) => `WHEN ${quoteString(key)} THEN ${within(part, inner)}`);
    const found = `json_extract(${value}, '/' || replace(replace(${name}, '~', '~0'), '/', '~1'))`;
    const made = `list_transform([${found}], lambda ${part}: CASE ${name} ${branches.join(' ')} ELSE ${part} END)[1]`;
    const names = `list_sort(list_distinct(json_keys(${value})))`;
    return `CAST(to_json(map_from_entries(list_transform(${names}, lambda ${name}: {'k': ${name}, 'v': ${made}}))) AS JSON)`;
  };
  return within(column, partsOf(paths));
}

/** Elements of a list are replaced with it. */
function partsOf(paths: readonly (readonly string[])[]): Parts {
  if (paths.some(([first]) => first === undefined || first === '*')) return null;
  const below = Map.groupBy(paths, ([first]) => first!);
  return new Map([...below].map(([name, inner]) => [name, partsOf(inner.map((path) => path.slice(1)))]));
}

/** A path of names in which no character means anything but itself (RFC 6901). */
export function jsonPointer(names: readonly string[]): string {
  return names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
