import { type Keyword, keywordTable, mixHash, slotOf } from './keywords.ts';
import type { SourceRange } from './source-range.ts';
import type { Operator, TokenKind, Tokens } from './tokens.ts';

/** The tokens of a text, and the first problem, if there is one; `tokens` then ends there. */
export interface Tokenized {
  readonly tokens: Tokens;
  readonly problem: TokenProblem | null;
}

export interface TokenProblem {
  readonly spot: SourceRange;
  /** What is wrong there; starts in lower case, without a final period. */
  readonly message: string;
}

/**
 * Splits a text into tokens, in time linear in its length. Never throws.
 *
 * Text that two readers could tokenize differently is refused: a comment opener inside a comment (do comments nest?), a
 * lone carriage return in a line comment (does the line end?), characters that only look like quotes or spaces, and
 * characters that change the displayed order.
 */
export function tokenize(text: string): Tokenized {
  const kinds: TokenKind[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const keywords: (Keyword | '')[] = [];
  const length = text.length;
  let problem: TokenProblem | null = null;
  let at = 0;

  while (at < length) {
    const code = text.charCodeAt(at);
    const start = at;
    let kind: TokenKind;
    let keyword: Keyword | '' = '';
    const type = code < 128 ? CLASSES[code]! : OTHER;

    if (type === SPACE) {
      at++;
      continue;
    }
    if (type === WORD) {
      let hash = 0;
      let next = code;
      do {
        hash = mixHash(hash, next);
        next = ++at < length ? text.charCodeAt(at) : 0;
      } while (next < 128 && CLASSES[next]! >= WORD);
      keyword = keywordAt(text, start, at, hash);
      kind = 'word';
      if (next === COLON && isFileUrl(text, start, at)) {
        at = endOfWordlike(text, at);
        kind = 'url';
        keyword = '';
      }
    } else if (type === DIGIT || (code === DOT && isDigit(text.charCodeAt(at + 1)))) {
      at = endOfNumber(text, at);
      if (isWordPart(text.charCodeAt(at))) {
        problem = trouble(start, at + 1, 'a number is followed directly by a name; put a space between them');
        break;
      }
      kind = 'number';
    } else if (code === QUOTE) {
      at = endOfString(text, at + 1);
      if (at < 0) {
        problem = trouble(start, length, "the string that starts here has no closing `'`");
        break;
      }
      kind = 'string';
    } else if (code === DOUBLE_QUOTE) {
      at = endOfQuoted(text, at + 1);
      if (at < 0) {
        problem = trouble(start, length, 'the quoted name that starts here has no closing `"`');
        break;
      }
      if (at - start === 2) {
        problem = trouble(start, at, 'a quoted name is empty');
        break;
      }
      kind = 'quoted';
    } else if (
      (code === DASH && text.charCodeAt(at + 1) === DASH) ||
      (code === SLASH && text.charCodeAt(at + 1) === SLASH)
    ) {
      at = endOfLineComment(text, at + 2);
      problem = commentProblem(text, start, at, false);
      if (problem !== null) break;
      continue;
    } else if (code === SLASH && text.charCodeAt(at + 1) === STAR) {
      const close = text.indexOf('*/', at + 2);
      if (close < 0) {
        problem = trouble(start, length, 'the comment that starts here has no closing `*/`');
        break;
      }
      at = close + 2;
      problem = commentProblem(text, start, at, true);
      if (problem !== null) break;
      continue;
    } else if (code === DOLLAR) {
      const next = text.charCodeAt(at + 1);
      if (next === DOLLAR) {
        const close = text.indexOf('$$', at + 2);
        if (close < 0) {
          problem = trouble(start, length, 'the string that starts here has no closing `$$`');
          break;
        }
        at = close + 2;
        kind = 'dollars';
      } else if (isDigit(next)) {
        do at++;
        while (isDigit(text.charCodeAt(at)));
        if (isWordPart(text.charCodeAt(at))) {
          problem = trouble(
            start,
            at + 1,
            'a column position is followed directly by a name; put a space between them',
          );
          break;
        }
        kind = 'position';
      } else if (isWordPart(next)) {
        do at++;
        while (isWordPart(text.charCodeAt(at)));
        kind = 'variable';
      } else {
        at++;
        kind = '$';
      }
    } else if (code === AT) {
      at = endOfStage(text, at + 1);
      const dubious = dubiousInStage(text, start, at);
      if (dubious >= 0) {
        problem = trouble(
          dubious,
          dubious + 2,
          text.charCodeAt(dubious) === COLON
            ? 'this part of a stage path could also be a cast or an assignment; quote the path'
            : 'this part of a stage path could also start a comment; quote the path',
        );
        break;
      }
      kind = 'stage';
    } else {
      const operator = code < 128 ? operatorAt(text, at, code) : null;
      if (operator === null) {
        const width = text.codePointAt(at)! > 0xffff ? 2 : 1;
        problem = trouble(at, at + width, strange(text.codePointAt(at)!));
        break;
      }
      at += operator.length;
      kind = operator;
    }
    kinds.push(kind);
    starts.push(start);
    ends.push(at);
    keywords.push(keyword);
  }

  kinds.push('end');
  starts.push(length);
  ends.push(length);
  keywords.push('');
  return { tokens: { text, kinds, starts, ends, keywords }, problem };
}

function trouble(start: number, end: number, message: string): TokenProblem {
  return { spot: { start, end }, message };
}

const QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;
const DASH = 0x2d;
const SLASH = 0x2f;
const STAR = 0x2a;
const DOLLAR = 0x24;
const DOT = 0x2e;
const COLON = 0x3a;
const EQUALS = 0x3d;
const AT = 0x40;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const VERTICAL_TAB = 0x0b;
const FORM_FEED = 0x0c;
const CARRIAGE_RETURN = 0x0d;

/* Character classes; characters that may continue a word have WORD or above. */
const OTHER = 0;
const SPACE = 1;
const WORD = 2;
const DIGIT = 3;
const DOLLAR_SIGN = 4;

const CLASSES = characterClasses();

function characterClasses(): Uint8Array {
  const classes = new Uint8Array(128);
  for (const space of [0x20, 0x09, LINE_FEED, CARRIAGE_RETURN, FORM_FEED]) classes[space] = SPACE;
  for (let code = 0x41; code <= 0x5a; code++) classes[code] = classes[code + 0x20] = WORD;
  for (let code = 0x30; code <= 0x39; code++) classes[code] = DIGIT;
  classes[0x5f] = WORD;
  classes[DOLLAR] = DOLLAR_SIGN;
  return classes;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Whether a character may continue an unquoted name: letters, digits, `_`, `$`. False past the end of the text. */
function isWordPart(code: number): boolean {
  return code < 128 && CLASSES[code]! >= WORD;
}

/** The keyword that `text.slice(start, end)` spells, found without slicing the text. */
function keywordAt(text: string, start: number, end: number, hash: number): Keyword | '' {
  const { slots, mask } = TABLE;
  for (let slot = slotOf(hash, mask); ; slot = (slot + 1) & mask) {
    const candidate = slots[slot]!;
    if (candidate === '') return '';
    if (candidate.length === end - start && spells(text, start, candidate)) return candidate;
  }
}

const TABLE = keywordTable();

function spells(text: string, start: number, keyword: string): boolean {
  for (let i = 0; i < keyword.length; i++) {
    if ((text.charCodeAt(start + i) & 0xdf) !== (keyword.charCodeAt(i) & 0xdf)) return false;
  }
  return true;
}

function endOfNumber(text: string, at: number): number {
  while (isDigit(text.charCodeAt(at))) at++;
  if (text.charCodeAt(at) === DOT && text.charCodeAt(at + 1) !== DOT) {
    at++;
    while (isDigit(text.charCodeAt(at))) at++;
  }
  if ((text.charCodeAt(at) & 0xdf) === 0x45) {
    const sign = text.charCodeAt(at + 1);
    const digits = sign === 0x2b || sign === DASH ? at + 2 : at + 1;
    if (isDigit(text.charCodeAt(digits))) {
      at = digits;
      while (isDigit(text.charCodeAt(at))) at++;
    }
  }
  return at;
}

/** The offset after the closing quote; -1 if there is none. A backslash escapes the next character. */
function endOfString(text: string, at: number): number {
  for (const length = text.length; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) {
      if (text.charCodeAt(at + 1) !== QUOTE) return at + 1;
      at++;
    }
  }
  return -1;
}

function endOfQuoted(text: string, at: number): number {
  for (;;) {
    const close = text.indexOf('"', at);
    if (close < 0) return -1;
    if (text.charCodeAt(close + 1) !== DOUBLE_QUOTE) return close + 1;
    at = close + 2;
  }
}

function endOfLineComment(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Why a comment could be read in two ways, or displayed in another order than it is read. */
function commentProblem(text: string, start: number, end: number, block: boolean): TokenProblem | null {
  for (let at = start + 2; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x80) {
      if (isBidiControl(code))
        return trouble(at, at + 1, 'a comment contains a character that reorders text');
      if (code === 0x85 || code === 0x2028 || code === 0x2029) {
        return trouble(at, at + 1, 'a comment contains a line separator that not every parser recognises');
      }
    } else if (block) {
      if (code === SLASH && text.charCodeAt(at + 1) === STAR && at + 1 < end) {
        return trouble(
          at,
          at + 2,
          'a comment contains `/*`, so where it ends depends on whether comments nest',
        );
      }
    } else if (code === VERTICAL_TAB || code === FORM_FEED) {
      return trouble(at, at + 1, 'a line comment contains a character that some parsers take for a line end');
    } else if (code === CARRIAGE_RETURN && at + 1 !== end) {
      return trouble(at, at + 1, 'a line comment contains a carriage return, so where it ends is ambiguous');
    }
  }
  return null;
}

/** Whether a word is the `file://` that starts an unquoted local path, as PUT and GET accept it. */
function isFileUrl(text: string, start: number, end: number): boolean {
  return end - start === 4 && text.startsWith('://', end) && spells(text, start, 'FILE');
}

/** The offset of the next white space, quote or semicolon. */
function endOfWordlike(text: string, at: number): number {
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f || code === 0x3b || code === QUOTE || code === DOUBLE_QUOTE) break;
  }
  return at;
}

