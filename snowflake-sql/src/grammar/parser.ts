import type { Keyword } from '../keywords.ts';
import { isReserved, isReservedInFrom } from '../keywords.ts';
import type { SourceRange } from '../source-range.ts';
import type { TokenKind, Tokens } from '../tokens.ts';
import type { Expression, Query } from '../tree/query.ts';
import type { Embedded, Statement } from '../tree/statements.ts';

/**
 * A cursor over the tokens, which only moves forward. Code that consumes a token either checked its exact spelling
 * or made a leaf node of it, so no token is skipped. Looking ahead does not move the cursor.
 */
export interface Parser {
  readonly tokens: Tokens;
  readonly kinds: readonly TokenKind[];
  readonly keywords: readonly (Keyword | '')[];
  /** Index of the current token. */
  at: number;
  /** The nesting depth of the source here, in levels as `DEPTH_LIMIT` counts them. */
  depth: number;
  /** Whether this is inside a scripting block, where scripting statements are also allowed. */
  inBlock: boolean;
  readonly grammar: Grammar;
}

/** The productions that lower-level files of the grammar call. They are passed in to avoid circular imports. */
export interface Grammar {
  readonly expression: (p: Parser) => Expression;
  /** An operand of a comparison: no operator binds less tightly than `+`. */
  readonly additive: (p: Parser) => Expression;
  readonly query: (p: Parser) => Query;
  /** The rest of a query whose parenthesized first operand was already parsed as a subquery. */
  readonly queryAfter: (p: Parser, first: Query, start: number) => Query;
  readonly statement: (p: Parser) => Statement;
  /** The string at the cursor, with its parsed content. */
  readonly embedded: (p: Parser, language: EmbeddedLanguage) => Embedded;
}

/** The content of a literal: statements, a function's body (which may be an expression), or another language. */
export type EmbeddedLanguage = 'statements' | 'function body' | { readonly foreign: string };

/** A syntax error: thrown at the first token that does not parse, and caught by `parse`. */
export class Refusal extends Error {
  readonly spot: SourceRange;
  readonly expected: readonly string[];

  constructor(spot: SourceRange, message: string, expected: readonly string[]) {
    super(message);
    this.spot = spot;
    this.expected = expected;
  }
}

/**
 * Refuses the current token.
 * @param expected what would have been accepted; keywords and symbols in backticks
 * @throws {Refusal} always
 */
export function refuse(p: Parser, ...expected: readonly string[]): never {
  const { text, starts, ends } = p.tokens;
  const spot = { start: starts[p.at]!, end: ends[p.at]! };
  const found = p.kinds[p.at] === 'end' ? 'the end' : `\`${clip(text.slice(spot.start, spot.end))}\``;
  throw new Refusal(spot, `expected ${expected.join(' or ')}, found ${found}`, expected);
}

