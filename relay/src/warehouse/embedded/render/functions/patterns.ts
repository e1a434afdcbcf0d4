import { unsupported } from '../../errors.ts';
import { once } from '../once.ts';
import { quoteString } from '../quote.ts';
import type { Arguments, Rendered } from './arguments.ts';

/** Regular expressions, and LIKE as a function. */
export const patterns: Readonly<Record<string, Rendered>> = {
  LIKE: (args) => like(args, 'LIKE'),
  ILIKE: (args) => like(args, 'ILIKE'),
  REGEXP: matches,
  RLIKE: matches,
  REGEXP_LIKE: matches,
  REGEXP_SUBSTR: (args) => {
    const options = optionsOf(args, 4);
    // A group is meant as soon as it is named, or by the parameter `e`.
    const group = args.count > 5 ? args.whole(5) : (args.literal(4) ?? '').includes('e') ? '1' : '0';
    const found = `regexp_extract_all(${from(args, 2)}, ${args.text(1)}, ${group}, ${options})`;
    const occurrence = args.count > 3 ? args.whole(3) : '1';
    if (!/^[1-9]\d*$/.test(occurrence)) throw unsupported('an occurrence that is not a literal');
    return `nullif(${found}[${occurrence}], '')`;
  },
  REGEXP_COUNT: (args) =>
    `len(regexp_extract_all(${from(args, 2)}, ${args.text(1)}, 0, ${optionsOf(args, 3)}))`,
  REGEXP_SUBSTR_ALL: (args) => {
    const options = optionsOf(args, 4);
    const group = args.count > 5 ? args.whole(5) : (args.literal(4) ?? '').includes('e') ? '1' : '0';
    const found = `regexp_extract_all(${from(args, 2)}, ${args.text(1)}, ${group}, ${options})`;
    const occurrence = args.count > 3 ? args.whole(3) : '1';
    return `to_json(${occurrence === '1' ? found : `${found}[${occurrence}:]`})`;
  },
  REGEXP_INSTR: (args) => {
    if (args.count > 6) throw unsupported('a group in REGEXP_INSTR');
    const options = optionsOf(args, 5);
    const [occurrence, end] = [3, 4].map((index) => (args.count > index ? args.literal(index) : null));
    const [place, isBehind] = [occurrence ?? '1', end ?? '0'];
    const isUnderstood = (args.count <= 3 || occurrence !== null) && (args.count <= 4 || end !== null);
    if (!isUnderstood || !/^[1-9]\d{0,5}$/.test(place) || !/^[01]$/.test(isBehind))
      throw unsupported('an occurrence that is not a literal');
    const start = args.count > 2 ? args.whole(2) : '1';
    const { rendering } = args.place;
    return once(rendering, partsOf(from(args, 2), args.text(1), options), (parts, matches) => {
      const length = (list: string, many: number) =>
        `coalesce(list_sum(list_transform(${list}[1:${many}], lambda p: length(p))), 0)`;
      const at = `${start} + ${length(parts, Number(place))} + ${length(matches, Number(place) - 1 + Number(isBehind))}`;
      return `CASE WHEN len(${matches}) < ${place} THEN 0 WHEN ${parts} IS NOT NULL THEN CAST(${at} AS BIGINT) END`;
    });
  },
};

/** What stands between the matches in a text, and the matches. */
export function partsOf(
  text: string,
  pattern: string,
  options: string,
): readonly [parts: string, matches: string] {
  return [
    `regexp_split_to_array(${text}, ${pattern}, ${options})`,
    `regexp_extract_all(${text}, ${pattern}, 0, ${options})`,
  ];
}

function like(args: Arguments, operator: 'LIKE' | 'ILIKE'): string {
  if (args.count > 2) throw unsupported(`an escape character of the function ${operator}`);
  return `(${args.text(0)} ${operator} ${args.text(1)})`;
}

/** All of the text. */
function matches(args: Arguments): string {
  return `regexp_full_match(${args.text(0)}, ${args.text(1)}, ${optionsOf(args, 2)})`;
}

/** The text from a position on, which is counted from 1. */
function from(args: Arguments, index: number): string {
  return args.count > index ? `substr(${args.text(0)}, ${args.whole(index)})` : args.text(0);
}

/** The parameters of a regular expression in DuckDB's letters. A submatch is asked for by `e`, and no parameter there. */
export function optionsOf(args: Arguments, index: number): string {
  if (args.count <= index) return "'c'";
  const parameters = args.literal(index);
  if (parameters === null || !/^[cise]*$/.test(parameters))
    throw unsupported('these parameters of a regular expression');
  return quoteString(parameters.replaceAll('e', '') || 'c');
}
