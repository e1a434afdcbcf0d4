import { bounded, longest } from '../growth.ts';
import { once } from '../once.ts';
import { unsupported } from '../../errors.ts';
import { optionsOf, partsOf } from './patterns.ts';
import type { Arguments, Rendered } from './arguments.ts';

/**
 * What can make a text longer than those that it is given: how long it would be is computed first, and one that is
 * too long is never made.
 */
export const bounds: Readonly<Record<string, Rendered>> = {
  REPEAT: (args) =>
    grown(args, [args.text(0), args.whole(1)], ([text, times]) => [
      `length(${text}) * CAST(${times} AS DOUBLE)`,
      `repeat(${text}, ${times})`,
    ]),
  SPACE: (args) => grown(args, [args.whole(0)], ([times]) => [times!, `repeat(' ', ${times})`]),
  LPAD: (args) => pad(args, 'lpad'),
  RPAD: (args) => pad(args, 'rpad'),
  REPLACE: (args) =>
    grown(
      args,
      [args.text(0), args.text(1), args.count > 2 ? args.text(2) : "''"],
      ([text, part, by]) => [
        `length(${text}) + CASE WHEN length(${part}) = 0 THEN 0 ELSE length(${text}) // length(${part}) * CAST(length(${by}) AS DOUBLE) END`,
        `replace(${text}, ${part}, ${by})`,
      ],
      ([text, part, by]) =>
        `length(${text}) + len(string_split(${text}, ${part})) * CAST(length(${by}) AS DOUBLE)`,
    ),
  REGEXP_REPLACE: (args) => {
    const options = optionsOf(args, 5);
    const occurrence = args.count > 4 ? args.literal(4) : '0';
    if (occurrence === null || !/^\d{1,6}$/.test(occurrence))
      throw unsupported('an occurrence that is not a literal');
    // What is put in for a match may hold each of its groups, and `\\0` all of it.
    const from = args.count > 3 ? args.whole(3) : '1';
    return grown(
      args,
      [args.text(0), args.text(1), args.count > 2 ? args.text(2) : "''", from],
      ([text, pattern, by, start]) => [
        `length(${text}) + (length(${text}) + 1) * CAST(length(${by}) AS DOUBLE)`,
        replaced(args, [text!, pattern!, by!, start!], occurrence, options),
      ],
      ([text, pattern, by]) =>
        `length(${text}) * (1 + len(string_split(${by}, '\\'))) + (1 + len(regexp_extract_all(${text}, ${pattern}))) * CAST(length(${by}) AS DOUBLE)`,
    );
  },
  TRANSLATE: (args) => `translate(${args.text(0)}, ${args.text(1)}, ${args.text(2)})`,
  HEX_ENCODE: (args) =>
    grown(args, [bytesOf(args)], ([bytes]) => [`2 * octet_length(${bytes})`, `hex(${bytes})`]),
  BASE64_ENCODE: (args) =>
    grown(args, [bytesOf(args)], ([bytes]) => [`2 * octet_length(${bytes})`, `to_base64(${bytes})`]),
  ARRAY_GENERATE_RANGE: (args) =>
    grown(args, [args.whole(0), args.whole(1), args.count > 2 ? args.whole(2) : '1'], ([from, to, step]) => [
      `abs(CAST(${to} AS DOUBLE) - ${from}) / greatest(abs(${step}), 1) * 8`,
      `to_json(range(${from}, ${to}, ${step}))`,
    ]),
};

/** @param exactly a closer measure of the length, for when the first is too much. */
function grown(
  args: Arguments,
  values: readonly string[],
  make: (names: readonly string[]) => readonly [length: string, value: string],
  exactly?: (names: readonly string[]) => string,
): string {
  const given = args.expressions();
  const most = longest(args.place, given);
  return once(args.place.rendering, values, (...names) => {
    const [length, value] = make(names);
    if (exactly === undefined) return bounded(length, most, value);
    return bounded(`CASE WHEN ${length} > ${most} THEN ${exactly(names)} ELSE 0 END`, most, value);
  });
}

/** From a position on: all that match, or one of them. */
function replaced(
  { place: { rendering } }: Arguments,
  [text, pattern, by, from]: readonly [string, string, string, string],
  occurrence: string,
  options: string,
): string {
  const isFirst = from === '1';
  const rest = isFirst ? text : `substr(${text}, ${from})`;
  const before = isFirst ? '' : `left(${text}, ${from} - 1) || `;
  if (occurrence === '0') {
    return `${before}regexp_replace(${rest}, ${pattern}, ${by}, ${options.replace(/'$/, "g'")})`;
  }
  return once(rendering, partsOf(rest, pattern, options), (parts, matches) => {
    const match = `CASE WHEN i = ${occurrence} THEN regexp_replace(${matches}[i], ${pattern}, ${by}, ${options}) ELSE ${matches}[i] END`;
    return `${before}array_to_string(list_transform(${parts}, lambda p, i: p || coalesce(${match}, '')), '')`;
  });
}

function pad(args: Arguments, name: string): string {
  return grown(
    args,
    [args.text(0), args.whole(1), args.count > 2 ? args.text(2) : "' '"],
    ([text, length, by]) => [length!, `${name}(${text}, CAST(${length} AS INTEGER), ${by})`],
  );
}

/** Of a text, those that it is written with. */
function bytesOf(args: Arguments): string {
  return isBinary(args) ? args.value(0) : `encode(${args.text(0)})`;
}

export function isBinary(args: Arguments): boolean {
  return args.place.rendering.types.familyOf(args.expression(0)) === 'binary';
}
