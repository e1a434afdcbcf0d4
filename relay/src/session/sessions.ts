import { SluiceError } from '../errors.ts';
import type { Identity } from '../identity/index.ts';
import type { Places, Release } from '../limits/index.ts';
import type { SessionParameters, SessionState } from '../warehouse/index.ts';
import type { SessionPartStore, SessionPartTransaction, StoredSession } from './ports.ts';
import { type SessionSeals, sessionText, tokenText } from './session-seals.ts';
import { hashToken, mintToken, type RandomBytes, type SessionToken } from './session-token.ts';
import type { ClientInfo, Session, SessionEnd, SessionId } from './session.ts';

/** The sessions of every listener. A session is one object while the relay runs, however it is looked up. */
export interface Sessions {
  /**
   * Rejects with `too_many_sessions`, or with whatever `onOpened` rejects with; no token is given out then.
   */
  /** @param parameters - session parameters that its client signs in with. */
  open(
    identity: Identity,
    client: ClientInfo,
    state: SessionState,
    parameters?: SessionParameters,
  ): Promise<SessionGrant>;
  /**
   * The open session of this key, which the caller makes of whose it is and who asks: opened now, or before, by
   * whichever relay. Nobody is given a token of it. Rejects as `open` does; and with `result_unavailable` when it was
   * there `once`, and is over: whoever asks would otherwise begin anew what was done before.
   */
  share(
    key: string,
    identity: Identity,
    client: ClientInfo,
    begin: () => Promise<Begun>,
    options?: { readonly once?: boolean },
  ): Promise<Session>;
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
  /** Ends it, once; a session that has ended already is left as it is. */
  end(id: SessionId, how: SessionEnd): Promise<void>;
  /** Ends every open session that matches, and answers them: revocation, promise 7. */
  endWhere(matches: (session: Session) => boolean, how: SessionEnd): Promise<readonly Session[]>;
  /** Ends the sessions whose time is over, forgets long ended ones. Called every so often. */
  endExpired(): Promise<void>;
}

/** How a session begins. */
export interface Begun {
  readonly state: SessionState;
  readonly parameters?: SessionParameters;
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
  readonly store: SessionPartStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
  readonly newId: () => string;
  readonly seals: SessionSeals;
  /** Whether a session was opened, and not closed, by what is proven on the record. */
  readonly isOpenOnRecord: (id: SessionId) => Promise<boolean>;
  /** How many there may be at a time, of one identity and in all. */
  readonly places: Places;
  /** Records that it was opened, with the session itself: one that cannot be recorded is not opened. */
  readonly recordOpened: (tx: SessionPartTransaction, session: Session) => Promise<void>;
  /**
   * Ends what the session has open here. Awaited when its tokens have stopped working, before its end is recorded; called,
   * too, when another relay has ended it.
   */
  readonly onEnding: (session: Session) => Promise<void>;
  /** Told when what was open here of a session that another relay ended could not be ended. */
  readonly onError: (error: unknown) => void;
  readonly limits?: Partial<SessionLimits>;
}

const defaultLimits: SessionLimits = { tokenMs: 3_600_000, masterMs: 4 * 3_600_000 };

