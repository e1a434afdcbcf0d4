import type { SessionOutcomes } from '@sluice/contract';
import { type RawBuilder, sql } from 'kysely';
import type { IndexStore, MentionKind } from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import type { Database } from '../connection.ts';
import { inLog } from './events.ts';
import { keepable } from '../../text/index.ts';
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
      if (filter.among?.length === 0) return [];
      let query = db
        .selectFrom('recorded_session as s')
        .selectAll('s')
        .select((row) =>
          row
            .selectFrom('recorded_event as e')
            .whereRef('e.session', '=', 's.session')
            .where(inLog(undefined, 'e'))
            .select(sql<number>`max(e.seq) + 1`.as('n'))
            .as('events'),
        )
        .orderBy('opened_at', 'desc')
        .orderBy('session')
        .limit(filter.limit);
      if (filter.person !== undefined) query = query.where('person', '=', filter.person);
      if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject);
      if (filter.name !== undefined) {
        const part = pattern(filter.name);
        query = query.where(
          sql<boolean>`(lower(name) like ${part} escape '\\' or lower(person) like ${part} escape '\\')`,
        );
      }
      if (filter.agent !== undefined) {
        const part = pattern(filter.agent);
        query = query.where(
          sql<boolean>`(lower(application) like ${part} escape '\\' or lower(agent) like ${part} escape '\\')`,
        );
      }
      if (filter.among !== undefined) query = query.where('s.session', 'in', filter.among);
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
        subject: row.subject,
        name: row.name,
        application: row.application,
        agent: row.agent,
        held: row.held === 1,
        removed: row.removed,
        events: row.events ?? 0,
      }));
    },
    async outcomes(sessions) {
      const outcomes = new Map<string, SessionOutcomes>();
      for (const session of sessions) {
        // One by one: each goes by the index of its session.
        const counted = await db
          .selectFrom('recorded_event')
          .where('session', '=', session)
          .where('type', 'in', ['statement', 'decision', 'error'])
          .select([
            count(sql`type = 'statement'`).as('statements'),
            count(decided('allow')).as('allowed'),
            count(decided('mask')).as('masked'),
            count(decided('ask')).as('held'),
            count(decided('block')).as('blocked'),
            count(sql`type = 'error'`).as('failed'),
          ])
          .executeTakeFirstOrThrow();
        outcomes.set(session, counted);
      }
      return outcomes;
    },
    async mentionedAt({ kind, value, session }) {
      const found = await mentioning(kind, value)
        .where('session', '=', session)
        .orderBy('position')
        .limit(1)
        .executeTakeFirst();
      return found?.position ?? null;
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

/** Texts that have this one in them, for `LIKE` with `\\` as its escape. */
function pattern(part: string): string {
  return `%${keepable(part)
    .toLowerCase()
    .replaceAll(/[\\%_]/g, '\\$&')}%`;
}

function count(condition: RawBuilder<unknown>) {
  // A sum is wider than what it is of, in PostgreSQL, and comes as a text then.
  return sql<number>`cast(coalesce(sum(case when ${condition} then 1 else 0 end), 0) as integer)`;
}

/** By the body's canonical text: within a text of it, a quotation mark would be escaped. */
function decided(effect: 'allow' | 'mask' | 'ask' | 'block') {
  return sql`type = 'decision' and body like ${sql.lit(`%"effect":"${effect}"%`)}`;
}
