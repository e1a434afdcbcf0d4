import type { Kysely } from 'kysely';
import { SluiceError } from '../errors.ts';
import type { Identity } from '../identity/index.ts';
import type { Places, Release } from '../limits/index.ts';
import type { SessionState } from '../warehouse/index.ts';
import { fromRow, type SessionDatabase, type StoredSession } from './session-table.ts';
import { hashToken, mintToken, type RandomBytes, type SessionToken } from './session-token.ts';
import type { ClientInfo, Session, SessionEnd, SessionId } from './session.ts';

/** The sessions of every listener. A session is one object while the relay runs, however it is looked up. */
export interface Sessions {
  /**
   * Rejects with `too_many_sessions`, or with whatever `onOpened` rejects with; no token is given out then.
   */
  open(identity: Identity, client: ClientInfo, state: SessionState): Promise<SessionGrant>;
  /**
   * The open session that a session token stands for. Errors: `session_unknown`; `session_expired` when the
   * token is past its time and can be renewed; `session_ended`.
   */
  byToken(token: string): Promise<Session>;
  /**
   * A new session token for a master token; `admit` is awaited before anything is written. Errors:
   * `session_unknown`, `session_ended`, and those of `admit`.
   */
  renew(masterToken: string, admit: (identity: Identity) => Promise<void>): Promise<SessionGrant>;
  /** Counts the sessions that were left open by an earlier relay. Called once, before the first is opened. */
  resume(): Promise<void>;
  /** Postpones the end of a session that is idle, never beyond what its identity's token allows. */
  keepAlive(session: Session): Promise<void>;
  /** An open session, or null. */
  find(id: SessionId): Promise<Session | null>;
  /** The open ones that match and that tokens were given out for, the oldest first. */
  openWhere(matches: (session: Session) => boolean): Promise<readonly Session[]>;
  /** Keeps the state that a statement left behind. */
  keepState(session: Session, state: SessionState): Promise<void>;
  /** Ends it, once; a session that has ended already is left as it is. */
  end(id: SessionId, how: SessionEnd): Promise<void>;
  /** Ends every open session that matches, and answers them: revocation, promise 7. */
  endWhere(matches: (session: Session) => boolean, how: SessionEnd): Promise<readonly Session[]>;
  /** Ends the sessions whose time is over, forgets long ended ones. Called every so often. */
  endExpired(): Promise<void>;
}

/** What a client gets for signing in or renewing. */
export interface SessionGrant {
  readonly session: Session;
  readonly token: SessionToken;
  readonly tokenSeconds: number;
  readonly masterToken: SessionToken;
  readonly masterSeconds: number;
}

export interface SessionLimits {
  /** How long a session token is good for. Milliseconds; an hour. */
  readonly tokenMs: number;
  /** How long an idle session stays renewable. Milliseconds; four hours. */
  readonly masterMs: number;
}

export interface SessionsOptions {
  readonly database: Kysely<unknown>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
  readonly newId: () => string;
  /** How many there may be at a time, of one identity and in all. */
  readonly places: Places;
  /** Awaited before the session can be used: a session that cannot be recorded is not opened. */
  readonly onOpened: (session: Session) => Promise<void>;
  /** Awaited after the session's tokens have stopped working. */
  readonly onEnded: (session: Session, how: SessionEnd) => Promise<void>;
  readonly limits?: Partial<SessionLimits>;
}

const defaultLimits: SessionLimits = { tokenMs: 3_600_000, masterMs: 4 * 3_600_000 };

