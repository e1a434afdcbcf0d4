import type { Opening, OpeningsStore, ReviewsStore, StoredReview } from '../../approval/index.ts';
import type { Database } from '../connection.ts';

export function openingsOn(db: Database): OpeningsStore {
  return {
    async list() {
      const rows = await db.selectFrom('break_glass_opening').select('content').execute();
      return rows.map(({ content }) => JSON.parse(content) as Opening);
    },
    async add(opening) {
      const { id, until } = opening;
      await db
        .insertInto('break_glass_opening')
        .values({ id, expires_at: until, content: JSON.stringify(opening) })
        .execute();
    },
    async remove(id) {
      const { numDeletedRows } = await db
        .deleteFrom('break_glass_opening')
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows === 1n;
    },
    async forgetOver(now) {
      await db.deleteFrom('break_glass_opening').where('expires_at', '<=', now).execute();
    },
  };
}

export function reviewsOn(db: Database): ReviewsStore {
  return {
    async find(id) {
      const row = await db
        .selectFrom('break_glass_review')
        .select('content')
        .where('id', '=', id)
        .executeTakeFirst();
      return row === undefined ? null : (JSON.parse(row.content) as StoredReview);
    },
    async list(which) {
      const rows = await db
        .selectFrom('break_glass_review')
        .select('content')
        .where('closed_at', which === 'open' ? 'is' : 'is not', null)
        .orderBy('opened_at')
        .execute();
      return rows.map(({ content }) => JSON.parse(content) as StoredReview);
    },
    async add(stored, now) {
      await db
        .insertInto('break_glass_review')
        .values({ id: stored.review.id, opened_at: now, closed_at: null, content: JSON.stringify(stored) })
        .execute();
    },
    async close(stored, now) {
      const { numUpdatedRows } = await db
        .updateTable('break_glass_review')
        .set({ closed_at: now, content: JSON.stringify(stored) })
        .where('id', '=', stored.review.id)
        .where('closed_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}
