import type { Identity } from '../../identity/index.ts';
import type { Session, Sessions } from '../../session/index.ts';
import type { SessionState } from '../../warehouse/index.ts';

export type OpeningState = (identity: Identity, asked: SessionState) => Promise<SessionState>;

/**
 * Sessions of a protocol that has none: one for each token and agent, opened with its first statement. They
 * outlive the relay, so that a request id that is repeated after a restart still names the same statement.
 */
export interface ApiSessions {
  of(identity: Identity, address: string, agent: string | null): Promise<Session>;
  /** Those of this account, also of its earlier tokens: a handle outlives the token it was made with. */
  opened(identity: Identity): readonly Session[];
}

/** Whose statements' handles are known, of one identity: the oldest forgotten first. */
const MOST_SESSIONS = 50;
const NOTHING_ASKED: SessionState = { database: null, schema: null, warehouse: null, role: null };

export async function openApiSessions(parts: {
  readonly sessions: Sessions;
  readonly openingState: OpeningState;
}): Promise<ApiSessions> {
  const opened = new Map<Account, Map<string, Promise<Session>>>();
  const settled = new Map<Account, Session[]>();
  for (const session of await parts.sessions.openWhere(({ client }) => client.protocol === 'api')) {
    const { identity, client } = session;
    ownOf(identity).set(keyOf(identity, client.agent), Promise.resolve(session));
    settle(session);
  }

  const open = async (identity: Identity, address: string, agent: string | null): Promise<Session> => {
    const state = await parts.openingState(identity, NOTHING_ASKED);
    const client = { application: 'api', version: '1', protocol: 'api', address, agent } as const;
    const { session } = await parts.sessions.open(identity, client, state);
    settle(session);
    return session;
  };

  return {
    async of(identity, address, agent) {
      const own = ownOf(identity);
      const key = keyOf(identity, agent);
      const before = own.get(key);
      const known = await before;
      if (known !== undefined && (await parts.sessions.find(known.id)) !== null) return known;
      // Somebody who asked at the same moment may have opened the next one meanwhile.
      const meanwhile = own.get(key);
      if (meanwhile !== undefined && meanwhile !== before) return await meanwhile;
      const opening = open(identity, address, agent);
      own.set(key, opening);
      opening.catch(() => own.get(key) === opening && own.delete(key));
      await forgetEnded(own);
      return await opening;
    },
    opened: (identity) => settled.get(accountOf(identity)) ?? [],
  };

  function ownOf(identity: Identity): Map<string, Promise<Session>> {
    const own = opened.get(accountOf(identity)) ?? new Map<string, Promise<Session>>();
    opened.set(accountOf(identity), own);
    return own;
  }

  /** As many are left as the limit on sessions lets an identity have. */
  async function forgetEnded(own: Map<string, Promise<Session>>): Promise<void> {
    for (const [key, opening] of own) {
      const session = await opening.catch(() => null);
      const isOpen = session !== null && (await parts.sessions.find(session.id)) !== null;
      if (!isOpen && own.get(key) === opening) own.delete(key);
    }
  }

  function settle(session: Session): void {
    const account = accountOf(session.identity);
    settled.set(account, [...(settled.get(account) ?? []), session].slice(-MOST_SESSIONS));
  }
}

/** To the letter: an account that is spelt alike may be somebody else's, and has nothing to read here. */
type Account = string & { readonly __brand: 'Account' };

function accountOf({ issuer, subject }: Identity): Account {
  return JSON.stringify([issuer, subject]) as Account;
}

/** One token, or all that say the same of themselves at the same time. */
function keyOf(identity: Identity, agent: string | null): string {
  const { tokenId, issuedAt, tokenClient, groups, person } = identity;
  return JSON.stringify([tokenId ?? { issuedAt, tokenClient, groups, person }, agent]);
}
