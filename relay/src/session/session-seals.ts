import type { TokenHash } from './session-token.ts';
import type { StoredSession } from './ports.ts';
import type { Session, SessionId } from './session.ts';

/**
 * Shows that a relay of this store wrote what the database says of a session and its tokens. Who can write to the database, and
 * has no key of the relays, could else put the hash of a token of theirs into somebody's session, or somebody's name into theirs.
 */
export interface SessionSeals {
  /** The seal of a text, hex. */
  sealOf(text: string): string;
  isSealed(text: string, seal: string): Promise<boolean>;
}

/** What is sealed of a session: all of it that stays as it is, and until when it can be renewed. */
export function sessionText(
  { id, identity, client, openedAt, expiresAt }: Omit<Session, 'number' | 'state' | 'parameters'>,
  {
    masterHash,
    masterExpiresAt,
    sharedKey,
  }: Pick<StoredSession, 'masterHash' | 'masterExpiresAt' | 'sharedKey'>,
): string {
  return JSON.stringify([
    'session',
    id,
    identity,
    client,
    openedAt,
    expiresAt,
    masterHash,
    masterExpiresAt,
    sharedKey,
  ]);
}

/** What is sealed of a token. */
export function tokenText(token: {
  readonly hash: TokenHash;
  readonly session: SessionId;
  readonly expiresAt: number;
}): string {
  return JSON.stringify(['token', token.session, token.hash, token.expiresAt]);
}
