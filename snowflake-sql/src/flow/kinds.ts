import { convertsAlways, type Family, familyOfType, lengthOfText } from '../functions/index.ts';
import type { DataType } from '../tree/index.ts';
import { commonDigits, type Digits, digitsOf, digitsOfType, fitsDigits } from './digits.ts';

/**
 * The kind of a value: its family, and how long or large it may be if that is known. A NULL literal has no family; a
 * string literal is converted to the type of the other operand, and whether that fails depends on the text of the
 * statement alone. A `float` is a number to which every other one can be converted. A `bound` number is the value of a
 * bind, which is taken to fit beside any other.
 */
export type Kind = Family | 'null' | 'quoted' | 'float' | 'bound' | Digits | Length;

/** A text or binary of at most so many characters or bytes. */
type Length = `text(${number})` | `binary(${number})`;

/** The family of a value of this kind; a string literal is a text. */
export function familyOfKind(kind: Exclude<Kind, 'null'>): Family {
  if (kind === 'quoted') return 'text';
  if (kind === 'float' || kind === 'bound') return 'number';
  const parameters = kind.indexOf('(');
  return (parameters === -1 ? kind : kind.slice(0, parameters)) as Family;
}

/** Whether it is a text, or a literal that may become one. */
export function isText(kind: Kind): boolean {
  return kind !== 'null' && familyOfKind(kind) === 'text';
}

/** Whether it is a number, or NULL, which may be one. */
export function isNumber(kind: Kind): boolean {
  return kind === 'null' || familyOfKind(kind) === 'number';
}

/** The kind to which values of these kinds are converted; null if the conversion may fail depending on a value. */
export function commonKind(kinds: readonly Kind[]): Kind | null {
  const given = kinds.filter((kind) => kind !== 'null');
  const different = new Set(given);
  if (different.size === 0) return 'null';
  if (different.delete('quoted') && different.size === 0) return 'quoted';
  const [family, ...more] = new Set([...different].map(familyOfKind));
  if (family === undefined || family === 'unknown' || more.length > 0) return null;
  if (family === 'number')
    return different.has('float') ? 'float' : commonDigits(given.filter((kind) => kind !== 'quoted'));
  const [only, ...others] = different;
  if (only !== undefined && others.length === 0) return only;
  return family;
}

/** Whether converting a value of this kind to the family may fail, depending on the value. */
export function conversionFails(kind: Kind, to: Family): boolean {
  return kind !== 'null' && !convertsAlways(familyOfKind(kind), to);
}

/** The kind of a type's values. */
export function kindOfType(name: string, parameters: Parameters): Kind {
  const family = familyOfType(name);
  if (family === 'number') return digitsOfType(name, parameters);
  if (family !== 'text' && family !== 'binary') return family;
  const length = lengthOf(family, name, parameters);
  return length === null ? family : `${family}(${length})`;
}

/** The kind of the values of a column of this catalog type. */
export function kindOfColumn(type: string): Kind {
  return kindOfType(...written(type));
}

/** Whether a cast may fail, depending on the value: a narrower type of the same family may, but texts are truncated. */
export function castFails(kind: Kind, { name, parameters, fields }: DataType): boolean {
  // A document fails where one of its values is of another type, or a key is missing, whatever it is made of.
  if (fields.length > 0) return kind !== 'null';
  if (isText(kind) && familyOfType(name) === 'text') return false;
  return typeFails(kind, name, parameters);
}

/** Whether writing a value to a column of this catalog type may fail. Texts that are too long fail. */
export function writingFails(kind: Kind, type: string): boolean {
  return typeFails(kind, ...written(type));
}

/** As the text of a type has them. */
type Parameters = readonly { readonly text: string }[];

/** A type in a catalog, such as `NUMBER(12,2)`. */
function written(type: string): [name: string, parameters: Parameters] {
  const [, name = type, parameters] = /^([^()]*)\(([^()]*)\)$/.exec(type) ?? [];
  return [name.trim(), parameters?.split(',').map((text) => ({ text })) ?? []];
}

function typeFails(kind: Kind, name: string, parameters: Parameters): boolean {
  if (kind === 'null') return false;
  const family = familyOfType(name);
  if (conversionFails(kind, family)) return true;
  switch (family) {
    case 'text':
    case 'binary': {
      // Bytes are two hexadecimal digits each.
      const spelled = family === 'text' && familyOfKind(kind) === 'binary' ? 2 : 1;
      return (
        longest(kind, LONGEST[family]) * spelled > (lengthOf(family, name, parameters) ?? LONGEST[family])
      );
    }
    case 'number':
      return !fitsDigits(kind, digitsOfType(name, parameters));
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

/** In characters, and in bytes. */
const LONGEST = { text: 16_777_216, binary: 8_388_608 };

/** The length that a type gives; null if it gives none. */
function lengthOf(family: 'text' | 'binary', name: string, parameters: Parameters): number | null {
  if (family === 'text') return lengthOfText(name, parameters);
  return parameters[0] === undefined ? null : Number(parameters[0].text);
}

/** How long a text or binary of this kind may be, or the text that it is converted to. */
function longest(kind: Kind, most: number): number {
  const digits = digitsOf(kind);
  // A sign and a point.
  if (digits !== null) return digits.whole + digits.scale + 2;
  const length = /^(?:text|binary)\((\d+)\)$/.exec(kind)?.[1];
  return length === undefined ? most : Number(length);
}

/** The kind of a relation's column: outside the query that made it, a string literal is a text. */
export function columnKind(kind: Kind): Kind {
  return kind === 'quoted' ? 'text' : kind;
}
