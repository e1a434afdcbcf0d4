import type { RecordedEvent } from '@sluice/contract';

/** A part of a text, and where words are in it: UTF-16 code units, `end` exclusive. */
export interface Excerpt {
  readonly text: string;
  readonly matches: readonly { readonly start: number; readonly end: number }[];
  /** Whether there is more of it before and behind. */
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

/** Code units around the first word that was found. */
const BEFORE = 80;
const AFTER = 240;

/**
 * The part of an event's SQL or prompt around the first of these words. Null when the event has no such text, or none of the
 * words as they stand: the index folds accents, which a reader finds by eye.
 */
export function excerptOf(event: RecordedEvent, words: string): Excerpt | null {
  const text = textOf(event);
  if (text === null) return null;
  const wanted = (words.match(WORD) ?? []).slice(0, MOST_WORDS);
  if (wanted.length === 0) return null;
  const found = new RegExp(wanted.map((word) => RegExp.escape(word)).join('|'), 'giu');
  const first = text.search(found);
  if (first === -1) return null;
  const start = boundary(text, Math.max(0, first - BEFORE));
  const end = boundary(text, Math.min(text.length, first + AFTER));
  const part = text.slice(start, end);
  const matches = [...part.matchAll(found)].map(({ index, 0: word }) => ({
    start: index,
    end: index + word.length,
  }));
  return { text: part, matches, cutBefore: start > 0, cutAfter: end < text.length };
}

/** A search has a few; more are found, and not shown. */
const MOST_WORDS = 16;

/** As the search index reads them. */
const WORD = /[\p{L}\p{N}\p{Co}_$]+/gu;

function textOf(event: RecordedEvent): string | null {
  if (!('body' in event)) return null;
  const { body } = event;
  if (body.type === 'statement') return body.sql;
  if (body.type === 'access_asked') return `${body.bound.purpose}\n${body.bound.sql}`;
  if (body.type === 'bypass_attempted') return `${body.evidence}\n${body.excerpt}`;
  return body.type === 'prompt' ? body.text : null;
}

/** Not within a surrogate pair. */
function boundary(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
