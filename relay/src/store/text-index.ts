import type { RawBuilder } from 'kysely';
import type { Database } from './connection.ts';

/** Full-text search, which each database does in its own way. */
export interface TextIndex {
  /** One part each. */
  add(db: Database, parts: readonly IndexedPart[]): Promise<void>;
  /** The same of a part of an event's SQL: `length` characters from the character `from` on. */
  addOfEvent(
    db: Database,
    position: number,
    part: number,
    range: { from: number; length: number },
  ): Promise<void>;
  /** `parts`: how many of each text are in the index. */
  remove(db: Database, texts: readonly { position: number; parts: number }[]): Promise<void>;
  /** A subquery of the positions of texts that hold all these words in one part; the last may be only begun. */
  matching(words: readonly string[]): RawBuilder<unknown>;
}

export interface IndexedPart {
  readonly position: number;
  readonly part: number;
  readonly text: string;
}

/** What search takes for words: letters, digits, `_` and `$`, in small letters and without accents. */
export function wordsOf(text: string): readonly string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  return plain.match(/[\p{L}\p{N}\p{Co}_$]+/gu) ?? [];
}
