import type { Grant, GrantsStore } from '../../approval/index.ts';
import type { Database } from '../connection.ts';

export function grantsOn(db: Database): GrantsStore {
  return {
    async live(now, requester) {
      let query = db
        .selectFrom('approval_grant')
        .select(['content', 'rows_left'])
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', now);
      if (requester !== undefined) query = query.where('requester', '=', requester);
      const rows = await query.orderBy('expires_at').execute();
      return rows.map(({ content, rows_left }) => ({
        ...grantOf(content),
        rowsLeft: rows_left,
      }));
    },
    async add(grant) {
      await db
        .insertInto('approval_grant')
        .values({
          id: grant.id,
          requester: grant.requester.id,
          expires_at: grant.expiresAt,
          revoked_at: null,
          rows_left: grant.rowsInAll,
          content: JSON.stringify(grant),
        })
        .execute();
    },
    async take(id, rows, now) {
      const row = await db
        .selectFrom('approval_grant')
        .select('rows_left')
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', now)
        .executeTakeFirst();
      const taken = Math.min(rows, row?.rows_left ?? 0);
      if (taken <= 0) return 0;
      await db
        .updateTable('approval_grant')
        .set((is) => ({ rows_left: is('rows_left', '-', taken) }))
        .where('id', '=', id)
        .execute();
      return taken;
    },
    async giveBack(id, rows) {
      await db
        .updateTable('approval_grant')
        .set((is) => ({ rows_left: is('rows_left', '+', rows) }))
        .where('id', '=', id)
        .execute();
    },
    async revoke(id, now) {
      await db.updateTable('approval_grant').set({ revoked_at: now }).where('id', '=', id).execute();
    },
  };
}

/** Those of before access could be asked for ahead were given with a statement, and began at once. */
function grantOf(content: string): Grant {
  const grant = JSON.parse(content) as Omit<Grant, 'startsAt' | 'purpose'> & Partial<Grant>;
  return { purpose: null, startsAt: grant.givenAt, ...grant };
}
