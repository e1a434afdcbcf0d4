import { unsupported } from '../../errors.ts';
import { LONGEST_TEXT } from '../../types/snowflake-type.ts';
import { bounded, joinTexts, longest } from '../growth.ts';
import { once } from '../once.ts';
import { isBinary } from './bounds.ts';
import { quoteString } from '../quote.ts';
import type { Rendering } from '../rendering.ts';
import type { Arguments, Rendered } from './arguments.ts';

/** Functions of texts that make nothing longer than what they are given. */
export const texts: Readonly<Record<string, Rendered>> = {
  CONCAT: (args) => joinTexts(args.place, args.expressions(), args.all(args.text)),
  CONCAT_WS: (args) =>
    once(args.place.rendering, args.all(args.text), (separator, ...parts) => {
      const length = parts.map((part) => `coalesce(length(${part}) + length(${separator}), 0)`).join(' + ');
      // What is NULL is left out.
      return bounded(
        length,
        longest(args.place, args.expressions()),
        `concat_ws(${[separator, ...parts].join(', ')})`,
      );
    }),
  LEN: lengthOf,
  LENGTH: lengthOf,
  LEFT: (args) => `left(${args.text(0)}, ${atLeastNone(args)})`,
  RIGHT: (args) => `right(${args.text(0)}, ${atLeastNone(args)})`,
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
          longest(args.place, args.expressions()),
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
  OCTET_LENGTH: (args) => (isBinary(args) ? lengthOf(args) : `strlen(${args.text(0)})`),
  UNICODE: (args) => `greatest(unicode(${args.text(0)}), 0)`,
  RTRIMMED_LENGTH: (args) => `length(rtrim(${args.text(0)}, ' '))`,
  JAROWINKLER_SIMILARITY: (args) =>
    once(args.place.rendering, [`lower(${args.text(0)})`, `lower(${args.text(1)})`], (one, other) =>
      bounded(
        `length(${one}) * length(${other})`,
        LONGEST_TEXT,
        `CAST(floor(jaro_winkler_similarity(${one}, ${other}) * 100 + 1e-9) AS INTEGER)`,
      ),
    ),
  SOUNDEX: (args) => soundex(args, true),
  SOUNDEX_P123: (args) => soundex(args, false),
  // Collations are accepted and ignored.
  COLLATE: (args) => {
    if (args.literal(1) === null) throw unsupported('a collation that is computed');
    return args.text(0);
  },
  POSITION: found,
  CHARINDEX: found,
  STARTSWITH: (args) => `starts_with(${args.text(0)}, ${args.text(1)})`,
  ENDSWITH: (args) => `ends_with(${args.text(0)}, ${args.text(1)})`,
  CHR: (args) => `chr(CAST(${args.number(0)} AS INTEGER))`,
  CHAR: (args) => `chr(CAST(${args.number(0)} AS INTEGER))`,
  INITCAP: (args) => {
    const between = args.count > 1 ? args.text(1) : quoteString(BETWEEN_WORDS);
    return once(
      args.place.rendering,
      [`string_split(lower(${args.text(0)}), '')`, between],
      (letters, marks) =>
        `array_to_string(list_transform(${letters}, lambda c, i: CASE WHEN i = 1 OR contains(${marks}, ${letters}[i - 1]) THEN upper(c) ELSE c END), '')`,
    );
  },
};

/** DuckDB would count from the other end. */
function atLeastNone(args: Arguments): string {
  const length = args.whole(1);
  return /^\d+$/.test(length)
    ? length
    : once(args.place.rendering, [length], (x) => `CASE WHEN ${x} < 0 THEN 0 ELSE ${x} END`);
}

/** Where a text is in another, from a position on; both are counted from 1, and 0 is nowhere. */
function found(args: Arguments): string {
  if (args.count < 3) return `strpos(${args.text(1)}, ${args.text(0)})`;
  return once(
    args.place.rendering,
    [`strpos(substr(${args.text(1)}, ${args.whole(2)}), ${args.text(0)})`, args.whole(2)],
    (place, from) => `CASE WHEN ${place} = 0 THEN 0 ELSE ${place} + ${from} - 1 END`,
  );
}

/**
 * The first letter, and what the others sound like. H and W do not part letters of one sound; of the first letter's own sound,
 * more are skipped.
 */
function soundex(args: Arguments, isFirstCounted: boolean): string {
  const { rendering } = args.place;
  const letters = `regexp_replace(upper(${args.text(0)}), '[^A-Z]', '', 'g')`;
  return once(rendering, [letters], (text) => {
    const sounds = `translate(${text}, 'BFPVCGJKQSXZDTLMNRAEIOUYHW', '11112222222233455600000099')`;
    const first = isFirstCounted ? `replace(left(${sounds}, 1), '9', '0')` : "''";
    const all = `${first} || replace(substr(${sounds}, 2), '9', '')`;
    const single = ['1', '2', '3', '4', '5', '6'].reduce(
      (sql, sound) => `regexp_replace(${sql}, '${sound}+', '${sound}', 'g')`,
      all,
    );
    const others = isFirstCounted ? `substr(${single}, 2)` : single;
    return `CASE WHEN ${text} = '' THEN '' ELSE left(${text}, 1) || rpad(left(replace(${others}, '0', ''), 3), 3, '0') END`;
  });
}

/** After which a word begins (Snowflake: INITCAP). */
const BETWEEN_WORDS = ' \t\n\r\f\v!?@"^#$&~_,.:;+-*%/|\\[](){}<>';

function tokens(args: Arguments): string {
  return tokensOf(args.place.rendering, args.text(0), args.count > 1 ? args.text(1) : "' '");
}

/** What stands between any of some characters, but for what is empty. */
export function tokensOf(rendering: Rendering, text: string, marks: string): string {
  const item = rendering.fresh('l');
  return once(rendering, [text, marks], (given, between) => {
    const alike = `translate(${given}, ${between}, repeat(left(${between}, 1), length(${between})))`;
    const parts = `CASE WHEN ${between} = '' THEN [${given}] ELSE string_split(${alike}, left(${between}, 1)) END`;
    return `list_filter(${parts}, lambda ${item}: ${item} <> '')`;
  });
}

/** In characters, or bytes. */
function lengthOf(args: Arguments): string {
  return isBinary(args) ? `octet_length(${args.value(0)})` : `length(${args.text(0)})`;
}
