import type { ColumnRef, ObjectName } from '@sluice/snowflake-sql';
import { wildcard } from '../wildcard.ts';

/** One part of a name: a predicate over the stored (already cased) text. */
type PartPattern = (part: string) => boolean;

/** Whether an object's full name is meant. */
export interface ObjectPattern {
  (name: ObjectName): boolean;
  /** Whether any name in a database, or in one of its schemas, is. */
  readonly reaches: (place: CatalogPlace) => boolean;
  /** Of the names in a schema, those that are; null where none is. */
  readonly namesIn: (schema: SchemaPlace) => NamePattern | null;
  /** The schema, where every name in just one is meant. */
  readonly wholeSchema: SchemaPlace | null;
}

/** The texts between which any characters may stand: `['T', '']` is T and whatever follows, `['T']` is T. */
export type NamePattern = readonly [string, ...string[]];

export interface SchemaPlace {
  readonly database: string;
  readonly schema: string;
}

export interface CatalogPlace {
  readonly database: string;
  /** Null: any. */
  readonly schema: string | null;
}

/** Any name at all. */
export const ANY_NAME: NamePattern = ['', ''];

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
export function objectPattern(text: string): ObjectPattern | string {
  if (text === '**') {
    return Object.assign(() => true, { reaches: () => true, namesIn: () => ANY_NAME, wholeSchema: null });
  }
  const parts = splitParts(text);
  if (typeof parts === 'string') return parts;
  if (parts.length > 3) return `expected at most three parts in \`${text}\`, found ${parts.length}`;
  const patterns = parts.map(partPattern);
  const matches = (name: ObjectName) => {
    const found = [name.database, name.schema, name.name].filter((part) => part !== '');
    return found.length === patterns.length && found.every((part, index) => patterns[index]?.(part) === true);
  };
  const [ofDatabase, ofSchema, ofName] = patterns;
  const reaches = ({ database, schema }: CatalogPlace) =>
    ofName !== undefined &&
    ofDatabase?.(database) === true &&
    (schema === null || ofSchema?.(schema) === true);
  const namesIn = (schema: SchemaPlace) => (reaches(schema) ? literalsOf(parts[2]!) : null);
  return Object.assign(matches, { reaches, namesIn, wholeSchema: schemaOf(parts) });
}

/** `SHOP.SCRATCH.*` */
function schemaOf([database, schema, name]: readonly Part[]): SchemaPlace | null {
  if (database === undefined || schema === undefined || name?.text !== '*' || name.quoted) return null;
  const [inDatabase, inSchema] = [database, schema].map(literalsOf);
  if (inDatabase!.length > 1 || inSchema!.length > 1) return null;
  return { database: inDatabase![0], schema: inSchema![0] };
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
  const matches = wildcard(text.toLowerCase());
  return (candidate) => matches(candidate.toLowerCase());
}

export function anyGlob(texts: readonly string[]): (candidate: string) => boolean {
  const globs = texts.map(glob);
  return (candidate) => globs.some((matches) => matches(candidate));
}

/** As `glob`, but the case matters: identities and groups are not SQL. */
export function anyExactGlob(texts: readonly string[]): (candidate: string) => boolean {
  const globs = texts.map(wildcard);
  return (candidate) => globs.some((matches) => matches(candidate));
}

interface Part {
  readonly text: string;
  readonly quoted: boolean;
}

function splitParts(text: string): readonly Part[] | string {
  const parts: Part[] = [];
  for (let at = 0; ; at++) {
    const quoted = text[at] === '"';
    const end = quoted ? endOfQuoted(text, at) : endOfPlain(text, at);
    if (end <= (quoted ? at + 2 : at))
      return `expected a name such as \`SHOP.PUBLIC.CUSTOMERS\`, found \`${text}\``;
    const part = quoted ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end);
    parts.push({ text: part, quoted });
    at = end;
    if (at === text.length) return parts;
    if (text[at] !== '.')
      return `expected \`.\` between the parts of \`${text}\`, found \`${text.slice(at)}\``;
  }
}

function endOfPlain(text: string, start: number): number {
  const plain = /[A-Za-z_*][\w$*]*/y;
  plain.lastIndex = start;
  return plain.test(text) ? plain.lastIndex : start;
}

/** Past the closing quote; the start when there is none. */
function endOfQuoted(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at === -1 ? start : at + 1;
}

function partPattern(part: Part): PartPattern {
  if (part.quoted) return (candidate) => candidate === part.text;
  return wildcard(part.text.toUpperCase());
}

/** The same as data. */
function literalsOf({ text, quoted }: Part): NamePattern {
  return quoted ? [text] : (text.toUpperCase().split('*') as [string, ...string[]]);
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
