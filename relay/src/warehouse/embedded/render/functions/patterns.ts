import { unsupported } from '../../errors.ts';
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
    if (args.count > 2) throw unsupported('further arguments of REGEXP_SUBSTR_ALL');
    return `to_json(regexp_extract_all(${args.text(0)}, ${args.text(1)}))`;
  },
  REGEXP_INSTR: (args) => {
    const pattern = args.literal(1);
    if (args.count > 2 || pattern === null) throw unsupported('further arguments of REGEXP_INSTR');
    const before = quoteString(`(?s)^(.*?)(?:${pattern})`);
    const text = args.text(0);
    return `CASE WHEN regexp_matches(${text}, ${quoteString(pattern)}) THEN length(regexp_extract(${text}, ${before}, 1)) + 1 ELSE CASE WHEN ${text} IS NOT NULL THEN 0 END END`;
  },
};

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
function optionsOf(args: Arguments, index: number): string {
  if (args.count <= index) return "'c'";
  const parameters = args.literal(index);
  if (parameters === null || !/^[cise]*$/.test(parameters))
    throw unsupported('these parameters of a regular expression');
  return quoteString(parameters.replaceAll('e', '') || 'c');
}
