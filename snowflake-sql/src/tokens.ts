import type { Keyword } from './keywords.ts';

/**
 * The tokens of a text, as parallel lists: token `i` is `text.slice(starts[i], ends[i])`. Between tokens there are only
 * white space and comments. The last token is `end`: it is empty, at the end of the text.
 */
export interface Tokens {
  readonly text: string;
  readonly kinds: readonly TokenKind[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** The keyword that a word spells, in upper case; empty for other words and other tokens. */
  readonly keywords: readonly (Keyword | '')[];
}

/**
 * `word`: an unquoted name or a keyword. `quoted`: `"..."`. `string`: `'...'`. `dollars`: `$$...$$`. `variable`:
 * `$name`. `position`: `$1`. `stage`: `@...`. `url`: `file://...`. Any other kind is the operator itself.
 */
export type TokenKind =
  | 'end'
  | 'word'
  | 'quoted'
  | 'string'
  | 'dollars'
  | 'number'
  | 'variable'
  | 'position'
  | 'stage'
  | 'url'
  | Operator;

export type Operator =
  | '('
  | ')'
  | '['
  | ']'
  | '{'
  | '}'
  | ','
  | ';'
  | '.'
  | ':'
  | '::'
  | ':='
  | '='
  | '=>'
  | '<>'
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '**'
  | '/'
  | '%'
  | '||'
  | '|'
  | '!'
  | '?'
  | '^'
  | '$'
  | '->'
  | '->>';
