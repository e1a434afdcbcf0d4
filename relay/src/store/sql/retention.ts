import { sql } from 'kysely';
import type { RetentionStore } from '../../recording/index.ts';
import type { Database } from '../connection.ts';
import { inLog } from './events.ts';

export function retentionOn(db: Database): RetentionStore {
  return {
    async closed({ removed, before, after, limit }) {
      let query = db
        .selectFrom('recorded_session as s')
        .select(['s.session', 's.closed_at'])
        .select((row) => {
          const newest = row
            .selectFrom('recorded_event as e')
            .whereRef('e.session', '=', 's.session')
            .where('e.type', '!=', 'redacted')
            .where(inLog(undefined, 'e'))
            .orderBy('e.seq', 'desc')
            .limit(1);
          return [newest.select('e.at').as('newest_at'), newest.select('e.position').as('newest_position')];
        })
        // As in the index: a database takes a partial one only for the very condition.
        .where(sql<boolean>`s.closed_at IS NOT NULL AND s.held = 0`)
        .where('s.removed', '=', removed)
        .where('s.closed_at', '<', before)
        .orderBy('s.closed_at')
        .orderBy('s.session')
        .limit(limit);
      if (after !== null) {
        query = query.where(sql<boolean>`(s.closed_at, s.session) > (${after.closedAt}, ${after.session})`);
      }
      return (await query.execute()).flatMap(({ session, closed_at, newest_at, newest_position }) =>
        closed_at === null || newest_at === null || newest_position === null
          ? []
          : [{ session, closedAt: closed_at, newestAt: newest_at, newestPosition: newest_position }],
      );
    },
    async removable(session, { after, limit, except }) {
      const rows = await db
        .selectFrom('recorded_event')
        .select(['seq', 'position', 'type'])
        .select(sql<number | boolean>`body IS NOT NULL`.as('whole'))
        .where('session', '=', session)
        .where('seq', '>', after)
        .where(inLog())
        .orderBy('seq')
        .limit(limit)
        .execute();
      if (rows.length === 0) return [];
      const mentions = await db
        .selectFrom('recorded_mention')
        .select(['position', 'value'])
        .where(
          'position',
          'in',
          rows.map(({ position }) => position),
        )
        .where('kind', '=', 'payload')
        .execute();
      const payloads = Map.groupBy(mentions, ({ position }) => position);
      return rows.map(({ seq, position, type, whole }) => ({
        seq,
        hasBody: Boolean(whole) && !except.some((kept) => kept === type),
        payloads: (payloads.get(position) ?? []).map(({ value }) => value),
      }));
    },
    async weigh(session, except) {
      const own = db.selectFrom('recorded_event').where('session', '=', session).where(inLog());
      const bodies = await own
        .select((row) => row.fn.countAll<number>().as('n'))
        .select(sql<number | null>`sum(length(body))`.as('bytes'))
        .where('body', 'is not', null)
        .where('type', 'not in', except)
        .executeTakeFirstOrThrow();
      const named = db
        .selectFrom('recorded_mention')
        .select('value')
        .where('kind', '=', 'payload')
        .where('position', 'in', own.select('position'));
      const payloads = await db
        .selectFrom('recorded_payload')
        .select((row) => row.fn.countAll<number>().as('n'))
        .select(sql<number | null>`sum(length(sealed))`.as('bytes'))
        .where('address', 'in', named)
        .executeTakeFirstOrThrow();
      return {
        bodies: { number: bodies.n, bytes: bodies.bytes ?? 0 },
        payloads: { number: payloads.n, bytes: payloads.bytes ?? 0 },
      };
    },
    announced: (limit) =>
      db.selectFrom('recorded_removal').selectAll().orderBy('session').orderBy('seq').limit(limit).execute(),
    async run() {
      const row = await db
        .selectFrom('retention_run')
        .select(['relay', 'until', 'state', 'swept'])
        .executeTakeFirst();
      return row ?? null;
    },

    async setRemoved(session, removed) {
      await db.updateTable('recorded_session').set({ removed }).where('session', '=', session).execute();
    },
    async announce(announced) {
      await db.insertInto('recorded_removal').values(announced).execute();
    },
    async settle({ session, seq }) {
      await db.deleteFrom('recorded_removal').where('session', '=', session).where('seq', '=', seq).execute();
    },
    async saveRun(run) {
      await db
        .insertInto('retention_run')
        .values({ one: 1, ...run })
        .onConflict((conflict) => conflict.column('one').doUpdateSet(run))
        .execute();
    },
  };
}
