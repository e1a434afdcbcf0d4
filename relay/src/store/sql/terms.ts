import { sql } from 'kysely';
import type { TermsStore } from '../../recording/index.ts';
import type { Database } from '../connection.ts';
import { inChunks } from './chunks.ts';
import { searchOn } from './search.ts';
import { lastBlock } from './search-blocks.ts';
import { keptTerms, termsIn } from './terms-kept.ts';

export function termsOn(db: Database): TermsStore {
  const openers = async (sessions: readonly string[]) => {
    const found = new Map<string, string>();
    for (const some of inChunks(sessions, 1_000)) {
      const rows = await db
        .selectFrom('recorded_session')
        .select(['session', 'person'])
        .where('session', 'in', some)
        .execute();
      for (const { session, person } of rows) found.set(session, person);
    }
    return found;
  };

  return {
    search: searchOn(db, openers),
    openers,
    async progress() {
      // The size first: texts of the events below it, if they are long, are due by then.
      const log = await db.selectFrom('recorded_log').select('size').executeTakeFirst();
      const last = await lastBlock(db);
      const end = last?.end_position ?? 0;
      const recent = await db
        .selectFrom('recorded_recent')
        .select('position')
        .where('position', '>=', end)
        .orderBy('position')
        .limit(1)
        .executeTakeFirst();
      const due = await db
        .selectFrom('recorded_long_text')
        .select('position')
        .whereRef('indexed', '<', 'parts')
        .orderBy('position')
        .limit(1)
        .executeTakeFirst();
      const forgotten = await db
        .selectFrom('recorded_forgotten')
        .selectAll()
        .orderBy('block')
        .limit(1)
        .executeTakeFirst();
      return {
        blocks: last === undefined ? 0 : last.block + 1,
        end,
        recentFrom: recent?.position ?? null,
        size: log?.size ?? 0,
        longText: due?.position ?? null,
        // One that is not a block yet is cleaned when it is.
        forgotten: forgotten !== undefined && forgotten.block <= (last?.block ?? -1) ? forgotten : null,
      };
    },
    async recent({ after, before, limit }) {
      const rows = await db
        .selectFrom('recorded_recent')
        .selectAll()
        .where(sql<boolean>`(position, part) > (${after.position}, ${after.part})`)
        .where('position', '<', before)
        .orderBy('position')
        .orderBy('part')
        .limit(limit)
        .execute();
      return rows.map(({ terms, ...row }) => ({ ...row, terms: termsIn(terms) }));
    },
    async blockAt(position) {
      const found = await db
        .selectFrom('recorded_block')
        .selectAll()
        .where('start_position', '<=', position)
        .orderBy('start_position', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (found === undefined || position >= found.end_position) return null;
      const { block, start_position: start, end_position: end, earliest, latest } = found;
      return { block, start, end, earliest, latest };
    },
    postings: (block, after, limit) =>
      db
        .selectFrom('recorded_term')
        .select(['term', 'offsets'])
        .where('block', '=', block)
        .where('term', '>', after)
        .orderBy('term')
        .limit(limit)
        .execute(),
    async removed(block, from, to) {
      const of = await db
        .selectFrom('recorded_block')
        .selectAll()
        .where('block', '=', block)
        .executeTakeFirst();
      if (of === undefined) return [];
      const rows = await db
        .selectFrom('recorded_event')
        .select('position')
        .where('position', '>=', of.start_position + from)
        .where('position', '<', Math.min(of.end_position, of.start_position + to))
        .where('body', 'is', null)
        .execute();
      return rows.map(({ position }) => position - of.start_position);
    },

    async addRecent(entries) {
      for (const some of inChunks(entries, 1_000)) {
        const rows = some.map(({ terms, ...entry }) => ({ ...entry, terms: keptTerms(terms) }));
        await db.insertInto('recorded_recent').values(rows).execute();
      }
    },
    async addLongText(position, parts) {
      await db.insertInto('recorded_long_text').values({ position, parts, indexed: 1 }).execute();
    },
    async nextPart(position) {
      const next = await db
        .updateTable('recorded_long_text')
        .set((row) => ({ indexed: row('indexed', '+', 1) }))
        .where('position', '=', position)
        .whereRef('indexed', '<', 'parts')
        .returning('indexed')
        .executeTakeFirst();
      return next === undefined ? null : next.indexed - 1;
    },
    async putPostings(block, rows) {
      if (rows.length === 0) return;
      await db
        .insertInto('recorded_term')
        .values(rows.map((row) => ({ block, ...row })))
        .onConflict((conflict) =>
          conflict
            .columns(['block', 'term'])
            .doUpdateSet((row) => ({ offsets: row.ref('excluded.offsets') })),
        )
        .execute();
    },
    async dropPostings(block, terms) {
      if (terms.length === 0) return;
      await db.deleteFrom('recorded_term').where('block', '=', block).where('term', 'in', terms).execute();
    },
    async seal({ block, start, end, earliest, latest }) {
      const made = await db
        .insertInto('recorded_block')
        .values({ block, start_position: start, end_position: end, earliest, latest })
        .onConflict((conflict) => conflict.doNothing())
        .returning('block')
        .executeTakeFirst();
      return made !== undefined;
    },
    async dropSealed() {
      const last = await lastBlock(db);
      const some = db
        .selectFrom('recorded_recent')
        .select('position')
        .where('position', '<', last?.end_position ?? 0)
        .orderBy('position')
        .limit(ENTRIES_AT_ONCE);
      const { numDeletedRows } = await db
        .deleteFrom('recorded_recent')
        .where('position', 'in', some)
        .executeTakeFirst();
      return numDeletedRows >= ENTRIES_AT_ONCE;
    },
    async forget(positions) {
      if (positions.length === 0) return;
      for (const some of inChunks(positions, 1_000)) {
        await db.updateTable('recorded_recent').set({ terms: '' }).where('position', 'in', some).execute();
        await db.deleteFrom('recorded_long_text').where('position', 'in', some).execute();
      }
      const last = await lastBlock(db);
      const blocks = new Set<number>();
      let known: { readonly from: number; readonly to: number } | null = null;
      for (const position of positions.toSorted((a, b) => a - b)) {
        if (known !== null && position >= known.from && position < known.to) continue;
        // What is not in a block yet may be on its way into the next one.
        if (position >= (last?.end_position ?? 0)) {
          blocks.add((last?.block ?? -1) + 1);
          break;
        }
        const { block, start_position, end_position } = await db
          .selectFrom('recorded_block')
          .selectAll()
          .where('start_position', '<=', position)
          .orderBy('start_position', 'desc')
          .limit(1)
          .executeTakeFirstOrThrow();
        blocks.add(block);
        known = { from: start_position, to: end_position };
      }
      await db
        .insertInto('recorded_forgotten')
        .values([...blocks].map((block) => ({ block, times: 1 })))
        .onConflict((conflict) =>
          conflict.column('block').doUpdateSet((row) => ({ times: row('recorded_forgotten.times', '+', 1) })),
        )
        .execute();
    },
    async cleaned({ block, times }) {
      await db
        .deleteFrom('recorded_forgotten')
        .where('block', '=', block)
        .where('times', '=', times)
        .execute();
    },
  };
}

const ENTRIES_AT_ONCE = 1_000;
