import type { RelaysStore } from '../../relays.ts';
import type { Database } from '../connection.ts';

export function relaysOn(db: Database): RelaysStore {
  return {
    async seenAt(relay) {
      const row = await db
        .selectFrom('relay_seen')
        .select('seen_at')
        .where('relay', '=', relay)
        .executeTakeFirst();
      return row?.seen_at ?? null;
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
    },
    async forget(before) {
      await db.deleteFrom('relay_seen').where('seen_at', '<', before).execute();
    },
  };
}