export function createSessions(options: SessionsOptions): Sessions {
  const { store, now, randomBytes, seals } = options;
  const limits = { ...defaultLimits, ...options.limits };
  /** One object a session, because statements in flight and listeners share its state. */
  const live = new Map<SessionId, Session>();
  const taken = new Map<SessionId, Release>();
  /** Those that end here and now: their tokens have stopped working, whatever the store says still. */
  const ending = new Map<SessionId, SessionEnd>();
  let forgotAt = -Infinity;
  store.changes.follow('session', async (change) => {
    const here = new Set([...live.keys(), ...taken.keys()]);
    // What was missed may have ended any of them.
    const open = change === null ? await store.sessions.open() : [];
    const isOpen = new Set(open.map(({ session }) => session.id));
    const gone = change === null ? [...here].filter((id) => !isOpen.has(id)) : [change.key as SessionId];
    // In its own time: that writes.
    for (const id of gone) letGo(id).catch(options.onError);
  });

  return {
    open: (identity, client, state, parameters = {}) =>
      inPlace(identity, async () => {
        const granted = await begin(identity, client, state, parameters);
        return { session: granted.session, answer: granted };
      }),

    async share(key, identity, client, begin, { once = false } = {}) {
      const stored = await store.sessions.bySharedKey(key);
      const known = await openOne(stored);
      if (known !== null && taken.has(known.id)) return known;
      if (known === null && stored !== null && once) throw over();
      return await inPlace(identity, async () => {
        const session = known ?? (await beginShared(key, identity, client, await begin(), { stored, once }));
        return { session, answer: session };
      });
    },

    async byToken(token) {
      const stored = await store.sessions.byToken(hashToken(token));
      if (stored === null) throw unknown('session token');
      const { expiresAt, seal } = stored.token;
      const sealed = tokenText({ hash: hashToken(token), session: stored.session.id, expiresAt });
      if (!(await seals.isSealed(sealed, seal))) throw unknown('session token');
      const session = await openSession(stored);
      if (now() >= expiresAt) {
        throw new SluiceError('session_expired', 'the session token has expired', {
          advice: 'renew it with the master token',
        });
      }
      return session;
    },

    async renew(masterToken, admit) {
      const stored = await store.sessions.byMasterToken(hashToken(masterToken));
      if (stored === null) throw unknown('master token');
      const session = await openSession(stored);
      await admit(session.identity);
      const masterExpiresAt = postponed(session);
      return store.transaction(async (tx) => {
        await tx.sessions.postpone(session.id, sealedUntil(stored, masterExpiresAt));
        return grant(tx, session, masterToken as SessionToken, masterExpiresAt);
      });
    },

    async keepAlive(session) {
      const stored = await store.sessions.find(session.id);
      if ((await openOne(stored)) === null || stored === null) return;
      const until = sealedUntil(stored, postponed(session));
      await store.transaction((tx) => tx.sessions.postpone(session.id, until));
    },

    async find(id) {
      return await openOne(await store.sessions.find(id));
    },

    end,

    async endWhere(matches, how) {
      const open: Session[] = [];
      for (const stored of await store.sessions.open()) {
        const session = await confirmed(stored);
        if (session !== null) open.push(session);
      }
      // Those, too, that another relay has ended by now: what they have open here ends here.
      const matching = [...new Set([...open, ...live.values()])].filter(matches);
      for (const { id } of matching) await end(id, how);
      return matching;
    },

    async resume() {
      for (const stored of await store.sessions.open()) {
        const session = await confirmed(stored);
        if (session !== null && !taken.has(session.id))
          taken.set(session.id, options.places.keep(session.identity.id));
      }
    },

    async endExpired() {
      for (const { session } of await store.sessions.expired(now())) await end(session.id, 'expired');
      if (Math.abs(now() - forgotAt) < FORGETS_EVERY) return;
      forgotAt = now();
      await store.transaction((tx) => tx.sessions.forgetEnded(now() - LONG_ENDED));
    },
  };

  /** A session takes one place at each relay that has statements of it. */
  async function inPlace<Answer>(
    identity: Identity,
    opening: () => Promise<{ readonly session: Session; readonly answer: Answer }>,
  ): Promise<Answer> {
    const leave = options.places.take(identity.id);
    try {
      const { session, answer } = await opening();
      live.set(session.id, session);
      if (taken.has(session.id)) leave();
      else taken.set(session.id, leave);
      return answer;
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** A session, its first token and that it was opened: all of it, or nothing. */
  async function begin(
    identity: Identity,
    client: ClientInfo,
    state: SessionState,
    parameters: SessionParameters,
  ): Promise<SessionGrant> {
    const add = newSession(identity, client, { state, parameters }, null);
    return store.transaction(async (tx) => {
      const { session, masterToken, masterExpiresAt } = await add(tx);
      return grant(tx, session, masterToken, masterExpiresAt);
    });
  }

  async function beginShared(
    key: string,
    identity: Identity,
    client: ClientInfo,
    { state, parameters = {} }: Begun,
    { stored: before, once }: { readonly stored: StoredSession | null; readonly once: boolean },
  ): Promise<Session> {
    const add = newSession(identity, client, { state, parameters }, key);
    // Nobody writes between the question and the commit, at any relay.
    const { stored, session } = await store.transaction(async (tx) => {
      const stored = await tx.sessions.bySharedKey(key);
      const isOther = stored !== null && stored.session.id !== before?.session.id;
      const isNew = isOther && endOf(stored) === null;
      if (isOther && !isNew && once) throw over();
      return isNew ? { stored, session: null } : { stored: null, session: (await add(tx)).session };
    });
    const shared = session ?? (await openOne(stored));
    if (shared === null) throw unknown('session');
    return shared;
  }

  function newSession(
    identity: Identity,
    client: ClientInfo,
    begun: Pick<Session, 'state' | 'parameters'>,
    sharedKey: string | null,
  ) {
    const openedAt = now();
    const { expiresAt } = identity;
    if (expiresAt <= openedAt) throw new SluiceError('token_expired', 'the token has expired', signInAgain);
    const id = options.newId() as SessionId;
    const masterToken = mintToken(randomBytes);
    const masterExpiresAt = Math.min(openedAt + limits.masterMs, expiresAt);
    const opened = { id, identity, client, ...begun, openedAt, expiresAt };
    return async (tx: SessionPartTransaction) => {
      const master = { masterHash: hashToken(masterToken), masterExpiresAt, sharedKey };
      const seal = seals.sealOf(sessionText(opened, master));
      const number = await tx.sessions.add({ ...opened, ...master, seal });
      const session: Session = { ...opened, number };
      await options.recordOpened(tx, session);
      return { session, masterToken, masterExpiresAt };
    };
  }

  async function end(id: SessionId, how: SessionEnd): Promise<void> {
    const stored = await store.sessions.find(id);
    if (stored === null || ending.has(id)) return;
    if (stored.ended !== null && !live.has(id)) return;
    // A row that no relay has written, or that was opened again, ends without a word.
    const isOnRecord = live.has(id) || (await options.isOpenOnRecord(id));
    if (ending.has(id)) return;
    const session = shared(stored.session);
    ending.set(id, how);
    try {
      await options.onEnding(session);
      await store.transaction(async (tx) => {
        if (!(await tx.sessions.end(id, how))) return;
        if (isOnRecord) await tx.record(id, { type: 'closed', how });
        tx.tell({ topic: 'session', key: id });
      });
    } finally {
      ending.delete(id);
    }
    forget(id);
  }

  /** Ends what is here of a session that is over, whichever relay has ended it: its place, its results, its links. */
  async function letGo(id: SessionId): Promise<void> {
    if (ending.has(id)) return;
    const session = live.get(id);
    forget(id);
    if (session !== undefined) await options.onEnding(session);
  }

  function forget(id: SessionId): void {
    live.delete(id);
    taken.get(id)?.();
    taken.delete(id);
  }

  async function openOne(stored: StoredSession | null): Promise<Session | null> {
    return stored === null || endOf(stored) !== null ? null : await confirmed(stored);
  }

  /** Throws `session_ended` of one that is over. */
  async function openSession(stored: StoredSession): Promise<Session> {
    const how = endOf(stored);
    if (how !== null) throw ended(how);
    const session = await confirmed(stored);
    if (session === null) throw unknown('session');
    return session;
  }

  /** A session that a relay of this store has written; null for any other, and for one that was closed and opened again. */
  async function confirmed(stored: StoredSession): Promise<Session | null> {
    const { session, seal } = stored;
    if (!(await seals.isSealed(sessionText(session, stored), seal))) return null;
    if (!live.has(session.id) && !(await options.isOpenOnRecord(session.id))) return null;
    return shared(session);
  }

  /** @param stored one that was confirmed. */
  function sealedUntil(stored: StoredSession, masterExpiresAt: number) {
    const seal = seals.sealOf(sessionText(stored.session, { ...stored, masterExpiresAt }));
    return { masterExpiresAt, seal };
  }

  function endOf({ session, ended, masterExpiresAt }: StoredSession): SessionEnd | null {
    return ended ?? ending.get(session.id) ?? (now() >= masterExpiresAt ? 'expired' : null);
  }

  function shared(stored: Session): Session {
    const known = live.get(stored.id);
    if (known) return known;
    live.set(stored.id, stored);
    return stored;
  }

  async function grant(
    tx: SessionPartTransaction,
    session: Session,
    masterToken: SessionToken,
    masterExpiresAt: number,
  ): Promise<SessionGrant> {
    const token = mintToken(randomBytes);
    const expiresAt = Math.min(now() + limits.tokenMs, session.expiresAt);
    // An expired token stays known while its session lives, so that a client is told to renew it. All but the
    // last few go, or a client that renews without end would fill the table.
    const given = { hash: hashToken(token), session: session.id, expiresAt };
    await tx.sessions.addToken({ ...given, seal: seals.sealOf(tokenText(given)) }, tokensKept - 1);
    return {
      session,
      token,
      tokenSeconds: Math.floor((expiresAt - now()) / 1000),
      masterToken,
      masterSeconds: Math.floor((masterExpiresAt - now()) / 1000),
    };
  }

  function postponed(session: Session): number {
    return Math.min(now() + limits.masterMs, session.expiresAt);
  }
}

/** For so long, a token of an ended session is told so; after it, that it is not known. Milliseconds. */
const LONG_ENDED = 24 * 3_600_000;
const FORGETS_EVERY = 3_600_000;

/** Several, because a driver's threads may still send an older token while one of them renews. */
const tokensKept = 8;

const signInAgain = { advice: 'sign in again' };

function unknown(what: 'session' | 'session token' | 'master token'): SluiceError {
  return new SluiceError('session_unknown', `the ${what} is not known`, signInAgain);
}

function over(): SluiceError {
  return new SluiceError(
    'result_unavailable',
    'the request was sent before, and its result is no longer kept',
    {
      advice: 'look at what it did before you send it again, under an id of its own',
    },
  );
}

function ended(how: SessionEnd): SluiceError {
  const message = {
    client: 'the session was closed',
    expired: 'the session has expired',
    revoked: 'the session was ended because its access was revoked',
    shutdown: 'the session was ended by the relay',
  }[how];
  return new SluiceError('session_ended', message, signInAgain);
}
