import { once } from '../once.ts';
import { notAPlace } from '../windows.ts';
import type { Arguments, Rendered } from './arguments.ts';

/** Choices among values. */
export const logic: Readonly<Record<string, Rendered>> = {
  IFF: (args) => `CASE WHEN ${args.value(0)} THEN ${args.value(1)} ELSE ${args.value(2)} END`,
  NVL: (args) => `coalesce(${args.all(args.value).join(', ')})`,
  NVL2: (args) => `CASE WHEN ${args.value(0)} IS NOT NULL THEN ${args.value(1)} ELSE ${args.value(2)} END`,
  DECODE: decode,
  ZEROIFNULL: (args) => `coalesce(${args.number(0)}, 0)`,
  NULLIFZERO: (args) => `nullif(${args.number(0)}, 0)`,
  EQUAL_NULL: (args) => `(${args.value(0)} IS NOT DISTINCT FROM ${args.value(1)})`,
  GREATEST: (args) => nullIfAny('greatest', args),
  LEAST: (args) => nullIfAny('least', args),
  GREATEST_IGNORE_NULLS: (args) => `greatest(${args.all(args.taken).join(', ')})`,
  LEAST_IGNORE_NULLS: (args) => `least(${args.all(args.taken).join(', ')})`,
  REGR_VALX: (args) => `CASE WHEN ${args.number(0)} IS NOT NULL THEN ${args.number(1)} END`,
  REGR_VALY: (args) => `CASE WHEN ${args.number(1)} IS NOT NULL THEN ${args.number(0)} END`,
  BOOLAND: (args) => `(${args.value(0)} AND ${args.value(1)})`,
  BOOLOR: (args) => `(${args.value(0)} OR ${args.value(1)})`,
  BOOLNOT: (args) => `(NOT ${args.value(0)})`,
  BOOLXOR: (args) => `(CAST(${args.value(0)} AS BOOLEAN) <> CAST(${args.value(1)} AS BOOLEAN))`,
  SUBSTR: (args) => substring(args),
  SUBSTRING: (args) => substring(args),
};

/** The place 0 is the first, as 1 is. */
function substring(args: Arguments): string {
  const length = args.count > 2 ? [args.whole(2)] : [];
  const from = args.whole(1);
  const start = /^[1-9]\d*$/.test(from)
    ? from
    : once(args.place.rendering, [from], (x) => `CASE WHEN ${x} = 0 THEN 1 ELSE ${x} END`);
  return `substr(${[args.text(0), start, ...length].join(', ')})`;
}

/** NULL equals NULL here. */
function decode(args: Arguments): string {
  const pairs = Math.floor((args.count - 1) / 2);
  const values = args.all(args.value).map(notAPlace);
  return once(args.place.rendering, values, (value, ...rest) => {
    const branches = Array.from(
      { length: pairs },
      (_, index) => ` WHEN ${value} IS NOT DISTINCT FROM ${rest[2 * index]} THEN ${rest[2 * index + 1]}`,
    );
    const otherwise = rest.length % 2 === 1 ? ` ELSE ${rest.at(-1)}` : '';
    return `CASE${branches.join('')}${otherwise} END`;
  });
}

/** With a NULL among them, the answer is NULL. */
function nullIfAny(name: string, args: Arguments): string {
  return once(
    args.place.rendering,
    args.all(args.value),
    (...values) =>
      `CASE WHEN ${values.map((value) => `${value} IS NULL`).join(' OR ')} THEN NULL ELSE ${name}(${values.join(', ')}) END`,
  );
}
