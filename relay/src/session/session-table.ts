import type { Generated, Kysely } from 'kysely';
import type { Identity } from '../identity/index.ts';
import type { SessionState } from '../warehouse/index.ts';
import type { TokenHash } from './session-token.ts';
import type { ClientInfo, Session, SessionEnd, SessionId } from './session.ts';

export type SessionDatabase = Kysely<SessionTables>;

interface SessionTables {
  readonly session: SessionRow;
  readonly session_token: SessionTokenRow;
}

interface SessionRow {
  number: Generated<number>;
  id: SessionId;
  /** JSON, as are client and state. */
  identity: string;
  client: string;
  state: string;
  opened_at: number;
  expires_at: number;
  master_hash: TokenHash;
  master_expires_at: number;
  /** Null while it is open. */
  ended: SessionEnd | null;
}

interface SessionTokenRow {
  hash: TokenHash;
  session_id: SessionId;
  expires_at: number;
}

/** What is read back of a session, whether open or not. */
export interface StoredSession {
  readonly session: Session;
  readonly ended: SessionEnd | null;
  readonly masterExpiresAt: number;
}

export type SelectedSession = Omit<SessionRow, 'number'> & { readonly number: number };

export function fromRow(row: SelectedSession): StoredSession {
  return {
    session: {
      id: row.id,
      number: row.number,
      identity: JSON.parse(row.identity) as Identity,
      client: JSON.parse(row.client) as ClientInfo,
      state: JSON.parse(row.state) as SessionState,
      openedAt: row.opened_at,
      expiresAt: row.expires_at,
    },
    ended: row.ended,
    masterExpiresAt: row.master_expires_at,
  };
}
