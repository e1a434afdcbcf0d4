import type { Identity, IdentityId } from '../../identity/index.ts';
import type { Session, Sessions } from '../../session/index.ts';
import type { SessionState } from '../../warehouse/index.ts';

export type OpeningState = (identity: Identity, asked: SessionState) => Promise<SessionState>;

/** Sessions of a protocol that has none: one for each token and agent, opened with its first statement. */
export interface ApiSessions {
  of(identity: Identity, address: string, agent: string | null): Promise<Session>;
  /** Those of this identity, also of its earlier tokens: a handle outlives the token it was made with. */
  opened(identity: Identity): readonly Session[];
}

/** Of one identity, the oldest forgotten first: with them the handles of their statements. */
const MOST_SESSIONS = 50;
const NOTHING_ASKED: SessionState = { database: null, schema: null, warehouse: null, role: null };

export function createApiSessions(parts: {
  readonly sessions: Sessions;
  readonly openingState: OpeningState;
}): ApiSessions {
  const opened = new Map<IdentityId, Map<string, Promise<Session>>>();
  const settled = new Map<IdentityId, Session[]>();

  const open = async (identity: Identity, address: string, agent: string | null): Promise<Session> => {
    const state = await parts.openingState(identity, NOTHING_ASKED);
    const client = { application: 'api', version: '1', protocol: 'api', address, agent } as const;
    const { session } = await parts.sessions.open(identity, client, state);
    settled.set(identity.id, [...(settled.get(identity.id) ?? []), session].slice(-MOST_SESSIONS));
    return session;
  };

  return {
    async of(identity, address, agent) {
      const own = opened.get(identity.id) ?? new Map<string, Promise<Session>>();
      opened.set(identity.id, own);
      const key = JSON.stringify([identity.tokenId ?? identity.issuedAt, agent]);
      const known = await own.get(key);
      if (known !== undefined && (await parts.sessions.find(known.id)) !== null) return known;
      const opening = open(identity, address, agent);
      own.set(key, opening);
      opening.catch(() => own.delete(key));
      return await opening;
    },
    opened: (identity) => settled.get(identity.id) ?? [],
  };
}
