import { unsupported } from '../../errors.ts';
import { decimal, type SnowflakeType } from '../../types/snowflake-type.ts';
import { divide, remainder } from '../arithmetic.ts';
import { once } from '../once.ts';
import { dateTrunc } from '../date-parts.ts';
import type { Arguments, Rendered } from './arguments.ts';

export const numbers: Readonly<Record<string, Rendered>> = {
  MOD: (args) => remainder(args.place, args.number(0), args.number(1)),
  DIV0: (args) => dividedOr(args, (_, b) => `${b} = 0`),
  DIV0NULL: (args) => dividedOr(args, (_, b) => `${b} = 0 OR ${b} IS NULL`),
  SQUARE: (args) => once(args.place.rendering, [args.number(0)], (x) => `(${x} * ${x})`),
  CBRT: (args) => `cbrt(${args.number(0)})`,
  FACTORIAL: (args) => `factorial(CAST(${args.number(0)} AS INTEGER))`,
  SINH: (args) => `sinh(${args.number(0)})`,
  COSH: (args) => `cosh(${args.number(0)})`,
  TANH: (args) => `tanh(${args.number(0)})`,
  ASINH: (args) => `asinh(${args.number(0)})`,
  ACOSH: (args) => `acosh(${args.number(0)})`,
  ATANH: (args) => `atanh(${args.number(0)})`,
  FLOOR: (args) => cut(args, 'floor'),
  CEIL: (args) => cut(args, 'ceil'),
  CEILING: (args) => cut(args, 'ceil'),
  ROUND: rounded,
  TRUNC: truncated,
  TRUNCATE: truncated,
  BITAND: (args) => `(${bits(args, 0)} & ${bits(args, 1)})`,
  BIT_AND: (args) => `(${bits(args, 0)} & ${bits(args, 1)})`,
  BITOR: (args) => `(${bits(args, 0)} | ${bits(args, 1)})`,
  BIT_OR: (args) => `(${bits(args, 0)} | ${bits(args, 1)})`,
  BITXOR: (args) => `xor(${bits(args, 0)}, ${bits(args, 1)})`,
  BIT_XOR: (args) => `xor(${bits(args, 0)}, ${bits(args, 1)})`,
  BITNOT: (args) => `(~${bits(args, 0)})`,
  BIT_NOT: (args) => `(~${bits(args, 0)})`,
  BITSHIFTLEFT: (args) => `(${bits(args, 0)} << ${bits(args, 1)})`,
  BIT_SHIFTLEFT: (args) => `(${bits(args, 0)} << ${bits(args, 1)})`,
  BITSHIFTRIGHT: (args) => `(${bits(args, 0)} >> ${bits(args, 1)})`,
  BIT_SHIFTRIGHT: (args) => `(${bits(args, 0)} >> ${bits(args, 1)})`,
  GETBIT: (args) => `((${bits(args, 0)} >> ${bits(args, 1)}) & 1)`,
  // A bucket has 32,768 bits; the first begins with 1.
  BITMAP_COUNT: (args) => `bit_count(CAST(${args.value(0)} AS BIT))`,
  BITMAP_BUCKET_NUMBER: (args) =>
    once(
      args.place.rendering,
      [bits(args, 0)],
      (x) => `CASE WHEN ${x} > 0 THEN 1 + (${x} - 1) // 32768 ELSE ${x} // 32768 END`,
    ),
  BITMAP_BIT_POSITION: (args) =>
    once(
      args.place.rendering,
      [bits(args, 0)],
      (x) => `CASE WHEN ${x} > 0 THEN (${x} - 1) % 32768 ELSE abs(${x} % 32768) END`,
    ),
  HAVERSINE: (args) =>
    once(args.place.rendering, args.all(args.number), (...given) => {
      const [lat1, lon1, lat2, lon2] = given.map((degrees) => `radians(CAST(${degrees} AS DOUBLE))`);
      const half = (one: string, other: string) => `power(sin((${other} - ${one}) / 2), 2)`;
      return `(2 * ${EARTH_RADIUS_KM} * asin(sqrt(${half(lat1!, lat2!)} + cos(${lat1}) * cos(${lat2}) * ${half(lon1!, lon2!)})))`;
    }),
  WIDTH_BUCKET: (args) =>
    once(
      args.place.rendering,
      [args.number(0), args.number(1), args.number(2), args.number(3)],
      // Below the first bucket is 0, above the last the next.
      (x, low, high, n) =>
        `CASE WHEN ${x} < ${low} THEN 0 WHEN ${x} >= ${high} THEN ${n} + 1 ELSE CAST(floor((${x} - ${low}) * ${n} / (${high} - ${low})) + 1 AS BIGINT) END`,
    ),
};

