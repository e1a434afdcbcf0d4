import { unsupported } from '../../errors.ts';
import { once } from '../once.ts';
import { bounded, longest } from '../growth.ts';
import type { Arguments, Rendered } from './arguments.ts';

/** Values that are drawn or counted. Equal numbers of a generator draw equal values. */
export const generated: Readonly<Record<string, Rendered>> = {
  UNIFORM: (args) =>
    once(args.place.rendering, [args.number(0), args.number(1), drawn(args, 2)], (low, high, part) => {
      const isWhole = args.place.rendering.types.of(args.call).kind === 'fixed';
      return isWhole
        ? `CAST(floor(${low} + ${part} * (${high} - ${low} + 1)) AS BIGINT)`
        : `(CAST(${low} AS DOUBLE) + ${part} * (${high} - ${low}))`;
    }),
  // Box and Muller's, of two values that are drawn.
  NORMAL: (args) =>
    `(CAST(${args.number(0)} AS DOUBLE) + ${args.number(1)} * sqrt(-2 * ln(1 - ${drawn(args, 2)})) * cos(2 * pi() * ${drawn(args, 2, 'b')}))`,
  RANDOM: (args) => {
    if (args.count === 0) return 'CAST((random() - 0.5) * 18446744073709549568 AS BIGINT)';
    // Of a seed, each row draws a number of its own, and every RANDOM of the row the same.
    const drawn = `hash(${args.number(0)}, ${counter(args)})`;
    return `CAST(CAST(${drawn} AS HUGEINT) - 9223372036854775808 AS BIGINT)`;
  },
  RANDSTR: (args) => {
    const { rendering } = args.place;
    const given = args.expressions();
    return once(
      rendering,
      [args.whole(0), isRandom(args, 1) ? 'random()' : args.value(1)],
      (length, seed) => {
        const each = isRandom(args, 1) ? 'random()' : `hash(${seed}, i)`;
        const letters = `list_transform(range(1 + ${length} // 32), lambda i: md5(CAST(${each} AS VARCHAR)))`;
        return bounded(
          length,
          longest(args.place, given),
          `left(array_to_string(${letters}, ''), ${length})`,
        );
      },
    );
  },
  SEQ1: counted,
  SEQ2: counted,
  SEQ4: counted,
  SEQ8: counted,
  UUID_STRING: (args) => {
    if (args.count > 0) throw unsupported('arguments of UUID_STRING');
    return 'CAST(uuid() AS VARCHAR)';
  },
};

function counted(args: Arguments): string {
  if (args.count > 0 && args.literal(0) !== '0')
    throw unsupported('numbers of a sequence that turn negative');
  return counter(args);
}

function counter({ place }: Arguments): string {
  return place.scope.counter ?? '(row_number() OVER () - 1)';
}

/** From 0 to 1, without 1. */
function drawn(args: Arguments, index: number, salt = 'a'): string {
  if (isRandom(args, index)) return 'random()';
  return `(CAST(hash(${args.value(index)}, '${salt}') % 9007199254740992 AS DOUBLE) / 9007199254740992)`;
}

function isRandom(args: Arguments, index: number): boolean {
  const generator = args.expression(index);
  return generator.kind === 'call' && generator.name.name === 'RANDOM' && generator.arguments.length === 0;
}
