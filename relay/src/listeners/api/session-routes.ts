import { readIdentityId } from '../../identity/index.ts';
import type { SessionFilter } from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import type { Router } from '../router/index.ts';
import type { ApiParts } from './parts.ts';

/** The record: everybody their own sessions, auditors everybody's. */
export async function sessionRoutes(router: Router, { sessions, sessionAccess }: ApiParts): Promise<void> {
  await router.serve('sessions', {
    async list({ by, query: { person, since, before, limit } }) {
      const whose: Partial<SessionFilter> = !sessionAccess.isAuditor(by)
        ? { person: by.id, subject: by.subject }
        : person === undefined
          ? {}
          : { person: readIdentityId(person) };
      const found = await sessions.list({
        limit,
        ...whose,
        ...(since === undefined ? {} : { since }),
        ...(before === undefined ? {} : { before }),
      });
      return { status: 200, body: { version: 1, sessions: found } };
    },
    /** Begins after `after`, so that a reader can go on where it was. */
    async events({ by, params: { id }, query: { after } }) {
      const session = id as SessionId;
      await sessionAccess.mustRead(by, session);
      return { status: 200, lines: sessions.events(session, after) };
    },
  });
}
