import { sql } from 'kysely';
import { inChunks } from '../sql/chunks.ts';
import { type IndexedPart, type TextIndex, wordsOf } from '../text-index.ts';

/** A word of a tsvector has 2046 bytes at most; of one that is longer, its beginning is found. */
const LONGEST = 500;

/**
 * PostgreSQL's full-text index over words that the relay has told apart, so that a search finds the same in either
 * database: its own parsers take `a.b.c` for a host, and know the stop words of languages.
 */
export const postgresTextIndex: TextIndex = {
  async add(db, parts) {
    for (const some of inChunks(parts, 100)) {
      const rows = some.map(
        ({ position, part, text }) =>
          sql`(${position}, ${part}, array_to_tsvector(${arrayOf(text)}::text[]))`,
      );
      await sql`INSERT INTO recorded_text (position, part, words) VALUES ${sql.join(rows)}`.execute(db);
    }
  },
  async addOfEvent(db, position, part, { from, length }) {
    const row = await db
      .selectFrom('recorded_event')
      .select('body')
      .where('position', '=', position)
      .executeTakeFirst();
    if (row === undefined || row.body === null) return;
    const { sql: text } = JSON.parse(row.body) as { sql: string };
    await postgresTextIndex.add(db, [
      { position, part, text: text.slice(from, from + length) },
    ] satisfies IndexedPart[]);
  },
  async remove(db, texts) {
    for (const some of inChunks(texts, 1_000)) {
      const positions = some.map(({ position }) => position);
      await sql`DELETE FROM recorded_text WHERE position IN (${sql.join(positions)})`.execute(db);
    }
  },
  matching(words) {
    const terms = words.map((word) => `'${word.slice(0, LONGEST)}'`);
    // The last may be only begun; nothing finds nothing.
    const query = terms.length === 0 ? '' : `${terms.join(' & ')}:*`;
    return sql`(SELECT position FROM recorded_text WHERE words @@ ${query}::tsquery)`;
  },
};

/** An array as PostgreSQL writes it: words hold neither quotes nor backslashes. */
function arrayOf(text: string): string {
  const words = new Set(wordsOf(text).map((word) => word.slice(0, LONGEST)));
  return `{${[...words].map((word) => `"${word}"`).join(',')}}`;
}
