import { unsupported } from '../../errors.ts';
import { joinTexts } from '../growth.ts';
import type { Arguments, Rendered } from './arguments.ts';

/** Functions of texts that make nothing longer than what they are given. */
export const texts: Readonly<Record<string, Rendered>> = {
  CONCAT: (args) =>
    joinTexts(
      args.place,
      args.all(() => '').map((_, index) => args.expression(index)),
      args.all(args.text),
    ),
  CONCAT_WS: (args) =>
    joinTexts(
      args.place,
      args.all(() => '').map((_, index) => args.expression(index)),
      between(args.all(args.text)),
    ),
  LEN: (args) => `length(${args.text(0)})`,
  LENGTH: (args) => `length(${args.text(0)})`,
  LEFT: (args) => `left(${args.text(0)}, ${args.whole(1)})`,
  RIGHT: (args) => `right(${args.text(0)}, ${args.whole(1)})`,
  SPLIT_PART: (args) => `split_part(${args.text(0)}, ${args.text(1)}, ${args.whole(2)})`,
  POSITION: (args) => `strpos(${args.text(1)}, ${args.text(0)})`,
  CHARINDEX: (args) => `strpos(${args.text(1)}, ${args.text(0)})`,
  STARTSWITH: (args) => `starts_with(${args.text(0)}, ${args.text(1)})`,
  ENDSWITH: (args) => `ends_with(${args.text(0)}, ${args.text(1)})`,
  LIKE: (args) => `(${args.text(0)} LIKE ${args.text(1)})`,
  ILIKE: (args) => `(${args.text(0)} ILIKE ${args.text(1)})`,
  CHR: (args) => `chr(CAST(${args.number(0)} AS INTEGER))`,
  INITCAP: (args) =>
    `array_to_string(list_transform(string_split(lower(${args.text(0)}), ' '), lambda w: upper(left(w, 1)) || substr(w, 2)), ' ')`,
  REGEXP_LIKE: (args) => matches(args),
  RLIKE: (args) => matches(args),
  REGEXP_SUBSTR: (args) => {
    if (args.count > 2) throw unsupported('further arguments of REGEXP_SUBSTR');
    return `nullif(regexp_extract(${args.text(0)}, ${args.text(1)}), '')`;
  },
  REGEXP_COUNT: (args) => {
    if (args.count > 2) throw unsupported('further arguments of REGEXP_COUNT');
    return `len(regexp_extract_all(${args.text(0)}, ${args.text(1)}))`;
  },
  SHA2: (args) => {
    if (args.count > 1 && args.literal(1) !== '256') throw unsupported('this length of SHA2');
    return `sha256(${args.text(0)})`;
  },
};

function matches(args: Arguments): string {
  if (args.count > 2) throw unsupported('parameters of a regular expression');
  return `regexp_full_match(${args.text(0)}, ${args.text(1)})`;
}

/** The separator, which stands first, between the others. */
function between([separator = "''", ...parts]: readonly string[]): readonly string[] {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [separator, part]));
}
