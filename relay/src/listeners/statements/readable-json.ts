import type { JsonValue } from '@sluice/contract';

/**
 * A VARIANT as JSON, its numbers by the same rule as a column's. What is no JSON (Snowflake's `undefined`), or nested
 * deeper than programs read, stays text.
 */
export function readableJson(text: string): JsonValue {
  if (depthOf(text) > DEEPEST) return text;
  try {
    return JSON.parse(text, exactly as (key: string, value: unknown) => unknown) as JsonValue;
  } catch {
    return text;
  }
}

/** Whether whoever reads it as a double, and writes that, writes the same number. Not `-0`, which JSON writes as 0. */
export function isExact(decimal: string): boolean {
  const number = Number(decimal);
  if (!NUMBER.test(decimal) || !Number.isFinite(number) || Object.is(number, -0)) return false;
  return digitsOf(decimal) === digitsOf(String(number));
}

/** Far more than documents have, and far less than what overflows a stack. */
const DEEPEST = 200;

function exactly(_: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === 'number' && source !== undefined && !isExact(source) ? source : value;
}

const NUMBER = /^[+-]?(\d{1,400})(?:\.(\d{1,400}))?(?:[eE]([+-]?\d{1,6}))?$/;

/** Its sign, its digits without zeros at both ends, and the power of ten of the last one: equal for equal numbers. */
function digitsOf(decimal: string): string {
  const [, whole = '', behind = '', exponent = '0'] = NUMBER.exec(decimal) ?? [];
  const all = `${whole}${behind}`.replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  if (digits === '') return '0';
  const power = Number(exponent) - behind.length + (all.length - digits.length);
  return `${decimal.startsWith('-') ? '-' : ''}${digits}e${power}`;
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [mark] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (mark === '[' || mark === '{') deepest = Math.max(deepest, (depth += 1));
    else if (mark === ']' || mark === '}') depth -= 1;
  }
  return deepest;
}
