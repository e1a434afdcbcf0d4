import { sql } from 'kysely';
import { inChunks } from '../sql/chunks.ts';
import type { TextIndex } from '../text-index.ts';
import { keepable } from '../values.ts';

/** The parts of an event's text are this far from each other, and from those of the next event. */
const STEP = 2 ** 40;

/** SQLite's own full-text index, FTS5: one row a part, whose number says of which event it is. */
export const sqliteTextIndex: TextIndex = {
  async add(db, parts) {
    for (const some of inChunks(parts, 1_000)) {
      const rows = some.map(
        ({ position, part, text }) => sql`(${position + part * STEP}, ${keepable(text)})`,
      );
      await sql`INSERT INTO recorded_text (rowid, content) VALUES ${sql.join(rows)}`.execute(db);
    }
  },
  async addOfEvent(db, position, part, { from, length }) {
    // Within the database: the text is as long as it is.
    await sql`INSERT INTO recorded_text (rowid, content)
      SELECT position + ${part * STEP}, substr(body ->> '$.sql', ${from + 1}, ${length})
      FROM recorded_event WHERE position = ${position} AND body IS NOT NULL`.execute(db);
  },
  async remove(db, texts) {
    const rowids = texts.flatMap(({ position, parts }) =>
      Array.from({ length: parts }, (_, part) => position + part * STEP),
    );
    for (const some of inChunks(rowids, 1_000)) {
      await sql`DELETE FROM recorded_text WHERE rowid IN (${sql.join(some)})`.execute(db);
    }
  },
  matching(words) {
    // Each word quoted: what people type is text to find, never the search engine's own language.
    const quoted = words.map((word) => `"${word}"`).join(' ');
    const query = quoted === '' ? '""' : `${quoted}*`;
    return sql`(SELECT rowid & ${sql.lit(STEP - 1)} FROM recorded_text WHERE recorded_text MATCH ${query})`;
  },
};
