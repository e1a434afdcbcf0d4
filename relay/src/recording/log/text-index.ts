import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import { type RecordingTables, recordingTables } from '../tables.ts';
import type { Alongside } from './event-log.ts';

/**
 * Characters of a text that go into the search index at once. More of them would hold everybody up, so the rest of a
 * long text goes in part by part afterwards, each in a commit of its own; a search finds its words in one part.
 */
export const PART = 64 * 1024;
/** So that no word is cut in two. */
const OVERLAP = 512;
/** The parts of an event's text are this far from each other, and from those of the next event. */
const STEP = 2 ** 40;

/** Writes an event's text into the index: all of it, or its first part. What is left is noted as due. */
export async function indexTexts(
  transaction: Transaction<RecordingTables>,
  texts: readonly { readonly position: number; readonly text: string }[],
): Promise<void> {
  if (texts.length === 0) return;
  const first = texts.map(({ position, text }) => ({
    rowid: position,
    content: text.slice(0, PART + OVERLAP),
  }));
  await transaction.insertInto('recorded_text').values(first).execute();
  const long = texts
    .filter(({ text }) => text.length > PART)
    .map(({ position, text }) => ({ position, parts: Math.ceil(text.length / PART), indexed: 1 }));
  if (long.length > 0) await transaction.insertInto('recorded_long_text').values(long).execute();
}

/** Takes all parts of these events' texts out of the index. */
export async function removeTexts(
  transaction: Transaction<RecordingTables>,
  positions: readonly number[],
): Promise<void> {
  const long = await transaction
    .selectFrom('recorded_long_text')
    .selectAll()
    .where('position', 'in', positions)
    .execute();
  const later = long.flatMap(({ position, indexed }) =>
    Array.from({ length: indexed - 1 }, (_, index) => position + (index + 1) * STEP),
  );
  for (const rowids of [positions, later]) {
    for (let from = 0; from < rowids.length; from += AT_ONCE) {
      const some = rowids.slice(from, from + AT_ONCE);
      await transaction.deleteFrom('recorded_text').where('rowid', 'in', some).execute();
    }
  }
  await transaction.deleteFrom('recorded_long_text').where('position', 'in', positions).execute();
}

/** A database takes so many parameters. */
const AT_ONCE = 1_000;

/** The events whose texts hold all that is looked for, in one part. */
export function positionsMatching(database: Kysely<RecordingTables>, words: string) {
  return database
    .selectFrom('recorded_text')
    .select(sql<number>`rowid & ${sql.lit(STEP - 1)}`.as('position'))
    .where(sql<boolean>`recorded_text MATCH ${words}`);
}

/** Indexes what is due, in the background; what a relay that stopped has left, the next one goes on with. */
export interface TextIndexer {
  /** There is something due, or there may be. */
  wake(): void;
  /** Stops after the part that is being written. */
  close(): Promise<void>;
}

export function createTextIndexer(options: {
  readonly database: Kysely<unknown>;
  readonly write: (alongside: Alongside) => Promise<void>;
  /** What is due stays due. */
  readonly onFailed: (error: unknown) => void;
}): TextIndexer {
  const database = recordingTables(options.database);
  let running: Promise<void> | null = null;
  const closing = new AbortController();

  const run = async () => {
    while (!closing.signal.aborted) {
      const due = await database
        .selectFrom('recorded_long_text')
        .select('position')
        .whereRef('indexed', '<', 'parts')
        .orderBy('position')
        .limit(1)
        .executeTakeFirst();
      if (due === undefined) return;
      await options.write((transaction) => indexNextPart(transaction, due.position));
    }
  };
  return {
    wake() {
      if (closing.signal.aborted) return;
      running ??= run()
        .catch(options.onFailed)
        .finally(() => (running = null));
    },
    async close() {
      closing.abort();
      await running;
    },
  };
}

/** Nothing, when retention has removed it meanwhile. */
async function indexNextPart(transaction: Transaction<RecordingTables>, position: number): Promise<void> {
  const next = await transaction
    .updateTable('recorded_long_text')
    .set((row) => ({ indexed: row('indexed', '+', 1) }))
    .where('position', '=', position)
    .whereRef('indexed', '<', 'parts')
    .returning('indexed')
    .executeTakeFirst();
  if (next === undefined) return;
  const part = next.indexed - 1;
  // Within the database: the text is as long as it is.
  await sql`INSERT INTO recorded_text (rowid, content)
    SELECT position + ${part * STEP}, substr(body ->> '$.sql', ${part * PART + 1}, ${PART + OVERLAP})
    FROM recorded_event WHERE position = ${position} AND body IS NOT NULL`.execute(transaction);
}
