import type { EventBody } from '@sluice/contract';
import type { VariableOrigin } from '@sluice/snowflake-sql';
import type { SessionParameters, SessionState } from '../warehouse/index.ts';
import type { ChangeFeed, Transaction, UnitOfWork } from '../unit-of-work.ts';
import type { TokenHash } from './session-token.ts';
import type { Session, SessionEnd, SessionId } from './session.ts';

/** What sessions need of a store: they outlive a restart, so that a driver's tokens and polls go on working. */
export interface SessionPartStore extends UnitOfWork<SessionPartTransaction> {
  readonly sessions: SessionsReader;
  readonly changes: Pick<ChangeFeed, 'follow'>;
}

export interface SessionPartTransaction extends Transaction {
  record(session: SessionId, body: EventBody): Promise<unknown>;
  readonly sessions: SessionsStore;
}

/** What is read back of a session, whether open or not. */
export interface StoredSession {
  readonly session: Session;
  readonly ended: SessionEnd | null;
  readonly masterHash: TokenHash;
  /** Milliseconds since the epoch. */
  readonly masterExpiresAt: number;
  readonly sharedKey: string | null;
  /** Shows that a relay wrote it; empty for one of a version that made none. */
  readonly seal: string;
}

/** A token as it is stored. */
export interface StoredToken {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly seal: string;
}

export interface SessionsReader {
  byToken(hash: TokenHash): Promise<(StoredSession & { readonly token: StoredToken }) | null>;
  byMasterToken(hash: TokenHash): Promise<StoredSession | null>;
  find(id: SessionId): Promise<StoredSession | null>;
  /** As its last statement left it, whichever relay ran it; null for a session that is not there. */
  context(id: SessionId): Promise<(KeptContext & { readonly version: number }) | null>;
  /** The newest one of this key. */
  bySharedKey(key: string): Promise<StoredSession | null>;
  /** Those that have not ended, the oldest first. */
  open(): Promise<readonly StoredSession[]>;
  /** Those of them whose master tokens were good until now, or before. */
  expired(now: number): Promise<readonly StoredSession[]>;
}

/** What of a session the next relay needs, to go on with it. */
export interface KeptContext {
  readonly state: SessionState;
  /** Variables that were set to a text that stands in their statement, which is on the record as well. */
  readonly variables: readonly (readonly [
    name: string,
    origin: VariableOrigin & { readonly literal: string },
  ])[];
  /** Session parameters that are set: by its client when it signed in, and since then. */
  readonly parameters: SessionParameters;
  /** What cannot be moved, for people to read: it is at that relay, while that is there. */
  readonly stays: readonly string[];
  /** The relay that has left it so; null before any has. */
  readonly relay: string | null;
}

export interface NewSession extends Omit<Session, 'number'> {
  readonly masterHash: TokenHash;
  readonly masterExpiresAt: number;
  /** What it is found by without a token of it; null for one that is found by tokens alone. */
  readonly sharedKey: string | null;
  readonly seal: string;
}

export interface SessionsStore extends SessionsReader {
  /** @returns its number. */
  add(session: NewSession): Promise<number>;
  /** Adds a token; of the session's older ones, keeps the last so many. */
  addToken(
    token: { readonly hash: TokenHash; readonly session: SessionId } & StoredToken,
    keep: number,
  ): Promise<void>;
  postpone(id: SessionId, until: Pick<StoredSession, 'masterExpiresAt' | 'seal'>): Promise<void>;
  /** Only over the version that it was made from, and counts that up: false when it has been changed since. */
  keepContext(id: SessionId, version: number, context: KeptContext): Promise<boolean>;
  /** False when it has ended already. */
  end(id: SessionId, how: SessionEnd): Promise<boolean>;
  /** Forgets those that ended, and whose master tokens were good until before then. */
  forgetEnded(before: number): Promise<void>;
}
