import { type CompiledQuery, sql } from 'kysely';
import type { AuthoredEvent, EventsStore, StoredEvent } from '../../recording/index.ts';
import { type Database, rowsAsArrays } from '../connection.ts';
import type { Tables } from '../tables.ts';
import { inChunks } from './chunks.ts';

/**
 * Every read but verification's goes by `inLog`: at positions that the log does not have there may be rows that somebody has
 * put there, and nothing that checks the log ever comes to them.
 */
export function eventsOn(db: Database): EventsStore {
  const all = (within?: number) => db.selectFrom('recorded_event').selectAll().where(inLog(within));
  const log = async () => {
    const row = await db.selectFrom('recorded_log').selectAll().executeTakeFirst();
    return row === undefined ? null : { relaySession: row.relay_session, size: row.size };
  };

  // Built once: to build it takes as long as to read some dozens of rows.
  let compiled: CompiledQuery | null = null;
  const pageFrom = () =>
    (compiled ??= db
      .selectFrom('recorded_event')
      .select(COLUMNS)
      .where('position', '>=', 0)
      .orderBy('position')
      .limit(1)
      .compile());

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
            .where(sql<boolean>`+position >= 0 AND +position < recorded_log.size`)
            .orderBy('seq', 'desc')
            .limit(1)
            .as('body'),
        )
        .executeTakeFirstOrThrow();
      return { size, body };
    },
    async lastOf(session) {
      const row = await all()
        .where('session', '=', session)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : storedEvent(row);
    },
    async ofSession(session, { after, limit, within }) {
      const query = all(within).where('session', '=', session).where('seq', '>', after);
      return (await query.orderBy('seq').limit(limit).execute()).map(storedEvent);
    },
    async ofTypes(session, types, within) {
      let query = all(within).where('session', '=', session).orderBy('seq');
      const [only, ...more] = types;
      // As in the index: a database takes a partial one only for the very condition.
      if (only !== undefined && more.length === 0) query = query.where('type', '=', sql.lit(only));
      else if (types.length > 1) query = query.where(sql<boolean>`type IN (${sql.join(types.map(sql.lit))})`);
      else query = query.where('type', 'in', types);
      return (await query.execute()).map(storedEvent);
    },
    async afterPosition({ after, session, openedBy, within, limit }) {
      let query = all(within).limit(limit);
      if (session === undefined) {
        query = query.where('position', '>', after).orderBy('position');
        if (within !== undefined) query = query.where('position', '<', within);
      } else {
        // In a session, the order is the same; and it has an index for `seq`.
        const from = await firstAfter(db, session, after);
        query = query.where('session', '=', session).where('seq', '>=', from).orderBy('seq');
        query = query.where(sql<boolean>`+position > ${after}`);
      }
      if (openedBy !== undefined) {
        const { person, subject } = openedBy;
        const opened = db.selectFrom('recorded_session').select('session');
        const own = opened.where('person', '=', person).where('subject', '=', subject);
        query = query.where('session', 'in', own);
      }
      return (await query.execute()).map(storedEvent);
    },
    async before(session, seq, position) {
      const row = await all(position)
        .where('session', '=', session)
        .where('seq', '<', seq)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : storedEvent(row);
    },
    async page({ from, skip, limit }) {
      if (from !== null && skip === 0) {
        return (await rowsAsArrays(db, { ...pageFrom(), parameters: [from, limit] })).map(eventInArray);
      }
      let query = db.selectFrom('recorded_event').select(COLUMNS).orderBy('position').limit(limit);
      if (from !== null) query = query.where('position', '>=', from);
      if (skip > 0) query = query.offset(skip);
      return (await rowsAsArrays(db, query.compile())).map(eventInArray);
    },
    async hashes(from, to) {
      const rows = await db
        .selectFrom('recorded_event')
        .select('hash')
        .where('position', '>=', Math.max(0, from))
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
        // Where a row only becomes shorter, SQLite leaves the room in its page, for nobody. It puts pages together when a row goes.
        const rows = await db
          .deleteFrom('recorded_event')
          .where('session', '=', session)
          .where('seq', 'in', some)
          .where(inLog())
          .returning(WITHOUT_BODY)
          .execute();
        if (rows.length === 0) continue;
        await db
          .insertInto('recorded_event')
          .values(rows.map((row) => ({ ...row, salt: null, body: null })))
          .execute();
        positions.push(...rows.map(({ position }) => position));
      }
      return positions;
    },
  };
}

/**
 * Whether a row is at a position of the log, or of its first `within` events. By the signs, no database looks for rows by that: there
 * may be statistics by which it would read the whole log for one session.
 *
 * @param table as the query calls it.
 */
export function inLog(within?: number, table = 'recorded_event') {
  const position = sql.ref(`${table}.position`);
  const end = within === undefined ? sql`(SELECT size FROM recorded_log)` : sql`${within}`;
  return sql<boolean>`+${position} >= 0 AND +${position} < ${end}`;
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
      .where(inLog())
      .orderBy('seq')
      .limit(1)
      .executeTakeFirst();
    return at === undefined || at.position > after;
  };
  const last = await db
    .selectFrom('recorded_event')
    .select('seq')
    .where('session', '=', session)
    .where(inLog())
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

const WITHOUT_BODY = [
  'position',
  'session',
  'seq',
  'at',
  'type',
  'body_digest',
  'previous',
  'hash',
  'mac',
] as const satisfies readonly Exclude<keyof Row, 'salt' | 'body'>[];

/** From a row of `COLUMNS`. */
function eventInArray(row: readonly unknown[]): StoredEvent {
  const [position, session, seq, at, type, salt, body, bodyDigest, previous, hash] = row;
  // As much is known of them as of any row that the database returns.
  return { position, session, seq, at, type, salt, body, bodyDigest, previous, hash } as StoredEvent;
}

type Row = Tables['recorded_event'];

export function storedEvent({ body_digest: bodyDigest, ...row }: Row): AuthoredEvent {
  return { ...row, bodyDigest };
}

function eventRow({ bodyDigest, ...event }: AuthoredEvent): Row {
  return { ...event, body_digest: bodyDigest };
}
