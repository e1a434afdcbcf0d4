import { sql } from 'kysely';
import type { IndexStore, MentionKind } from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import type { Database } from '../connection.ts';
import { type TextIndex, wordsOf } from '../text-index.ts';
import { keepable } from '../values.ts';
import { inChunks } from './chunks.ts';
import { storedEvent } from './events.ts';

export function recordIndexOn(db: Database, texts: TextIndex): IndexStore {
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
    async search(search) {
      let query = db.selectFrom('recorded_event').selectAll().orderBy('position', 'desc').limit(search.limit);
      if (search.person !== undefined) {
        const own = db.selectFrom('recorded_session').select('session').where('person', '=', search.person);
        const mentions = mentioning('person', search.person);
        query = query.where((row) => row.or([row('session', 'in', own), row('position', 'in', mentions)]));
      }
      if (search.object !== undefined) {
        query = query.where('position', 'in', mentioning('object', search.object.toUpperCase()));
      }
      if (search.rule !== undefined) query = query.where('position', 'in', mentioning('rule', search.rule));
      if (search.text !== undefined) {
        query = query.where(sql<boolean>`${sql.ref('position')} IN ${texts.matching(wordsOf(search.text))}`);
      }
      if (search.since !== undefined) query = query.where('at', '>=', search.since);
      if (search.before !== undefined) query = query.where('at', '<', search.before);
      if (search.olderThan !== undefined) query = query.where('position', '<', search.olderThan);
      const events = (await query.execute()).map(storedEvent);
      return { events, searchedTo: events.length < search.limit ? null : (events.at(-1)?.position ?? null) };
    },
    async isMentioned({ kind, value, session }) {
      const found = await mentioning(kind, value).where('session', '=', session).limit(1).executeTakeFirst();
      return found !== undefined;
    },
    async payloadsOf(session) {
      const rows = await db
        .selectFrom('recorded_mention')
        .select('value')
        .distinct()
        .where('kind', '=', 'payload')
        .where(
          'position',
          'in',
          db.selectFrom('recorded_event').select('position').where('session', '=', session),
        )
        .execute();
      return rows.map(({ value }) => value);
    },
    async stillSince(before) {
      const rows = await db
        .selectFrom('recorded_session as s')
        .select('s.session')
        .where('s.held', '=', 0)
        .where('s.closed_at', '<', before)
        .where((row) =>
          row.not(
            row.exists(
              row
                .selectFrom('recorded_event as e')
                .select('e.seq')
                .whereRef('e.session', '=', 's.session')
                .where('e.at', '>=', before)
                .where('e.type', '!=', 'redacted'),
            ),
          ),
        )
        .execute();
      return rows.map(({ session }) => session);
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
    async longTextDue() {
      const due = await db
        .selectFrom('recorded_long_text')
        .select('position')
        .whereRef('indexed', '<', 'parts')
        .orderBy('position')
        .limit(1)
        .executeTakeFirst();
      return due?.position ?? null;
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
      await update(session)
        .set({ held: held ? 1 : 0 })
        .execute();
    },
    async addTexts(added) {
      await texts.add(
        db,
        added.map(({ position, text }) => ({ position, part: 0, text })),
      );
    },
    async addLongText(position, parts) {
      await db.insertInto('recorded_long_text').values({ position, parts, indexed: 1 }).execute();
    },
    async addNextPart(position, { step, length }) {
      const next = await db
        .updateTable('recorded_long_text')
        .set((row) => ({ indexed: row('indexed', '+', 1) }))
        .where('position', '=', position)
        .whereRef('indexed', '<', 'parts')
        .returning('indexed')
        .executeTakeFirst();
      // Nothing, when retention has removed it meanwhile.
      if (next === undefined) return;
      const part = next.indexed - 1;
      await texts.addOfEvent(db, position, part, { from: part * step, length });
    },
    async forget(positions) {
      for (const some of inChunks(positions, 1_000)) {
        await db.deleteFrom('recorded_mention').where('position', 'in', some).execute();
        const long = await db
          .selectFrom('recorded_long_text')
          .select(['position', 'indexed'])
          .where('position', 'in', some)
          .execute();
        const parts = new Map(long.map(({ position, indexed }) => [position, indexed]));
        await texts.remove(
          db,
          some.map((position) => ({ position, parts: parts.get(position) ?? 1 })),
        );
        await db.deleteFrom('recorded_long_text').where('position', 'in', some).execute();
      }
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
