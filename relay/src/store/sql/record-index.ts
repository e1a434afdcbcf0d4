import { sql } from 'kysely';
import type { IndexStore, MentionKind } from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import type { Database } from '../connection.ts';
import { keepable } from '../values.ts';
import { inChunks } from './chunks.ts';
import { termsOn } from './terms.ts';

export function recordIndexOn(db: Database): IndexStore {
  const mentioning = (kind: MentionKind, value: string) =>
    db
      .selectFrom('recorded_mention')
      .where('kind', '=', kind)
      .where('value', '=', keepable(value))
      .select('position');
  const update = (session: string) => db.updateTable('recorded_session').where('session', '=', session);

  return {
    async sessions(filter) {
      let query = db
        .selectFrom('recorded_session as s')
        .selectAll('s')
        .select((row) =>
          row
            .selectFrom('recorded_event as e')
            .whereRef('e.session', '=', 's.session')
            .select(sql<number>`max(e.seq) + 1`.as('n'))
            .as('events'),
        )
        .orderBy('opened_at', 'desc')
        .orderBy('session')
        .limit(filter.limit);
      if (filter.person !== undefined) query = query.where('person', '=', filter.person);
      if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject);
      if (filter.before !== undefined) query = query.where('opened_at', '<', filter.before);
      if (filter.since !== undefined) query = query.where('opened_at', '>=', filter.since);
      if (filter.held === true) query = query.where(sql<boolean>`held = 1`);
      if (filter.after !== undefined) {
        const { openedAt, session } = filter.after;
        query = query
          .where('opened_at', '<=', openedAt)
          .where((row) => row.or([row('opened_at', '<', openedAt), row('session', '>', session)]));
      }
      return (await query.execute()).map((row) => ({
        session: row.session as SessionId,
        openedAt: row.opened_at,
        closedAt: row.closed_at,
        person: row.person,
        name: row.name,
        application: row.application,
        agent: row.agent,
        held: row.held === 1,
        events: row.events ?? 0,
      }));
    },
    async isMentioned({ kind, value, session }) {
      const found = await mentioning(kind, value).where('session', '=', session).limit(1).executeTakeFirst();
      return found !== undefined;
    },
    async isHeld(session) {
      const row = await db
        .selectFrom('recorded_session')
        .select('held')
        .where('session', '=', session)
        .executeTakeFirst();
      return row?.held === 1;
    },
    async isKnown(session) {
      const row = await db
        .selectFrom('recorded_session')
        .select('session')
        .where('session', '=', session)
        .executeTakeFirst();
      return row !== undefined;
    },

    async mention(mentions) {
      const rows = mentions.map((mention) => ({ ...mention, value: keepable(mention.value) }));
      for (const some of inChunks(rows, 1_000)) {
        await db
          .insertInto('recorded_mention')
          .values(some)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
    },
    async sessionOpened({ session, at, person, subject, name, application, agent }) {
      await db
        .insertInto('recorded_session')
        .values({
          session,
          opened_at: at,
          closed_at: null,
          person: keepable(person),
          subject: keepable(subject),
          name: keepable(name),
          application: keepable(application),
          agent: agent === null ? null : keepable(agent),
          held: 0,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async sessionClosed(session, at) {
      await update(session).set({ closed_at: at }).execute();
    },
    async sessionHeld(session, held) {
      // What was announced under another hold was called off: all of it is looked at anew.
      await update(session)
        .set({ held: held ? 1 : 0, removed: 0 })
        .execute();
    },
    async forget(positions) {
      for (const some of inChunks(positions, 1_000)) {
        await db.deleteFrom('recorded_mention').where('position', 'in', some).execute();
      }
      await termsOn(db).forget(positions);
    },
    async forgetSession(session) {
      await update(session)
        .set({ person: '', subject: '', name: '(removed)', application: '', agent: null })
        .execute();
    },
    async forgetPayloads(session, addresses) {
      for (const some of inChunks(addresses, 1_000)) {
        await db
          .deleteFrom('recorded_mention')
          .where('session', '=', session)
          .where('kind', '=', 'payload')
          .where('value', 'in', some)
          .execute();
      }
    },
  };
}
