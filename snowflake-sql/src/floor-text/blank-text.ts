import { familyOfType } from '../functions/index.ts';
import { quotedIdentifier, stringLiteral } from '../sql-text.ts';
import { tokenText } from './token-text.ts';
import type { Column } from './treatments.ts';

/**
 * A column in the select list that replaces a table, with the same name, type and position; and what stands beside it,
 * which comes after all columns.
 */
export function columnText({ name, as, paths, beside }: Column, type: string): ColumnTexts {
  const own = quotedIdentifier(name);
  const text = (shown: Column['as']) => {
    switch (shown) {
      case 'itself':
        return own;
      case 'blank':
        return paths === null
          ? `IFF(${own} IS NULL, NULL, ${constantOf(type)})`
          : documentText(own, type, paths);
      case 'token':
        // `treatedColumns` has checked that there is one.
        return tokenText(own, type) ?? 'NULL';
      default:
        return shown satisfies never;
    }
  };
  const named = (shown: Column['as'], as: string) => (text(shown) === as ? as : `${text(shown)} AS ${as}`);
  return {
    own: named(as, own),
    beside: beside.map((one) => named(one.as, quotedIdentifier(one.name))),
  };
}

interface ColumnTexts {
  readonly own: string;
  readonly beside: readonly string[];
}

function constantOf(type: string): string {
  const family = familyOfType(type);
  switch (family) {
    case 'text':
      return `''::${type}`;
    case 'number':
      return `0::${type}`;
    case 'boolean':
      return 'FALSE';
    case 'time':
      return `${/^TIME\b(?!STAMP)/i.test(type) ? "'00:00:00'" : "'1970-01-01'"}::${type}`;
    case 'binary':
      return `''::${type}`;
    case 'variant':
      if (/^ARRAY/i.test(type)) return 'ARRAY_CONSTRUCT()';
      return /^(OBJECT|MAP)/i.test(type) ? 'OBJECT_CONSTRUCT()' : BLANK;
    case 'geo':
    case 'vector':
    case 'unknown':
      return type === '' ? 'NULL' : `NULL::${type}`;
    default:
      return family satisfies never;
  }
}

const BLANK = "''::VARIANT";

/** Field names with the fields inside each; empty for a field that is blanked as a whole. */
type Fields = Map<string, Fields>;

/**
 * A document in which the parts at these paths are blanks. Absent fields and nulls stay as they are; if a path runs
 * into something other than an object, that is blanked as a whole.
 */
function documentText(column: string, type: string, paths: readonly (readonly string[])[]): string {
  const fields = fieldsOf(paths);
  const isObject = familyOfType(type) === 'variant' && /^OBJECT/i.test(type);
  const patched = patchedText(isObject ? column : `${column}::OBJECT`, column, fields);
  if (isObject) return patched;
  return `IFF(${column} IS NULL, NULL, IFF(IS_OBJECT(${column}), ${patched}::VARIANT, ${BLANK}))`;
}

/** Inserting NULL omits the field, so absent fields stay absent. */
function patchedText(object: string, place: string, fields: Fields): string {
  let text = object;
  for (const [name, inside] of fields) {
    const field = stringLiteral(name);
    const part = `GET(${place}, ${field})`;
    text = `OBJECT_INSERT(${text}, ${field}, ${partText(part, inside)}, TRUE)`;
  }
  return text;
}

function partText(part: string, inside: Fields): string {
  const blank =
    inside.size === 0
      ? BLANK
      : `IFF(IS_OBJECT(${part}), ${patchedText(`${part}::OBJECT`, part, inside)}::VARIANT, ${BLANK})`;
  return `IFF(${part} IS NULL, NULL, IFF(IS_NULL_VALUE(${part}), ${part}, ${blank}))`;
}

/** A path ends before the elements of an array: the array is blanked as a whole. */
function fieldsOf(paths: readonly (readonly string[])[]): Fields {
  const root: Fields = new Map();
  const whole = new Set<Fields>();
  for (const path of paths) {
    let fields = root;
    for (const name of path) {
      if (name === '*' || whole.has(fields)) break;
      const known: Fields = fields.get(name) ?? new Map();
      fields.set(name, known);
      fields = known;
    }
    // If a field is blanked as a whole, nothing inside it is treated separately.
    whole.add(fields);
    fields.clear();
  }
  return root;
}
