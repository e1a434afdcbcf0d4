import type { Tree } from '@sluice/snowflake-sql';
import {
  type Fixed,
  fixed,
  LONGEST_TEXT,
  MOST_DIGITS,
  REAL,
  type SnowflakeType,
  familyOf,
  TEXT,
  TIMESTAMP_NTZ,
  UNKNOWN,
  wholeDigits,
} from './snowflake-type.ts';

/** Digits after the point that a product or a quotient has at most, unless an operand has more. */
const MOST_AFTER_POINT = 12;
/** Digits after the point that a quotient has more than what is divided. */
const MORE_BY_DIVISION = 6;

/** What an operator makes of two values (Snowflake: "Arithmetic operators", scale and precision of the output). */
export function typeOfOperator(
  operator: Tree.BinaryOperator,
  left: SnowflakeType,
  right: SnowflakeType,
): SnowflakeType {
  if (operator === '||') return typeOfTexts(left, right);
  const [one, other] = [asNumber(left), asNumber(right)];
  if (one === null || other === null) return typeOfTimes(operator, left, right);
  if (one.kind === 'real' || other.kind === 'real') return REAL;
  switch (operator) {
    case '+':
    case '-': {
      const scale = Math.max(one.scale, other.scale);
      return fixed(Math.max(wholeDigits(one), wholeDigits(other)) + 1 + scale, scale);
    }
    case '*': {
      const scale = Math.min(one.scale + other.scale, Math.max(one.scale, other.scale, MOST_AFTER_POINT));
      return fixed(wholeDigits(one) + wholeDigits(other) + scale, scale);
    }
    case '/':
      return quotient(one, other);
    case '%': {
      const scale = Math.max(one.scale, other.scale);
      return fixed(wholeDigits(one) + scale, scale);
    }
    default:
      return UNKNOWN;
  }
}

/** As long as both together, where both say how long they are. */
function typeOfTexts(left: SnowflakeType, right: SnowflakeType): SnowflakeType {
  if (left.kind === 'binary' || right.kind === 'binary') return UNKNOWN;
  if (left.kind !== 'text' || right.kind !== 'text') return TEXT;
  return { kind: 'text', length: Math.min(LONGEST_TEXT, left.length + right.length) };
}

/** What division makes of two numbers of so many digits. */
export function quotient(one: Fixed, other: Fixed): Fixed {
  const scale = Math.max(one.scale, Math.min(one.scale + MORE_BY_DIVISION, MOST_AFTER_POINT));
  return fixed(wholeDigits(one) + other.scale + scale, scale);
}

/** What is counted with: a text is read as a number, and so is what is in a VARIANT. */
function asNumber(type: SnowflakeType): Fixed | { readonly kind: 'real' } | null {
  switch (type.kind) {
    case 'fixed':
      return type;
    case 'real':
    case 'variant':
      return { kind: 'real' };
    case 'null':
      return fixed(1, 0);
    case 'text':
      return fixed(18, 5);
    default:
      return null;
  }
}

/** Days are added to a date, and dates are some days apart. */
function typeOfTimes(
  operator: Tree.BinaryOperator,
  left: SnowflakeType,
  right: SnowflakeType,
): SnowflakeType {
  if (left.kind === 'date' && right.kind === 'fixed') return left;
  if (right.kind === 'interval') {
    if (left.kind === 'date') return right.isOfDays ? left : TIMESTAMP_NTZ;
    return familyOf(left) === 'time' ? left : UNKNOWN;
  }
  if (operator === '-' && left.kind === 'date' && right.kind === 'date') return fixed(9, 0);
  return UNKNOWN;
}

/** The type of a number as it is written: of as many digits as it has. */
export function typeOfNumber(text: string): SnowflakeType {
  const [, whole, fraction = ''] = /^(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole === undefined || whole.length + fraction.length > MOST_DIGITS) return REAL;
  const digits = whole.replace(/^0+/, '').length;
  return fixed(Math.max(1, digits + fraction.length), fraction.length);
}