/** The offset after a stage's name and path: `@db.s."My stage"/a/b-c.csv`, `@~/x`, `@%t`. */
function endOfStage(text: string, at: number): number {
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOUBLE_QUOTE) {
      const close = endOfQuoted(text, at + 1);
      if (close < 0) return at;
      at = close - 1;
    } else if (!isStagePart(code)) {
      return at;
    }
  }
  return at;
}

function isStagePart(code: number): boolean {
  return isWordPart(code) || STAGE_PUNCTUATION.has(code);
}

const STAGE_PUNCTUATION: ReadonlySet<number> = new Set(Array.from('./%~-=+:', (c) => c.charCodeAt(0)));

/** Where in a stage path another reader could see a comment, a cast or an assignment; -1 if nowhere. */
function dubiousInStage(text: string, start: number, end: number): number {
  for (let at = start + 1; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === DOUBLE_QUOTE) at = endOfQuoted(text, at + 1) - 1;
    else if (code === DASH && text.charCodeAt(at + 1) === DASH) return at;
    else if (code === SLASH && (text.charCodeAt(at + 1) === SLASH || text.charCodeAt(at + 1) === STAR))
      return at;
    else if (code === COLON && (text.charCodeAt(at + 1) === COLON || text.charCodeAt(at + 1) === EQUALS))
      return at;
  }
  return -1;
}

