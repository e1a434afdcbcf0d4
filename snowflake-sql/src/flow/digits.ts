import type { FunctionSignature } from '../functions/index.ts';
import type { Kind } from './kinds.ts';

/**
 * A number of at most so many digits before the point, and exactly so many after it. Where numbers of different digits
 * meet, they are converted to one type that has room for both; beyond 38 digits, whether a number fits into it depends
 * on the number.
 */
export type Digits = `number(${number},${number})`;

interface Size {
  /** Digits before the point. */
  readonly whole: number;
  /** Digits after it. */
  readonly scale: number;
}

/** The digits that a kind has; null for one that is no number, or not known to be of so many. */
export function digitsOf(kind: Kind): Size | null {
  const [, whole, scale] = /^number\((\d+),(\d+)\)$/.exec(kind) ?? [];
  return whole === undefined || scale === undefined ? null : { whole: Number(whole), scale: Number(scale) };
}

/** The kind of a numeric type. Without a precision, it has 38 digits and none of them after the point. */
export function digitsOfType(
  name: string,
  parameters: readonly { readonly text: string }[],
): Digits | 'float' {
  const [precision = MOST_DIGITS, scale = 0] = parameters.map(({ text }) => Number(text));
  return FLOATS.has(name.toUpperCase()) ? 'float' : `number(${Math.max(0, precision - scale)},${scale})`;
}

/** The kind of a numeric literal. */
export function digitsOfLiteral(text: string): Digits | 'float' {
  const [, whole, fraction = ''] = /^(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole === undefined || whole.length + fraction.length > MOST_DIGITS) return 'float';
  return `number(${whole.length},${fraction.length})`;
}

/** The kind that has room for numbers of all these kinds; null if some may not fit. */
export function commonDigits(kinds: readonly Kind[]): Kind | null {
  const computed = kinds.filter((kind) => kind !== 'bound');
  const [only = 'bound', ...more] = computed;
  if (more.length === 0) return only;
  let [whole, scale] = [0, 0];
  for (const kind of computed) {
    const digits = digitsOf(kind);
    if (digits === null) return null;
    [whole, scale] = [Math.max(whole, digits.whole), Math.max(scale, digits.scale)];
  }
  return whole + scale > MOST_DIGITS ? null : `number(${whole},${scale})`;
}

/** Whether every number of this kind fits into another. Digits after the point are rounded, which may carry over. */
export function fitsDigits(kind: Kind, into: Digits | 'float'): boolean {
  if (into === 'float') return true;
  const { whole, scale } = digitsOf(into)!;
  const digits = digitsOf(kind);
  // Of a number of unknown digits it is assumed that it has no more than any column could.
  if (digits === null) return kind !== 'float' && whole >= MOST_DIGITS;
  return digits.whole + (digits.scale > scale ? 1 : 0) <= whole;
}

/** The kind that a function returns, of those that return a number like the numbers that they are given. */
export function digitsReturned(
  { name, argument }: FunctionSignature,
  given: readonly { readonly kind: Kind; readonly place: number }[],
): Kind {
  const numbers = given.filter(({ place }) => argument(place, given.length).takes === 'number');
  if (numbers.length === 0) return 'number';
  if (numbers.some(({ kind }) => kind === 'float')) return 'float';
  const sizes = numbers.map(({ kind }) => digitsOf(kind));
  if (sizes.some((size) => size === null)) return 'number';
  const scale = Math.max(...sizes.map((size) => size?.scale ?? 0)) + (MORE_AFTER_POINT[name] ?? 0);
  return scale > MOST_DIGITS ? 'number' : `number(${MOST_DIGITS - scale},${scale})`;
}

/** A whole number of a computer's word: a count, a length, a part of a date. */
export const INTEGER: Digits = 'number(20,0)';

const MOST_DIGITS = 38;

/** Digits that a quotient has more than the numbers that it is computed from. */
const MORE_AFTER_POINT: Readonly<Record<string, number>> = { AVG: 6, MEDIAN: 3, DIV0: 6, DIV0NULL: 6 };

const FLOATS: ReadonlySet<string> = new Set([
  'FLOAT',
  'FLOAT4',
  'FLOAT8',
  'DOUBLE',
  'DOUBLE PRECISION',
  'REAL',
  'DECFLOAT',
]);
