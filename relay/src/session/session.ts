import type { Identity } from '../identity/index.ts';
import type { SessionParameters, SessionState } from '../warehouse/index.ts';

/** A UUID. Names the session on the record; it is no secret and opens nothing. */
export type SessionId = string & { readonly __brand: 'SessionId' };

/** One sign-in of one client. Sessions belong to driver tokens, not to connections. */
export interface Session {
  readonly id: SessionId;
  /** The number that drivers want (driver protocol, rule 7). */
  readonly number: number;
  readonly identity: Identity;
  readonly client: ClientInfo;
  /** What USE statements have made of it; follows the warehouse session's at this relay. */
  state: SessionState;
  /** Session parameters that are set; follow in the same way. */
  parameters: SessionParameters;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  /** Not after the token's own expiry. Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What the client says of itself: shown and recorded, matched by policy, never trusted as identity. */
export interface ClientInfo {
  /** `JavaScript`, `PythonConnector`, `Go`, `JDBC`, `mcp`, `api`, ... */
  readonly application: string;
  readonly version: string;
  readonly protocol: 'snowflake' | 'mcp' | 'api';
  /** The client's network address. */
  readonly address: string;
  /** The agent behind the client when it names itself, as in a query tag or MCP's clientInfo. */
  readonly agent: string | null;
}

/** How a session came to its end. */
export type SessionEnd = 'client' | 'expired' | 'revoked' | 'shutdown';