/** Refuses at the current token, with the given message. */
export function refuseBecause(p: Parser, message: string): never {
  throw new Refusal({ start: p.tokens.starts[p.at]!, end: p.tokens.ends[p.at]! }, message, []);
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

/** Refuses a clause that was already parsed, since the second would replace the first in the tree. */
export function once(p: Parser, earlier: unknown): void {
  if (earlier !== null) refuseBecause(p, 'this clause is repeated');
}

/** Goes `cost` levels deeper; the caller restores the depth when done. */
export function descend(p: Parser, cost = 1): void {
  p.depth += cost;
  if (p.depth > DEPTH_LIMIT) refuseBecause(p, 'the statement nests too deeply');
}

/**
 * The maximum nesting depth of a statement. A level is a pair of parentheses, or at most 550 bytes of native stack
 * where the grammar recurses (measured without optimisation). All levels together take three quarters of Node's
 * 984 KB stack and leave the rest to the caller. The limit also bounds the depth of the tree for code that walks it.
 */
export const DEPTH_LIMIT = 1400;

/** The current token's kind; typed as a plain string, so that a switch need not list every kind. */
export function symbol(p: Parser): string {
  return p.kinds[p.at]!;
}

/** The keyword the current token spells, or an empty string; a plain string for the same reason. */
export function word(p: Parser): string {
  return p.keywords[p.at]!;
}

export function isSymbol(p: Parser, kind: TokenKind, ahead = 0): boolean {
  return p.kinds[p.at + ahead] === kind;
}

export function isWord(p: Parser, keyword: Keyword, ahead = 0): boolean {
  return p.keywords[p.at + ahead] === keyword;
}

/** Whether the next tokens are exactly these keywords. */
export function areWords(p: Parser, ...words: readonly Keyword[]): boolean {
  for (let i = 0; i < words.length; i++) if (p.keywords[p.at + i] !== words[i]) return false;
  return true;
}

export function eatSymbol(p: Parser, kind: TokenKind): boolean {
  if (p.kinds[p.at] !== kind) return false;
  p.at++;
  return true;
}

export function eatWord(p: Parser, keyword: Keyword): boolean {
  if (p.keywords[p.at] !== keyword) return false;
  p.at++;
  return true;
}

/** Takes all of these keywords, or none of them. */
export function eatWords(p: Parser, ...words: readonly Keyword[]): boolean {
  for (let i = 0; i < words.length; i++) if (p.keywords[p.at + i] !== words[i]) return false;
  p.at += words.length;
  return true;
}

export function expectSymbol(p: Parser, kind: TokenKind): void {
  if (p.kinds[p.at] !== kind) refuse(p, `\`${kind}\``);
  p.at++;
}

export function expectWord(p: Parser, keyword: Keyword): void {
  if (p.keywords[p.at] !== keyword) refuse(p, `\`${keyword}\``);
  p.at++;
}

export function expectWords(p: Parser, ...words: readonly Keyword[]): void {
  for (const keyword of words) expectWord(p, keyword);
}

/** Takes one of these keywords if it is next. */
export function eatOneOf<K extends Keyword>(p: Parser, ...words: readonly K[]): K | null {
  const found = p.keywords[p.at] as K;
  if (found === ('' as K) || !words.includes(found)) return null;
  p.at++;
  return found;
}

export function expectOneOf<K extends Keyword>(p: Parser, ...words: readonly K[]): K {
  return eatOneOf(p, ...words) ?? refuse(p, ...words.map((keyword) => `\`${keyword}\``));
}

/** Whether the token may name an object or an alias: quoted, or a word that Snowflake does not reserve there. */
export function isName(p: Parser, ahead = 0): boolean {
  const kind = p.kinds[p.at + ahead];
  if (kind === 'word') {
    const keyword = p.keywords[p.at + ahead]!;
    return keyword === '' || !isReservedInFrom(keyword);
  }
  return kind === 'quoted';
}

/** Whether the token may name a column, which allows the words that are reserved only in FROM. */
export function isColumnName(p: Parser, ahead = 0): boolean {
  const kind = p.kinds[p.at + ahead];
  if (kind === 'word') {
    const keyword = p.keywords[p.at + ahead]!;
    return keyword === '' || !isReserved(keyword);
  }
  return kind === 'quoted';
}

/** Whether the token is any word, reserved or not. */
export function isAnyWord(p: Parser, ahead = 0): boolean {
  return p.kinds[p.at + ahead] === 'word';
}

/** The start of the current token, and so of the node that begins with it. */
export function startOf(p: Parser): number {
  return p.tokens.starts[p.at]!;
}

/** The end of the last token taken, and so of the node that ends with it. */
export function endOf(p: Parser): number {
  return p.tokens.ends[p.at - 1]!;
}

/** The current token's text. */
export function textOf(p: Parser): string {
  return p.tokens.text.slice(p.tokens.starts[p.at], p.tokens.ends[p.at]);
}

/** The text of the token `ahead` of the current one. */
export function textOfToken(p: Parser, ahead: number): string {
  return p.tokens.text.slice(p.tokens.starts[p.at + ahead], p.tokens.ends[p.at + ahead]);
}

/** One or more items, separated by commas. */
export function list<T>(p: Parser, item: (p: Parser) => T): T[] {
  const items = [item(p)];
  while (eatSymbol(p, ',')) items.push(item(p));
  return items;
}

/** `( item, item, ... )`. */
export function parenthesizedList<T>(p: Parser, item: (p: Parser) => T): T[] {
  expectSymbol(p, '(');
  const items = list(p, item);
  expectSymbol(p, ')');
  return items;
}

/** `( )` or `( item, item, ... )`. */
export function optionalItems<T>(p: Parser, item: (p: Parser) => T): T[] {
  expectSymbol(p, '(');
  if (eatSymbol(p, ')')) return [];
  const items = list(p, item);
  expectSymbol(p, ')');
  return items;
}

/** Takes the current token, which may be any word, and returns it in upper case. */
export function takeAnyWord(p: Parser): string {
  if (p.kinds[p.at] !== 'word') refuse(p, 'a word');
  const text = textOf(p).toUpperCase();
  p.at++;
  return text;
}

/** A node that is still being built, whose fields may be assigned. */
export type Building<T> = { -readonly [Key in keyof T]: T[Key] };
