import { convertsAlways, type Family } from '../functions/index.ts';
import type { DataType } from '../tree/index.ts';
import { familyOfType } from '../functions/index.ts';

/**
 * What kind of thing a value is. A NULL that stands in the text is of no family; a quoted text is read as whatever
 * stands beside it, and whether that fails depends on the text alone.
 */
export type Kind = Family | 'null' | 'quoted';

/** The kind that values of these are converted to, or null when converting may fail by a value. */
export function commonKind(kinds: readonly Kind[]): Kind | null {
  const different = new Set(kinds.filter((kind) => kind !== 'null'));
  if (different.size === 0) return 'null';
  if (different.delete('quoted') && different.size === 0) return 'quoted';
  const [only, ...more] = different;
  return only === undefined || only === 'unknown' || more.length > 0 ? null : only;
}

/** Whether converting a value of this kind to the family may fail by the value. */
export function conversionFails(kind: Kind, family: Family): boolean {
  return kind !== 'null' && !convertsAlways(kind === 'quoted' ? 'text' : kind, family);
}

/** Whether a cast may fail by the value: a narrower type of the same family can, but texts are cut. */
export function castFails(kind: Kind, { name, parameters }: DataType): boolean {
  return kind !== familyOfType(name) || familyOfType(name) !== 'text'
    ? typeFails(
        kind,
        name,
        parameters.map(({ text }) => Number(text)),
      )
    : false;
}

/** The same for a value that is written to a column, as the catalog has its type. Texts that are too long fail. */
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
      // What is in a VARIANT need not be an object.
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

/** As a column of a relation: what was quoted where it was made is a text to whoever reads it. */
export function columnKind(kind: Kind): Kind {
  return kind === 'quoted' ? 'text' : kind;
}
