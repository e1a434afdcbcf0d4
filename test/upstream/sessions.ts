import { randomBytes } from 'node:crypto';
import type { Account, User } from './account.ts';
import { DEFAULT_PARAMETERS, type ParameterValue, type Parameters } from './parameters.ts';

/** A session, as its client and whoever scripts the account see it. */
export interface SessionView {
  readonly id: number;
  readonly user: User;
  /** `CLIENT_APP_ID`. */
  readonly client: string;
  /** How it signed in. */
  readonly method: string;
  readonly database: string | null;
  readonly schema: string | null;
  readonly warehouse: string | null;
  readonly role: string;
  readonly parameters: Parameters;
  /** Of SET, by name. */
  readonly variables: ReadonlyMap<string, string>;
  readonly inTransaction: boolean;
  /** The ids of its statements, newest last. */
  readonly queryIds: readonly string[];
  readonly closed: boolean;
  /** When it was last heard of: milliseconds since the epoch. */
  readonly heartbeats: number;
}

export interface Session extends SessionView {
  database: string | null;
  schema: string | null;
  warehouse: string | null;
  role: string;
  readonly onlyRole: string | null;
  readonly parameters: Map<string, ParameterValue>;
  readonly variables: Map<string, string>;
  inTransaction: boolean;
  readonly queryIds: string[];
  closed: boolean;
  heartbeats: number;
  token: Token;
  master: Token;
}

export interface Token {
  readonly text: string;
  expiresAt: number;
}

export interface Lifetimes {
  readonly sessionSeconds: number;
  readonly masterSeconds: number;
}

/** Why a token is not good; Snowflake's code. */
export type TokenTrouble = '390104' | '390111' | '390112' | '390113' | '390114' | '390115';

export type Sessions = ReturnType<typeof createSessions>;

/** Sessions with the two tokens that each has: one for requests, and one to renew it with (driver protocol, section 3). */
export function createSessions(account: Account, lifetimes: Lifetimes, now: () => number) {
  const all: Session[] = [];
  const byToken = new Map<string, Session>();
  const byMaster = new Map<string, Session>();

  function issue(session: Session): void {
    session.token = { text: secret('ver:3-hint:'), expiresAt: now() + lifetimes.sessionSeconds * 1_000 };
    byToken.set(session.token.text, session);
  }

  return {
    all: all as readonly Session[],
    open(start: {
      readonly user: User;
      readonly method: string;
      readonly client: string;
      readonly onlyRole?: string;
      readonly role: string;
      readonly database: string | null;
      readonly schema: string | null;
      readonly warehouse: string | null;
      readonly parameters: Readonly<Record<string, ParameterValue>>;
    }): Session {
      const { parameters, onlyRole = null, ...rest } = start;
      const session: Session = {
        ...rest,
        onlyRole,
        // Larger than 32 bits, as Snowflake's own.
        id: 1_234_567_890_000 + all.length,
        parameters: new Map(Object.entries({ ...DEFAULT_PARAMETERS, ...account.parameters, ...parameters })),
        variables: new Map(),
        inTransaction: false,
        queryIds: [],
        closed: false,
        heartbeats: 0,
        token: { text: '', expiresAt: 0 },
        master: { text: secret('ver:3-master:'), expiresAt: now() + lifetimes.masterSeconds * 1_000 },
      };
      issue(session);
      byMaster.set(session.master.text, session);
      all.push(session);
      return session;
    },
    /** The session of a request's token. */
    of(token: string | null): Session | TokenTrouble {
      const session = token === null ? undefined : byToken.get(token);
      if (session === undefined || session.token.text !== token) return '390104';
      if (session.closed) return '390111';
      return session.token.expiresAt <= now() ? '390112' : session;
    },
    /** The session whose token is to be renewed, with a new one. */
    renew(master: string | null, oldToken: string): Session | TokenTrouble {
      const session = master === null ? undefined : byMaster.get(master);
      if (session === undefined) return '390115';
      if (session.closed) return '390111';
      if (session.master.expiresAt <= now()) return '390114';
      if (byToken.get(oldToken) !== session) return '390104';
      issue(session);
      return session;
    },
  };
}

function secret(prefix: string): string {
  return prefix + randomBytes(48).toString('base64url');
}