export function createSessions(options: SessionsOptions): Sessions {
  const { now, randomBytes } = options;
  const db = options.database as SessionDatabase;
  const limits = { ...defaultLimits, ...options.limits };
  /** One object a session, because statements in flight and listeners share its state. */
  const live = new Map<SessionId, Session>();
  const taken = new Map<SessionId, Release>();

  return {
    async open(identity, client, state) {
      const leave = options.places.take(identity.id);
      const { session, masterToken, masterExpiresAt } = await insert(identity, client, state).catch(
        (error: unknown) => {
          leave();
          throw error;
        },
      );
      taken.set(session.id, leave);
      return await grant(session, masterToken, masterExpiresAt);
    },

    async byToken(token) {
      const row = await db
        .selectFrom('session_token as token')
        .innerJoin('session', 'session.id', 'token.session_id')
        .where('token.hash', '=', hashToken(token))
        .selectAll('session')
        .select('token.expires_at as token_expires_at')
        .executeTakeFirst();
      if (!row) throw new SluiceError('session_unknown', 'the session token is not known', signInAgain);
      const stored = fromRow(row);
      if (stored.ended !== null || now() >= stored.masterExpiresAt) throw ended(stored);
      if (now() >= row.token_expires_at) {
        throw new SluiceError('session_expired', 'the session token has expired', {
          advice: 'renew it with the master token',
        });
      }
      return shared(stored.session);
    },

    async renew(masterToken, admit) {
      const row = await db
        .selectFrom('session')
        .where('master_hash', '=', hashToken(masterToken))
        .selectAll()
        .executeTakeFirst();
      if (!row) throw new SluiceError('session_unknown', 'the master token is not known', signInAgain);
      const stored = fromRow(row);
      if (stored.ended !== null || now() >= stored.masterExpiresAt) throw ended(stored);
      const session = shared(stored.session);
      await admit(session.identity);
      return grant(session, masterToken as SessionToken, await postpone(session));
    },

    async keepAlive(session) {
      await postpone(session);
    },

    find,

    async openWhere(matches) {
      const rows = await db
        .selectFrom('session')
        .where('ended', 'is', null)
        .where('master_expires_at', '>', now())
        // A relay that was killed may have left one that is on no record: its client never got a token.
        .where('id', 'in', db.selectFrom('session_token').select('session_id'))
        .orderBy('number')
        .selectAll()
        .execute();
      return rows
        .map((row) => fromRow(row).session)
        .filter(matches)
        .map(shared);
    },

    async keepState(session, state) {
      const text = JSON.stringify(state);
      if (text === JSON.stringify(session.state)) return;
      session.state = state;
      await db.updateTable('session').set({ state: text }).where('id', '=', session.id).execute();
    },

    end,

    async endWhere(matches, how) {
      const rows = await db.selectFrom('session').where('ended', 'is', null).selectAll().execute();
      const matching = rows.map((row) => shared(fromRow(row).session)).filter(matches);
      for (const session of matching) await end(session.id, how);
      return matching;
    },

    async resume() {
      const rows = await db.selectFrom('session').where('ended', 'is', null).selectAll().execute();
      for (const { session } of rows.map(fromRow)) {
        if (!taken.has(session.id)) taken.set(session.id, options.places.keep(session.identity.id));
      }
    },

    async endExpired() {
      const rows = await db
        .selectFrom('session')
        .where('ended', 'is', null)
        .where('master_expires_at', '<=', now())
        .select('id')
        .execute();
      for (const { id } of rows) await end(id, 'expired');
      await forgetLongEnded();
    },
  };

  /** A session that is on the record, and that nobody has a token for yet. */
  async function insert(identity: Identity, client: ClientInfo, state: SessionState) {
    const openedAt = now();
    const { expiresAt } = identity;
    if (expiresAt <= openedAt) throw new SluiceError('token_expired', 'the token has expired', signInAgain);
    const id = options.newId() as SessionId;
    const masterToken = mintToken(randomBytes);
    const masterExpiresAt = Math.min(openedAt + limits.masterMs, expiresAt);
    const { number } = await db
      .insertInto('session')
      .values({
        id,
        identity: JSON.stringify(identity),
        client: JSON.stringify(client),
        state: JSON.stringify(state),
        opened_at: openedAt,
        expires_at: expiresAt,
        master_hash: hashToken(masterToken),
        master_expires_at: masterExpiresAt,
        ended: null,
      })
      .returning('number')
      .executeTakeFirstOrThrow();
    const session: Session = { id, number, identity, client, state, openedAt, expiresAt };
    try {
      await options.onOpened(session);
    } catch (error) {
      await db.deleteFrom('session').where('id', '=', id).execute();
      throw error;
    }
    live.set(id, session);
    return { session, masterToken, masterExpiresAt };
  }

  /** For a day, a token of an ended session is told so; after it, that it is not known. */
  async function forgetLongEnded(): Promise<void> {
    const longEnded = db
      .selectFrom('session')
      .where('ended', 'is not', null)
      .where('master_expires_at', '<=', now() - 24 * 3_600_000)
      .select('id');
    await db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('session_token').where('session_id', 'in', longEnded).execute();
      await transaction.deleteFrom('session').where('id', 'in', longEnded).execute();
    });
  }

  async function find(id: SessionId): Promise<Session | null> {
    const row = await db
      .selectFrom('session')
      .where('id', '=', id)
      .where('ended', 'is', null)
      .where('master_expires_at', '>', now())
      .selectAll()
      .executeTakeFirst();
    return row ? shared(fromRow(row).session) : null;
  }

  async function end(id: SessionId, how: SessionEnd): Promise<void> {
    const row = await db
      .updateTable('session')
      .set({ ended: how })
      .where('id', '=', id)
      .where('ended', 'is', null)
      .returningAll()
      .executeTakeFirst();
    if (!row) return;
    const session = shared(fromRow(row).session);
    live.delete(id);
    taken.get(id)?.();
    taken.delete(id);
    await options.onEnded(session, how);
  }

  function shared(stored: Session): Session {
    const known = live.get(stored.id);
    if (known) return known;
    live.set(stored.id, stored);
    return stored;
  }

  async function grant(
    session: Session,
    masterToken: SessionToken,
    masterExpiresAt: number,
  ): Promise<SessionGrant> {
    const token = mintToken(randomBytes);
    const expiresAt = Math.min(now() + limits.tokenMs, session.expiresAt);
    // An expired token stays known while its session lives, so that a client is told to renew it. All but the
    // last few go, or a client that renews without end would fill the table.
    await db.transaction().execute(async (transaction) => {
      const kept = transaction
        .selectFrom('session_token')
        .where('session_id', '=', session.id)
        .select('hash')
        .orderBy('expires_at', 'desc')
        .limit(tokensKept - 1);
      await transaction
        .deleteFrom('session_token')
        .where('session_id', '=', session.id)
        .where('hash', 'not in', kept)
        .execute();
      await transaction
        .insertInto('session_token')
        .values({ hash: hashToken(token), session_id: session.id, expires_at: expiresAt })
        .execute();
    });
    return {
      session,
      token,
      tokenSeconds: Math.floor((expiresAt - now()) / 1000),
      masterToken,
      masterSeconds: Math.floor((masterExpiresAt - now()) / 1000),
    };
  }

  async function postpone(session: Session): Promise<number> {
    const masterExpiresAt = Math.min(now() + limits.masterMs, session.expiresAt);
    await db
      .updateTable('session')
      .set({ master_expires_at: masterExpiresAt })
      .where('id', '=', session.id)
      .where('ended', 'is', null)
      .execute();
    return masterExpiresAt;
  }
}

/** Several, because a driver's threads may still send an older token while one of them renews. */
const tokensKept = 8;

const signInAgain = { advice: 'sign in again' };

function ended(stored: StoredSession): SluiceError {
  const why = stored.ended ?? 'expired';
  const message = {
    client: 'the session was closed',
    expired: 'the session has expired',
    revoked: 'the session was ended because its access was revoked',
    shutdown: 'the session was ended by the relay',
  }[why];
  return new SluiceError('session_ended', message, signInAgain);
}
