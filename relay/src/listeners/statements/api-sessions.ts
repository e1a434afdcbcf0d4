import { createHash } from 'node:crypto';
import { type Identity, sameAccount } from '../../identity/index.ts';
import type { Session, Sessions } from '../../session/index.ts';
import type { SessionState } from '../../warehouse/index.ts';

export type OpeningState = (identity: Identity, asked: SessionState) => Promise<SessionState>;

const NOTHING_ASKED: SessionState = { database: null, schema: null, warehouse: null, role: null };

/**
 * The session of a protocol that has none: one for each token and agent, opened with its first statement. It is the same
 * at every relay on the store, and outlives each, so that a request id that is repeated there still names the same statement.
 */
export async function apiSession(
  {
    sessions,
    openingState,
  }: { readonly sessions: Pick<Sessions, 'share'>; readonly openingState: OpeningState },
  identity: Identity,
  address: string,
  agent: string | null,
): Promise<Session> {
  const client = { application: 'api', version: '1', protocol: 'api', address, agent } as const;
  const begin = async () => ({ state: await openingState(identity, NOTHING_ASKED) });
  return await sessions.share(keyOf(identity, agent), identity, client, begin);
}

/**
 * Whether a session is one of this account's, also by an earlier token: a handle outlives the token it was made with. To
 * the letter: an account that is spelt alike may be somebody else's, and has nothing to read here.
 */
export function isApiSessionOf(identity: Identity): (session: Session) => boolean {
  return (session) => session.client.protocol === 'api' && sameAccount(session.identity, identity);
}

/**
 * Whether a session was opened by the program that has this token, with it or an earlier one, for its account: what it has open
 * when its person signs out. A driver's are not: they belong to whoever has their own tokens.
 */
export function isSessionOfProgram(identity: Identity): (session: Session) => boolean {
  return ({ client, identity: its }) =>
    client.protocol !== 'snowflake' && sameAccount(its, identity) && its.tokenClient === identity.tokenClient;
}

/** One token, or all that say the same of themselves at the same time; of one account, and one agent. */
function keyOf(identity: Identity, agent: string | null): string {
  const { issuer, subject, tokenId, issuedAt, tokenClient, groups, person } = identity;
  const token = tokenId ?? { issuedAt, tokenClient, groups, person };
  return createHash('sha256')
    .update(JSON.stringify([issuer, subject, token, agent]))
    .digest('base64');
}
