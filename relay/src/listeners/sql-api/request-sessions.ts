import { createHash } from 'node:crypto';
import { type Identity, sameAccount } from '../../identity/index.ts';
import { isSettled, type Query } from '../../queries/index.ts';
import type { Session, Sessions } from '../../session/index.ts';
import type { SessionParameters, SessionState } from '../../warehouse/index.ts';
import type { OpeningState } from '../statements/index.ts';
import type { OutputFormats } from './output-formats.ts';

/**
 * One session for each request of the SQL API, which has none of its own. It is found by the request's id, whichever relay
 * is asked: a repeat is the same request, and one whose session is over is never begun again. A session ends when its
 * result was read to its end or nobody reads it; with it go what it has in the warehouse, and the result.
 */
export interface RequestSessions {
  /** The session of a request. Rejects as `Sessions.share` does. */
  open(identity: Identity, asked: RequestAsked): Promise<Session>;
  /** Somebody has asked for the statement; `isRead`: and has been answered all there is of it. */
  touched(query: Query, isRead: boolean): void;
  /** How NULL, dates and times are written: what was said when the statement was sent. */
  form(session: Session): RequestForm;
  /** Ends those whose time is over. Called every few seconds. */
  endRead(): Promise<void>;
  /** Ends those that have nothing under way: their results go with the relay. */
  close(): Promise<void>;
}

export interface RequestAsked {
  readonly requestId: string;
  readonly address: string;
  readonly agent: string | null;
  readonly state: SessionState;
  readonly parameters: SessionParameters;
  readonly form: RequestForm;
}

export interface RequestForm {
  /** Whether NULL comes as such, or as text. */
  readonly nullable: boolean;
  readonly formats: OutputFormats | null;
}

const PLAIN: RequestForm = { nullable: true, formats: null };

export interface RequestSessionsOptions {
  readonly sessions: Pick<Sessions, 'share' | 'end'>;
  readonly openingState: OpeningState;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly limits?: Partial<RequestSessionLimits>;
}

export interface RequestSessionLimits {
  /** How long a session stays when its result has been read: a client that did not get it asks again. Milliseconds. */
  readonly readMs: number;
  /** How long it stays when nobody has read all of its result. Milliseconds. */
  readonly unreadMs: number;
  /** Settled ones of one account; the one that was longest unread ends first. */
  readonly each: number;
}

const defaultLimits: RequestSessionLimits = { readMs: 60_000, unreadMs: 15 * 60_000, each: 200 };

interface Kept {
  readonly session: Session;
  readonly form: RequestForm;
  /** All that it runs; null until that is known. */
  readonly query: Query | null;
  readonly until: number;
}

export function createRequestSessions(options: RequestSessionsOptions): RequestSessions {
  const { sessions, openingState, now } = options;
  const limits = { ...defaultLimits, ...options.limits };
  /** The one that was asked for last comes last. */
  const kept = new Map<string, Kept>();

  const end = async (id: string, { session }: Kept) => {
    kept.delete(id);
    await sessions.end(session.id, 'client');
  };
  const isOver = ({ query }: Kept) => query === null || isSettled(query.status);

  return {
    async open(identity, { requestId, address, agent, state, parameters, form }) {
      const client = { application: 'sql-api', version: '2', protocol: 'api', address, agent } as const;
      const begin = async () => ({ state: await openingState(identity, state), parameters });
      const session = await sessions.share(keyOf(identity, requestId), identity, client, begin, {
        once: true,
      });
      if (!kept.has(session.id)) {
        kept.set(session.id, { session, form, query: null, until: now() + limits.unreadMs });
      }
      return session;
    },

    touched(query, isRead) {
      const { session } = query;
      if (session.client.application !== 'sql-api') return;
      const known = kept.get(session.id) ?? { session, form: PLAIN, query: null, until: 0 };
      kept.delete(session.id);
      const until = now() + (isRead ? limits.readMs : limits.unreadMs);
      // The first that is asked for is the request itself; others are parts of it.
      kept.set(session.id, { ...known, query: known.query ?? query, until });
    },

    form: ({ id }) => kept.get(id)?.form ?? PLAIN,

    async endRead() {
      const over = [...kept].filter(([, one]) => isOver(one));
      const perAccount = new Map<string, number>();
      // From the one that was asked for last.
      for (const [id, one] of over.toReversed()) {
        const { identity } = one.session;
        const others = perAccount.get(identity.id) ?? 0;
        perAccount.set(identity.id, others + 1);
        if (one.until <= now() || others >= limits.each) await end(id, one);
      }
    },

    async close() {
      for (const [id, one] of kept) if (isOver(one)) await end(id, one);
    },
  };
}

/** Of the account to the letter: a request id of somebody else's is another request. */
function keyOf({ issuer, subject }: Identity, requestId: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['sql-api', issuer, subject, requestId.toLowerCase()]))
    .digest('base64');
}

/** Whether a session is one of this account's requests, also by an earlier token: a handle outlives the token. */
export function isRequestOf(identity: Identity): (session: Session) => boolean {
  return ({ client, identity: its }) => client.application === 'sql-api' && sameAccount(its, identity);
}
