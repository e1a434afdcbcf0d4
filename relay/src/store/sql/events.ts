import { sql } from 'kysely';
import type { EventsStore, StoredEvent } from '../../recording/index.ts';
import { type Database, rowsAsArrays } from '../connection.ts';
import type { Tables } from '../tables.ts';
import { inChunks } from './chunks.ts';

export function eventsOn(db: Database): EventsStore {
  const all = () => db.selectFrom('recorded_event').selectAll();
  const log = async () => {
    const row = await db.selectFrom('recorded_log').selectAll().executeTakeFirst();
    return row === undefined ? null : { relaySession: row.relay_session, size: row.size };
  };

  return {
    log,
    async signingHead() {
      const { size, body } = await db
        .selectFrom('recorded_log')
        .select('size')
        .select((row) =>
          row
            .selectFrom('recorded_event')
            .select('body')
            .whereRef('session', '=', 'recorded_log.relay_session')
            .where('type', '=', sql.lit('signing_key'))
            .orderBy('seq', 'desc')
            .limit(1)
            .as('body'),
        )
        .executeTakeFirstOrThrow();
      return { size, body };
    },
    async lastOf(session) {
      const row = await db
        .selectFrom('recorded_event')
        .select(['seq', 'hash'])
        .where('session', '=', session)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ?? null;
    },
    async ofSession(session, { after, limit, within }) {
      let query = all().where('session', '=', session).where('seq', '>', after).orderBy('seq').limit(limit);
      if (within !== undefined) query = query.where('position', '<', within);
      return (await query.execute()).map(storedEvent);
    },
    async ofTypes(session, types, within) {
      let query = all().where('session', '=', session).where('type', 'in', types).orderBy('seq');
      if (within !== undefined) query = query.where('position', '<', within);
      return (await query.execute()).map(storedEvent);
    },
    async afterPosition({ after, session, openedBy, within, limit }) {
      let query = all().where('position', '>', after).limit(limit);
      if (session === undefined) query = query.orderBy('position');
      else {
        // In a session, the order is the same; and it has an index for `seq`.
        const from = await firstAfter(db, session, after);
        query = query.where('session', '=', session).where('seq', '>=', from).orderBy('seq');
      }
      if (within !== undefined) query = query.where('position', '<', within);
      if (openedBy !== undefined) {
        const { person, subject } = openedBy;
        const opened = db.selectFrom('recorded_session').select('session');
        const own = opened.where('person', '=', person).where('subject', '=', subject);
        query = query.where('session', 'in', own);
      }
      return (await query.execute()).map(storedEvent);
    },
    async before(session, seq, position) {
      const row = await all()
        .where('session', '=', session)
        .where('seq', '<', seq)
        .where('position', '<', position)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : storedEvent(row);
    },
    async page({ from, skip, limit }) {
      let query = db.selectFrom('recorded_event').select(COLUMNS).orderBy('position').limit(limit);
      if (from !== null) query = query.where('position', '>=', from);
      if (skip > 0) query = query.offset(skip);
      return (await rowsAsArrays(db, query)).map(eventInArray);
    },
    async hashes(from, to) {
      const rows = await db
        .selectFrom('recorded_event')
        .select('hash')
        .where('position', '>=', from)
        .where('position', '<', to)
        .orderBy('position')
        .execute();
      return rows.map(({ hash }) => hash);
    },

    async open(name) {
      const known = await log();
      if (known !== null) return known;
      await db.insertInto('recorded_log').values({ one: 1, relay_session: name, size: 0 }).execute();
      return { relaySession: name, size: 0 };
    },
    async insert(events, size) {
      for (const some of inChunks(events, 1_000)) {
        await db.insertInto('recorded_event').values(some.map(eventRow)).execute();
      }
      await db.updateTable('recorded_log').set({ size }).execute();
    },
    async redact(session, seqs) {
      const positions: number[] = [];
      for (const some of inChunks(seqs, 1_000)) {
        const rows = await db
          .updateTable('recorded_event')
          .set({ body: null, salt: null })
          .where('session', '=', session)
          .where('seq', 'in', some)
          .returning('position')
          .execute();
        positions.push(...rows.map(({ position }) => position));
      }
      return positions;
    },
  };
}

/**
 * The `seq` of a session's first event after a position of the log. Who follows a session asks for its end: it is looked
 * for from there, in steps that double, and then between two of them.
 */
async function firstAfter(db: Database, session: string, after: number): Promise<number> {
  if (after < 0) return 0;
  const isAfter = async (seq: number) => {
    const at = await db
      .selectFrom('recorded_event')
      .select('position')
      .where('session', '=', session)
      .where('seq', '>=', seq)
      .orderBy('seq')
      .limit(1)
      .executeTakeFirst();
    return at === undefined || at.position > after;
  };
  const last = await db
    .selectFrom('recorded_event')
    .select('seq')
    .where('session', '=', session)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  let high = (last?.seq ?? -1) + 1;
  let low = high;
  for (let step = 1; low > 0 && (await isAfter(low - 1)); step *= 2) {
    high = low - 1;
    low = Math.max(0, low - step);
  }
  // The event at `high` is after it, and the one before `low` is not.
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await isAfter(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

const COLUMNS = [
  'position',
  'session',
  'seq',
  'at',
  'type',
  'salt',
  'body',
  'body_digest',
  'previous',
  'hash',
] as const;

/** From a row of `COLUMNS`. */
function eventInArray(row: readonly unknown[]): StoredEvent {
  const [position, session, seq, at, type, salt, body, bodyDigest, previous, hash] = row;
  // As much is known of them as of any row that the database returns.
  return { position, session, seq, at, type, salt, body, bodyDigest, previous, hash } as StoredEvent;
}

type Row = Tables['recorded_event'];

export function storedEvent({ body_digest: bodyDigest, ...row }: Row): StoredEvent {
  return { ...row, bodyDigest };
}

function eventRow({ bodyDigest, ...event }: StoredEvent): Row {
  return { ...event, body_digest: bodyDigest };
}
