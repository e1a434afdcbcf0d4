import { unsupported } from '../../errors.ts';
import { LONGEST_TEXT } from '../../types/snowflake-type.ts';
import { bounded, joinTexts, longest } from '../growth.ts';
import { once } from '../once.ts';
import { quoteString } from '../quote.ts';
import type { Arguments, Rendered } from './arguments.ts';

/** Functions of texts that make nothing longer than what they are given. */
export const texts: Readonly<Record<string, Rendered>> = {
  CONCAT: (args) => joinTexts(args.place, given(args), args.all(args.text)),
  CONCAT_WS: (args) =>
    once(args.place.rendering, args.all(args.text), (separator, ...parts) => {
      const length = parts.map((part) => `coalesce(length(${part}) + length(${separator}), 0)`).join(' + ');
      // What is NULL is left out.
      return bounded(length, longest(given(args)), `concat_ws(${[separator, ...parts].join(', ')})`);
    }),
  LEN: (args) => `length(${args.text(0)})`,
  LENGTH: (args) => `length(${args.text(0)})`,
  LEFT: (args) => `left(${args.text(0)}, ${args.whole(1)})`,
  RIGHT: (args) => `right(${args.text(0)}, ${args.whole(1)})`,
  // The part 0 is the first, as 1 is.
  SPLIT_PART: (args) =>
    once(
      args.place.rendering,
      [args.text(0), args.text(1), args.whole(2)],
      (text, separator, part) =>
        `split_part(${text}, ${separator}, CASE WHEN ${part} = 0 THEN 1 ELSE ${part} END)`,
    ),
  STRTOK: (args) =>
    once(
      args.place.rendering,
      [tokens(args), args.count > 2 ? args.whole(2) : '1'],
      (list, place) => `CASE WHEN ${place} >= 1 THEN ${list}[${place}] END`,
    ),
  STRTOK_TO_ARRAY: (args) => `to_json(${tokens(args)})`,
  INSERT: (args) =>
    once(
      args.place.rendering,
      [args.text(0), args.whole(1), args.whole(2), args.text(3)],
      (text, from, length, by) =>
        bounded(
          `length(${text}) + length(${by})`,
          longest(given(args)),
          `left(${text}, ${from} - 1) || ${by} || substr(${text}, ${from} + ${length})`,
        ),
    ),
  EDITDISTANCE: (args) =>
    once(args.place.rendering, [args.text(0), args.text(1)], (one, other) => {
      const distance = bounded(
        `length(${one}) * length(${other})`,
        LONGEST_TEXT,
        `levenshtein(${one}, ${other})`,
      );
      return args.count < 3 ? distance : `least(${distance}, ${args.whole(2)})`;
    }),
  OCTET_LENGTH: (args) => `strlen(${args.text(0)})`,
  UNICODE: (args) => `unicode(${args.text(0)})`,
  SHA1: (args) => `sha1(${args.text(0)})`,
  HEX_DECODE_STRING: (args) => `decode(unhex(${args.text(0)}))`,
  TRY_HEX_DECODE_STRING: (args) => `try(decode(unhex(${args.text(0)})))`,
  BASE64_DECODE_STRING: (args) => `decode(from_base64(${args.text(0)}))`,
  TRY_BASE64_DECODE_STRING: (args) => `try(decode(from_base64(${args.text(0)})))`,
  POSITION: found,
  CHARINDEX: found,
  STARTSWITH: (args) => `starts_with(${args.text(0)}, ${args.text(1)})`,
  ENDSWITH: (args) => `ends_with(${args.text(0)}, ${args.text(1)})`,
  CHR: (args) => `chr(CAST(${args.number(0)} AS INTEGER))`,
  INITCAP: (args) => {
    const between = args.count > 1 ? args.text(1) : quoteString(BETWEEN_WORDS);
    return once(
      args.place.rendering,
      [`string_split(lower(${args.text(0)}), '')`, between],
      (letters, marks) =>
        `array_to_string(list_transform(${letters}, lambda c, i: CASE WHEN i = 1 OR contains(${marks}, ${letters}[i - 1]) THEN upper(c) ELSE c END), '')`,
    );
  },
  SHA2: (args) => {
    if (args.count > 1 && args.literal(1) !== '256') throw unsupported('this length of SHA2');
    return `sha256(${args.text(0)})`;
  },
};

/** Where a text is in another, from a position on; both are counted from 1, and 0 is nowhere. */
function found(args: Arguments): string {
  if (args.count < 3) return `strpos(${args.text(1)}, ${args.text(0)})`;
  return once(
    args.place.rendering,
    [`strpos(substr(${args.text(1)}, ${args.whole(2)}), ${args.text(0)})`, args.whole(2)],
    (place, from) => `CASE WHEN ${place} = 0 THEN 0 ELSE ${place} + ${from} - 1 END`,
  );
}

/** After which a word begins (Snowflake: INITCAP). */
const BETWEEN_WORDS = ' \t\n\r\f\v!?@"^#$&~_,.:;+-*%/|\\[](){}<>';

function given(args: Arguments) {
  return args.all(() => '').map((_, index) => args.expression(index));
}

/** What stands between any of some characters, but for what is empty. */
function tokens(args: Arguments): string {
  const { rendering } = args.place;
  const item = rendering.fresh('l');
  return once(rendering, [args.text(0), args.count > 1 ? args.text(1) : "' '"], (text, marks) => {
    const alike = `translate(${text}, ${marks}, repeat(left(${marks}, 1), length(${marks})))`;
    const parts = `CASE WHEN ${marks} = '' THEN [${text}] ELSE string_split(${alike}, left(${marks}, 1)) END`;
    return `list_filter(${parts}, lambda ${item}: ${item} <> '')`;
  });
}