function operatorAt(text: string, at: number, code: number): Operator | null {
  const candidates = OPERATORS[code];
  if (candidates === undefined) return null;
  if (candidates.length === 1) return candidates[0]!;
  for (const operator of candidates) {
    if (text.startsWith(operator, at)) return operator;
  }
  return null;
}

/** Operators by the code of their first character, longest first. */
const OPERATORS = operatorsByFirst([
  '->>',
  '->',
  '::',
  ':=',
  '=>',
  '<>',
  '!=',
  '<=',
  '>=',
  '**',
  '||',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ';',
  '.',
  ':',
  '=',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '|',
  '!',
  '?',
  '^',
]);

function operatorsByFirst(operators: readonly Operator[]): readonly (readonly Operator[] | undefined)[] {
  const table: Operator[][] = [];
  for (const operator of operators) (table[operator.charCodeAt(0)] ??= []).push(operator);
  return table;
}

function strange(code: number): string {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  if (code === 0x60) return 'a back-tick is no quote here; names are quoted with `"`';
  if (code === 0x23) return '`#` does not start a comment here; use `--`';
  if (code >= 0x2018 && code <= 0x201f) return `${name} only looks like a quote; use a straight quote`;
  if (isBidiControl(code)) return `${name} reorders the displayed text; it is allowed only in a literal`;
  if (
    code === 0xa0 ||
    code === 0x3000 ||
    (code >= 0x2000 && code <= 0x200d) ||
    code === 0xfeff ||
    code === 0x202f
  ) {
    return `${name} only looks like a space, or is invisible; use a plain space`;
  }
  return `${name} is allowed only in a literal or a quoted name`;
}

function isBidiControl(code: number): boolean {
  return (
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    code === 0x200e ||
    code === 0x200f ||
    code === 0x061c
  );
}
