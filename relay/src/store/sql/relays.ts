import type { RelaysStore } from '../../relays.ts';
import type { Database } from '../connection.ts';

export function relaysOn(db: Database): RelaysStore {
  return {
    async all() {
      const rows = await db.selectFrom('relay_seen').selectAll().execute();
      return rows.map(({ relay, seen_at }) => ({ relay, seenAt: seen_at }));
    },
    async wentOnWith(statement) {
      const row = await db
        .selectFrom('statement_moved')
        .select(['session', 'relay'])
        .where('statement', '=', statement)
        .executeTakeFirst();
      return row ?? null;
    },
    async seen(relay, at) {
      await db
        .insertInto('relay_seen')
        .values({ relay, seen_at: at })
        .onConflict((conflict) => conflict.column('relay').doUpdateSet({ seen_at: at }))
        .execute();
    },
    async gone(relay) {
      await db.deleteFrom('relay_seen').where('relay', '=', relay).execute();
      await db.deleteFrom('statement_moved').where('relay', '=', relay).execute();
    },
    async forget(before) {
      const gone = db.selectFrom('relay_seen').select('relay').where('seen_at', '<', before);
      await db.deleteFrom('statement_moved').where('relay', 'in', gone).execute();
      await db.deleteFrom('relay_seen').where('seen_at', '<', before).execute();
    },
    async goOnWith(statement, { session, relay }) {
      await db
        .insertInto('statement_moved')
        .values({ statement, session, relay })
        .onConflict((conflict) => conflict.column('statement').doUpdateSet({ relay }))
        .execute();
    },
  };
}
