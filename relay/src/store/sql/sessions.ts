import type { Identity } from '../../identity/index.ts';
import type {
  ClientInfo,
  KeptContext,
  SessionEnd,
  SessionId,
  SessionsStore,
  StoredSession,
  TokenHash,
} from '../../session/index.ts';
import type { SessionState } from '../../warehouse/index.ts';
import type { Database } from '../connection.ts';

export function sessionsOn(db: Database): SessionsStore {
  return {
    async byToken(hash) {
      const row = await db
        .selectFrom('session_token as token')
        .innerJoin('session', 'session.id', 'token.session_id')
        .where('token.hash', '=', hash)
        .selectAll('session')
        .select(['token.expires_at as token_expires_at', 'token.seal as token_seal'])
        .executeTakeFirst();
      if (row === undefined) return null;
      return { ...storedSession(row), token: { expiresAt: row.token_expires_at, seal: row.token_seal } };
    },
    async byMasterToken(hash) {
      const row = await db
        .selectFrom('session')
        .selectAll()
        .where('master_hash', '=', hash)
        .executeTakeFirst();
      return row === undefined ? null : storedSession(row);
    },
    async bySharedKey(key) {
      const row = await db
        .selectFrom('session')
        .selectAll()
        .where('shared_key', '=', key)
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : storedSession(row);
    },
    async find(id) {
      const row = await db.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : storedSession(row);
    },
    async context(id) {
      const row = await db
        .selectFrom('session')
        .select(['state', 'context', 'context_version'])
        .where('id', '=', id)
        .executeTakeFirst();
      if (row === undefined) return null;
      return {
        ...contextIn(row),
        state: JSON.parse(row.state) as SessionState,
        version: row.context_version,
      };
    },
    async open() {
      const rows = await db
        .selectFrom('session')
        .selectAll()
        .where('ended', 'is', null)
        .orderBy('number')
        .execute();
      return rows.map(storedSession);
    },
    async expired(now) {
      const rows = await db
        .selectFrom('session')
        .selectAll()
        .where('ended', 'is', null)
        .where('master_expires_at', '<=', now)
        .execute();
      return rows.map(storedSession);
    },
    async add({ id, identity, client, state, parameters, openedAt, expiresAt, ...rest }) {
      const { masterHash, masterExpiresAt, sharedKey, seal } = rest;
      const { number } = await db
        .insertInto('session')
        .values({
          id,
          identity: JSON.stringify(identity),
          client: JSON.stringify(client),
          state: JSON.stringify(state),
          opened_at: openedAt,
          expires_at: expiresAt,
          master_hash: masterHash,
          master_expires_at: masterExpiresAt,
          ended: null,
          context: JSON.stringify({ ...NEW_CONTEXT, parameters }),
          context_version: 0,
          shared_key: sharedKey,
          seal,
        })
        .returning('number')
        .executeTakeFirstOrThrow();
      return number;
    },
    async addToken({ hash, session, expiresAt, seal }, keep) {
      const kept = db
        .selectFrom('session_token')
        .where('session_id', '=', session)
        .select('hash')
        .orderBy('expires_at', 'desc')
        .limit(keep);
      await db
        .deleteFrom('session_token')
        .where('session_id', '=', session)
        .where('hash', 'not in', kept)
        .execute();
      await db
        .insertInto('session_token')
        .values({ hash, session_id: session, expires_at: expiresAt, seal })
        .execute();
    },
    async postpone(id, { masterExpiresAt, seal }) {
      await db
        .updateTable('session')
        .set({ master_expires_at: masterExpiresAt, seal })
        .where('id', '=', id)
        .where('ended', 'is', null)
        .execute();
    },
    async keepContext(id, version, { state, ...rest }) {
      const { numUpdatedRows } = await db
        .updateTable('session')
        .set({
          state: JSON.stringify(state),
          context: JSON.stringify(rest),
          context_version: version + 1,
        })
        .where('id', '=', id)
        .where('context_version', '=', version)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    async end(id, how) {
      const { numUpdatedRows } = await db
        .updateTable('session')
        .set({ ended: how, context: null })
        .where('id', '=', id)
        .where('ended', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    async forgetEnded(before) {
      const ended = db
        .selectFrom('session')
        .where('ended', 'is not', null)
        .where('master_expires_at', '<=', before)
        .select('id');
      await db.deleteFrom('session_token').where('session_id', 'in', ended).execute();
      await db
        .deleteFrom('session')
        .where('ended', 'is not', null)
        .where('master_expires_at', '<=', before)
        .execute();
    },
  };
}

const NEW_CONTEXT: Omit<KeptContext, 'state'> = {
  variables: [],
  parameters: {},
  stays: [],
  relay: null,
};

/** Of an earlier version, a part of it may be missing. */
function contextIn({ context }: Pick<Row, 'context'>): Omit<KeptContext, 'state'> {
  return { ...NEW_CONTEXT, ...(JSON.parse(context ?? '{}') as Partial<KeptContext>) };
}

interface Row {
  readonly number: number;
  readonly id: string;
  readonly identity: string;
  readonly client: string;
  readonly state: string;
  readonly opened_at: number;
  readonly expires_at: number;
  readonly master_hash: string;
  readonly master_expires_at: number;
  readonly ended: string | null;
  readonly shared_key: string | null;
  readonly seal: string;
  readonly context: string | null;
}

function storedSession(row: Row): StoredSession {
  return {
    session: {
      id: row.id as SessionId,
      number: row.number,
      identity: JSON.parse(row.identity) as Identity,
      client: JSON.parse(row.client) as ClientInfo,
      state: JSON.parse(row.state) as SessionState,
      parameters: contextIn(row).parameters,
      openedAt: row.opened_at,
      expiresAt: row.expires_at,
    },
    ended: row.ended as SessionEnd | null,
    masterHash: row.master_hash as TokenHash,
    masterExpiresAt: row.master_expires_at,
    sharedKey: row.shared_key,
    seal: row.seal,
  };
}
