import { familyOfType } from '../functions/index.ts';
import type { Column } from './treatments.ts';

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A column in the select list of what stands in a table's place: of the same name, type and place. */
export function columnText(column: Column, type: string): string {
  const name = quoted(column.name);
  switch (column.as) {
    case 'itself':
      return name;
    case 'blank':
      return `IFF(${name} IS NULL, NULL, ${constantOf(type)}) AS ${name}`;
    case 'parts':
      return `${documentText(name, type, column.paths)} AS ${name}`;
    default:
      return column satisfies never;
  }
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

/** Names of fields, and what is inside of each; nothing for one that is blanked whole. */
type Fields = Map<string, Fields>;

/**
 * A document in which the parts at these paths are blanks. What is absent or null stays so; where something else than
 * an object is in the way, all of it is a blank.
 */
function documentText(column: string, type: string, paths: readonly (readonly string[])[]): string {
  const fields = fieldsOf(paths);
  const isObject = familyOfType(type) === 'variant' && /^OBJECT/i.test(type);
  const patched = patchedText(isObject ? column : `${column}::OBJECT`, column, fields);
  if (isObject) return patched;
  return `IFF(${column} IS NULL, NULL, IFF(IS_OBJECT(${column}), ${patched}::VARIANT, ${BLANK}))`;
}

/** A NULL that is inserted leaves the field out: what is absent stays so. */
function patchedText(object: string, place: string, fields: Fields): string {
  let text = object;
  for (const [name, inside] of fields) {
    const field = `'${name.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
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

/** A path ends before the elements of an array: they are blanked with all of it. */
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
    // What is blanked whole has nothing inside that is not.
    whole.add(fields);
    fields.clear();
  }
  return root;
}
