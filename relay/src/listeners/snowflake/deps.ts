import type { FastifyBaseLogger } from 'fastify';
import type { Analyses } from '../../analysis/index.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Authenticate, Identity } from '../../identity/index.ts';
import type { Queries } from '../../queries/index.ts';
import type { LinkKeys } from '../../recording/index.ts';
import type { Relays } from '../../relays.ts';
import type { Session, SessionId, Sessions } from '../../session/index.ts';
import type { SessionState, TransferTokens } from '../../warehouse/index.ts';

/** What the driver listener works with. */
export interface SnowflakeListenerDeps {
  readonly authenticate: Authenticate;
  /**
   * Counts a request of somebody whose token was checked. Resolves when it may go on; rejects with `rate_limited`.
   */
  readonly admit: (identity: Identity) => Promise<void>;
  readonly sessions: Sessions;
  readonly queries: Queries;
  /** What links to results are signed with, for every relay on the store; and which relays those are. */
  readonly linkKeys: LinkKeys;
  readonly relays: Pick<Relays, 'self' | 'isThere'>;
  /** Takes a request of several statements apart. */
  readonly split: Analyses['split'];
  /**
   * The state a session starts in, given what the client asked for (stored names, null for what it did not
   * name). Rejects when the identity may not have it.
   */
  readonly openingState: (identity: Identity, asked: SessionState) => Promise<SessionState>;
  /** Files of stages; null where there are none. */
  readonly files: {
    readonly find: TransferTokens['find'];
    /** Puts on a session's record that a file came, or went: resolves when that is durable. */
    readonly note: (
      session: SessionId,
      what: 'file_received' | 'file_sent',
      file: { readonly name: string; readonly size: number; readonly sha256: string },
    ) => Promise<void>;
  } | null;
  /** Told of every request that was refused before it could become a statement, for the record. */
  readonly onRefused: (refused: RefusedRequest) => void;
  /** Never given SQL, tokens, binds or rows. */
  readonly logger: FastifyBaseLogger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Where clients reach the relay: what the links to a result's chunks begin with. */
  readonly origin: () => string;
  readonly options?: Partial<SnowflakeListenerOptions>;
}

export interface RefusedRequest {
  /** Null when the request belongs to no open session. */
  readonly session: Session | null;
  readonly code: ErrorCode;
  /** Method and path, without the query string. */
  readonly what: string;
  readonly reason: string;
}

export interface SnowflakeListenerOptions {
  /**
   * How long a poll of an unfinished statement is held before the client is told to ask again. Milliseconds;
   * below the 60 s after which clients and proxies give a request up.
   */
  readonly longPollMs: number;
  /** Of a statement's request, as sent and when unpacked: SQL and binds. Bytes. */
  readonly statementBytes: number;
  /** Of any other request, as sent and when unpacked. Bytes. */
  readonly requestBytes: number;
  /** How long a client may take to send a request's headers, and all of it. Milliseconds. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** How long a connection stays open between two requests; and while nothing is sent either way. Milliseconds. */
  readonly keepAliveMs: number;
  readonly idleMs: number;
  /** How long a TLS handshake may take. Milliseconds. */
  readonly handshakeMs: number;
  /** How long the links to a result's chunks are good for; a client then asks for the result again. Milliseconds. */
  readonly chunkMs: number;
  /** Whether what an address, so many hops away, says in X-Forwarded-For is believed. */
  readonly trustProxy: (address: string, hop: number) => boolean;
  /** Serve https with this certificate; plain http without. PEM. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
}

export const defaultOptions: SnowflakeListenerOptions = {
  longPollMs: 25_000,
  statementBytes: 64 * 1024 * 1024,
  requestBytes: 1024 * 1024,
  headersMs: 10_000,
  requestMs: 60_000,
  keepAliveMs: 75_000,
  idleMs: 120_000,
  handshakeMs: 10_000,
  chunkMs: 3_600_000,
  trustProxy: () => false,
  tls: null,
};

/** The dependencies with every option set: what the endpoints are built from. */
export interface Listening extends Omit<SnowflakeListenerDeps, 'options'> {
  readonly options: SnowflakeListenerOptions;
}
