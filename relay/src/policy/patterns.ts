import type { ColumnRef, ObjectName } from '../statement/index.ts';

/** One part of a name: a predicate over the stored (already cased) text. */
type PartPattern = (part: string) => boolean;

export interface ColumnPattern {
  matches(column: ColumnRef): boolean;
  /** The column's stored name when it is no wildcard: what patterns are indexed by. */
  readonly exactColumn: string | null;
  /** Inside a VARIANT, outermost first; `'*'` for any key or element. Absent: the whole column. */
  readonly path?: readonly string[];
}

/**
 * `SHOP.PUBLIC.*`, `"my db".PUBLIC.T*`: as many parts as the object's name has, and `**` for any name at all.
 * Unquoted parts are upper-cased as Snowflake does; quoted ones are taken as written, without wildcards.
 * Answers a sentence that says what is wrong when the text is no pattern.
 */
export function objectPattern(text: string): ((name: ObjectName) => boolean) | string {
  if (text === '**') return () => true;
  const parts = splitParts(text);
  if (typeof parts === 'string') return parts;
  if (parts.length > 3) return `expected at most three parts in \`${text}\`, found ${parts.length}`;
  const patterns = parts.map(partPattern);
  return (name) => {
    const found = [name.database, name.schema, name.name].filter((part) => part !== '');
    return found.length === patterns.length && found.every((part, index) => patterns[index]?.(part) === true);
  };
}

/** `DB.SCHEMA.TABLE.COLUMN`, optionally with a path: `SHOP.PUBLIC.CUSTOMERS.PROFILE:contact.email`. */
export function columnPattern(text: string): ColumnPattern | string {
  const colon = indexOutsideQuotes(text, ':');
  const parts = splitParts(colon === -1 ? text : text.slice(0, colon));
  if (typeof parts === 'string') return parts;
  if (parts.length !== 4) {
    return `expected \`DATABASE.SCHEMA.TABLE.COLUMN\` in \`${text}\`, found ${parts.length} of its four parts`;
  }
  const path = colon === -1 ? undefined : parsePath(text.slice(colon + 1));
  if (typeof path === 'string') return path;
  const [database, schema, table, column] = parts.map(partPattern) as [
    PartPattern,
    PartPattern,
    PartPattern,
    PartPattern,
  ];
  const last = parts[3]!;
  return {
    matches: (ref) =>
      column(ref.column) &&
      table(ref.object.name) &&
      schema(ref.object.schema) &&
      database(ref.object.database),
    exactColumn: last.quoted ? last.text : last.text.includes('*') ? null : last.text.toUpperCase(),
    ...(path === undefined ? {} : { path }),
  };
}

/** `create_*`: `*` stands for anything; everything else for itself, whatever its case. */
export function glob(text: string): (candidate: string) => boolean {
  if (!text.includes('*')) {
    const lower = text.toLowerCase();
    return (candidate) => candidate.toLowerCase() === lower;
  }
  const expression = new RegExp(`^${wildcards(text)}$`, 'is');
  return (candidate) => expression.test(candidate);
}

export function anyGlob(texts: readonly string[]): (candidate: string) => boolean {
  const globs = texts.map(glob);
  return (candidate) => globs.some((matches) => matches(candidate));
}

/** As `glob`, but the case matters: identities and groups are not SQL. */
export function anyExactGlob(texts: readonly string[]): (candidate: string) => boolean {
  const expressions = texts.map((text) => new RegExp(`^${wildcards(text)}$`, 's'));
  return (candidate) => expressions.some((expression) => expression.test(candidate));
}

interface Part {
  readonly text: string;
  readonly quoted: boolean;
}

function splitParts(text: string): readonly Part[] | string {
  const parts: Part[] = [];
  let rest = text;
  for (;;) {
    const quoted = /^"((?:[^"]|"")+)"/.exec(rest);
    const plain = quoted === null ? /^[A-Za-z_*][\w$*]*/.exec(rest) : null;
    const match = quoted ?? plain;
    if (match === null) return `expected a name such as \`SHOP.PUBLIC.CUSTOMERS\`, found \`${text}\``;
    parts.push({
      text: quoted === null ? match[0] : quoted[1]!.replaceAll('""', '"'),
      quoted: quoted !== null,
    });
    rest = rest.slice(match[0].length);
    if (rest === '') return parts;
    if (!rest.startsWith('.')) return `expected \`.\` between the parts of \`${text}\`, found \`${rest}\``;
    rest = rest.slice(1);
  }
}

function partPattern(part: Part): PartPattern {
  if (part.quoted) return (candidate) => candidate === part.text;
  const upper = part.text.toUpperCase();
  if (upper === '*') return () => true;
  if (!upper.includes('*')) return (candidate) => candidate === upper;
  const expression = new RegExp(`^${wildcards(upper)}$`, 's');
  return (candidate) => expression.test(candidate);
}

function wildcards(text: string): string {
  // Neighbouring stars mean one: two `.*` in a row would make a pattern that backtracks for long.
  return text
    .split(/\*+/)
    .map((literal) => RegExp.escape(literal))
    .join('.*');
}

/** `contact.email`, `cards[*].number`, `cards[].number`, `['odd key'][*]`; the case matters, as in Snowflake. */
function parsePath(text: string): readonly string[] | string {
  const path: string[] = [];
  let rest = `.${text}`;
  while (rest !== '') {
    const key = /^\.([\w$-]+|\*)/.exec(rest);
    const element = key === null ? /^\.?\[(?:\*|\d*)\]/.exec(rest) : null;
    const quoted = key === null && element === null ? /^\.?(?:\['([^']+)'\]|"([^"]+)")/.exec(rest) : null;
    const match = key ?? element ?? quoted;
    if (match === null)
      return `expected a path such as \`contact.email\` or \`cards[*].number\`, found \`${text}\``;
    path.push(key?.[1] ?? quoted?.[1] ?? quoted?.[2] ?? '*');
    rest = rest.slice(match[0].length);
  }
  return path;
}

function indexOutsideQuotes(text: string, character: string): number {
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '"') quoted = !quoted;
    else if (!quoted && text[index] === character) return index;
  }
  return -1;
}
