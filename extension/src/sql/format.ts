import { commentsIn, parse, tokenize } from '@sluice/snowflake-sql';
import { formatDialect, snowflake } from 'sql-formatter';

export interface Indent {
  readonly tabSize: number;
  readonly useTabs: boolean;
}

/**
 * One statement in lines, or null where it is left alone: it does not parse, or what comes out would not be the same tokens and the
 * same comments in the same order. The formatter has a grammar of its own, and is no judge of what a statement means.
 */
export function formattedStatement(sql: string, { tabSize, useTabs }: Indent): string | null {
  if (!isWhole(sql)) return null;
  let formatted: string;
  try {
    formatted = formatDialect(sql, {
      dialect: snowflake,
      paramTypes: WHOLE,
      tabWidth: tabSize,
      useTabs,
      keywordCase: 'preserve',
      identifierCase: 'preserve',
      dataTypeCase: 'preserve',
      functionCase: 'preserve',
    });
  } catch {
    // What it has no grammar for.
    return null;
  }
  return isWhole(formatted) && isSame(sql, formatted) ? formatted : null;
}

/** What the formatter has no word for, and is to leave whole: places in stages, binds, variables, keys of objects. */
const WHOLE = {
  positional: true,
  custom: [
    { regex: String.raw`@[~%\w./=:-]+` },
    { regex: String.raw`\$\w+` },
    { regex: String.raw`(?<![\w\])"'}]):\w+` },
    { regex: String.raw`\{\s*(?:\*[^{}]*)?\}` },
    { regex: String.raw`'(?:[^'\\]|''|\\.)*'\s*:(?!:)` },
  ],
};

function isWhole(sql: string): boolean {
  return parse(sql).outcome !== 'refused';
}

/** Whether two texts differ by nothing but white space between tokens and comments. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [piecesOf(one), piecesOf(other)];
  return a.length === b.length && a.every((piece, index) => piece === b[index]);
}

/** Tokens and comments in order, each with what it is. */
function piecesOf(sql: string): readonly string[] {
  const { tokens } = tokenize(sql);
  const { kinds, starts, ends } = tokens;
  const pieces = [
    ...kinds.map((kind, index) => ({
      at: starts[index]!,
      text: `${kind} ${sql.slice(starts[index], ends[index])}`,
    })),
    ...commentsIn(tokens).map(({ start, style, text }) => ({ at: start, text: `${style} ${plain(text)}` })),
  ];
  return pieces.toSorted((a, b) => a.at - b.at).map(({ text }) => text);
}

/** A comment of several lines is indented anew. */
function plain(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}
