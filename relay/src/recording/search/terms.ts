import { createHash } from 'node:crypto';

/** What an event is found by: a word, or a whole name of one of these kinds. */
export type TermKind = 'word' | 'object' | 'rule' | 'person';

/**
 * A key of the search index. Two different things have different terms, except for words of which the first 200
 * characters are the same.
 */
export function termOf(kind: TermKind, value: string): string {
  const text = value.toWellFormed();
  // Cut, a pair of surrogates may be halved.
  if (kind === 'word') return `w:${text.slice(0, LONGEST).toWellFormed()}`;
  const isShort = text.length <= LONGEST && !CONTROL.test(text);
  return `${LETTERS[kind]}:${isShort ? text : `\t${createHash('sha256').update(text).digest('hex')}`}`;
}

/** In place of a person: whoever opened the event's session. */
export const OF_OPENER = 'q';

/** With the person who opened the session in the place of `OF_OPENER`. */
export function withOpener(terms: readonly string[], opener: string | undefined): readonly string[] {
  if (!terms.includes(OF_OPENER)) return terms;
  const others = terms.filter((term) => term !== OF_OPENER);
  return opener === undefined || opener === '' ? others : [...others, termOf('person', opener)];
}

/** The terms of the different words in a text. */
export function wordTerms(text: string): readonly string[] {
  return [...new Set(wordsOf(text).map((word) => termOf('word', word)))];
}

/** What search takes for words: letters, digits, `_` and `$`, in small letters and without accents. */
function wordsOf(text: string): readonly string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  return plain.match(/[\p{L}\p{N}\p{Co}_$]+/gu) ?? [];
}

/** The terms that everything searched for must have; null when it can be found nowhere. */
export function searchedTerms(search: {
  readonly person?: string;
  readonly object?: string;
  readonly rule?: string;
  readonly text?: string;
}): { readonly all: readonly string[]; readonly beginning: string | null } | null {
  const { person, object, rule, text } = search;
  const all: string[] = [];
  if (person !== undefined) all.push(termOf('person', person));
  if (object !== undefined) all.push(termOf('object', object.toUpperCase()));
  if (rule !== undefined) all.push(termOf('rule', rule));
  if (text === undefined) return { all, beginning: null };
  const words = wordsOf(text).map((word) => termOf('word', word));
  const beginning = words.pop();
  return beginning === undefined ? null : { all: [...new Set([...all, ...words])], beginning };
}

const LETTERS = { object: 'o', rule: 'r', person: 'p' } as const;
/** Characters. An index of a database takes a key of some 2,000 bytes. */
const LONGEST = 200;
const CONTROL = /\p{Cc}/u;
