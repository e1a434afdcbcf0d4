import { convertsAlways, type Family } from '../functions/index.ts';
import type { DataType } from '../tree/index.ts';
import { familyOfType } from '../functions/index.ts';

/**
 * The kind of a value. A NULL literal has no family; a string literal is converted to the type of the other operand,
 * and whether that fails depends on the text of the statement alone.
 */
export type Kind = Family | 'null' | 'quoted';

/** The kind to which values of these kinds are converted; null if the conversion may fail depending on a value. */
export function commonKind(kinds: readonly Kind[]): Kind | null {
  const different = new Set(kinds.filter((kind) => kind !== 'null'));
  if (different.size === 0) return 'null';
  if (different.delete('quoted') && different.size === 0) return 'quoted';
  const [only, ...more] = different;
  return only === undefined || only === 'unknown' || more.length > 0 ? null : only;
}

/** Whether converting a value of this kind to the family may fail, depending on the value. */
export function conversionFails(kind: Kind, family: Family): boolean {
  return kind !== 'null' && !convertsAlways(kind === 'quoted' ? 'text' : kind, family);
}

/** Whether a cast may fail, depending on the value: a narrower type of the same family may, but texts are truncated. */
export function castFails(kind: Kind, { name, parameters }: DataType): boolean {
  return kind !== familyOfType(name) || familyOfType(name) !== 'text'
    ? typeFails(
        kind,
        name,
        parameters.map(({ text }) => Number(text)),
      )
    : false;
}

/** Whether writing a value to a column of this catalog type may fail. Texts that are too long fail. */
export function writingFails(kind: Kind, type: string): boolean {
  const [, name = type, parameters] = /^([^()]*)\(([^()]*)\)$/.exec(type) ?? [];
  return typeFails(kind, name.trim(), parameters?.split(',').map(Number) ?? []);
}

function typeFails(kind: Kind, name: string, parameters: readonly number[]): boolean {
  if (kind === 'null') return false;
  const family = familyOfType(name);
  if (conversionFails(kind, family)) return true;
  const [size, scale = 0] = parameters;
  switch (family) {
    case 'text':
      return size !== undefined && size < LONGEST_TEXT;
    case 'binary':
      return size !== undefined && size < LONGEST_BINARY;
    case 'number':
      return size !== undefined && size - scale < MOST_DIGITS;
    case 'variant':
      // A VARIANT need not contain an object.
      return kind === 'variant' && name.toUpperCase() !== 'VARIANT';
    case 'boolean':
    case 'time':
    case 'geo':
    case 'vector':
    case 'unknown':
      return false;
    default:
      return family satisfies never;
  }
}

const LONGEST_TEXT = 16_777_216;
const LONGEST_BINARY = 8_388_608;
const MOST_DIGITS = 38;

/** The kind of a relation's column: outside the query that made it, a string literal is a text. */
export function columnKind(kind: Kind): Kind {
  return kind === 'quoted' ? 'text' : kind;
}
