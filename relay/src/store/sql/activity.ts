import { sql } from 'kysely';
import type { ActivityStore } from '../../activity/index.ts';
import type { Database } from '../connection.ts';

export function activityOn(db: Database): ActivityStore {
  return {
    async place() {
      const row = await db.selectFrom('activity_place').select('position').executeTakeFirst();
      return row?.position ?? -1;
    },
    hours: (since, before) =>
      db
        .selectFrom('activity_hour')
        .selectAll()
        .where('hour', '>=', since)
        .where('hour', '<', before)
        .orderBy('hour')
        .orderBy('what')
        .execute(),
    async days(since, before) {
      const day = sql<string>`substr(hour, 1, 10)`;
      return await db
        .selectFrom('activity_hour')
        .select([day.as('hour'), 'what', sql<number>`CAST(SUM(count) AS BIGINT)`.as('count')])
        .where('hour', '>=', since)
        .where('hour', '<', before)
        .groupBy([day, 'what'])
        .orderBy(day)
        .orderBy('what')
        .execute();
    },
    async add(counts) {
      for (const { hour, what, count } of counts) {
        await db
          .insertInto('activity_hour')
          .values({ hour, what, count })
          .onConflict((conflict) =>
            conflict
              .columns(['hour', 'what'])
              .doUpdateSet((old) => ({ count: old('activity_hour.count', '+', count) })),
          )
          .execute();
      }
    },
    async moveTo(position) {
      await db
        .insertInto('activity_place')
        .values({ one: 1, position })
        .onConflict((conflict) => conflict.column('one').doUpdateSet({ position }))
        .execute();
    },
  };
}