const EARTH_RADIUS_KM = 6371;

function bits(args: Arguments, index: number): string {
  return `CAST(${args.number(index)} AS BIGINT)`;
}

/** Rounded down or up, to so many digits after the point. */
function cut(args: Arguments, how: 'floor' | 'ceil'): string {
  const value = args.number(0);
  if (args.count < 2) return `${how}(${value})`;
  const type = args.place.rendering.types.of(args.call);
  const scale = args.count > 1 ? digitsOf(args, 1) : null;
  if (type.kind !== 'fixed' || scale === null) {
    return once(
      args.place.rendering,
      [`power(10, ${args.number(1)})`],
      (unit) => `(${how}(${value} * ${unit}) / ${unit})`,
    );
  }
  // By decimal numbers: 0.29 * 100 is 28.999999999999996 in floating ones.
  const unit = (digits: number) => (digits >= 0 ? `1${'0'.repeat(digits)}` : `0.${'0'.repeat(-digits - 1)}1`);
  return `CAST(${how}(${value} * ${unit(scale)}) * ${unit(-scale)} AS ${decimal({ ...type, precision: 38 })})`;
}

/** A whole number that is written there. */
function digitsOf(args: Arguments, index: number): number | null {
  const text = args.number(index).replaceAll(/[() ]/g, '');
  return /^-?\d{1,2}$/.test(text) ? Number(text) : null;
}

function rounded(args: Arguments): string {
  if (args.count < 3) return `round(${args.all(args.taken).join(', ')})`;
  const how = (args.literal(2) ?? '').toUpperCase();
  const name = { HALF_AWAY_FROM_ZERO: 'round', HALF_TO_EVEN: 'round_even' }[how];
  if (name === undefined) throw unsupported('this way of rounding');
  const type = args.place.rendering.types.of(args.call);
  const value = `${name}(${args.number(0)}, ${args.whole(1)})`;
  return type.kind === 'fixed' ? `CAST(${value} AS ${decimal({ ...type, precision: 38 })})` : value;
}

/** Of a date, TRUNC takes a part. */
function truncated(args: Arguments): string {
  const { rendering } = args.place;
  if (rendering.types.familyOf(args.expression(0)) === 'time') {
    return dateTrunc(rendering, args.count < 2 ? 'day' : args.literal(1), args.scalar(0));
  }
  return `trunc(${args.count < 2 ? args.number(0) : `${args.number(0)}, CAST(${args.number(1)} AS INTEGER)`})`;
}

function zeroOf(type: SnowflakeType): string {
  return type.kind === 'fixed' ? `CAST(0 AS ${decimal({ ...type, precision: 38 })})` : '0';
}

/** A quotient, or 0. */
function dividedOr(args: Arguments, isZero: (a: string, b: string) => string): string {
  const { rendering } = args.place;
  return once(rendering, [args.number(0), args.number(1)], (a, b) => {
    const zero = isZero(a, b);
    // Not divided where it is zero: a CASE computes only the branch that it takes.
    return `CASE WHEN ${zero} THEN ${zeroOf(rendering.types.of(args.call))} ELSE ${divide(args.place, a, b, rendering.types.of(args.call))} END`;
  });
}
