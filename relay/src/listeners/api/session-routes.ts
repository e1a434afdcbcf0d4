import { readIdentityId } from '../../identity/index.ts';
import { excerptOf, type SessionFilter } from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import type { Router } from '../router/index.ts';
import { mustBeOneOf } from './must-be-one-of.ts';
import type { ApiParts } from './parts.ts';
import { readSessionCursor, sessionCursor } from './session-cursor.ts';

/** The record: everybody their own sessions, auditors everybody's. */
export async function sessionRoutes(router: Router, parts: ApiParts): Promise<void> {
  const { sessions, sessionAccess, groups, noteOf } = parts;
  await router.serve('sessions', {
    async list({ by, query: { person, since, before, limit, cursor } }) {
      const isAuditor = sessionAccess.isAuditor(by);
      const whose: Partial<SessionFilter> = !isAuditor
        ? { person: by.id, subject: by.subject }
        : person === undefined
          ? {}
          : { person: readIdentityId(person) };
      const found = await sessions.list({
        limit,
        relay: isAuditor,
        ...whose,
        ...(since === undefined ? {} : { since }),
        ...(before === undefined ? {} : { before }),
        ...(cursor === undefined ? {} : { after: readSessionCursor(cursor) }),
      });
      return { status: 200, body: { version: 1, sessions: found, next: sessionCursor(found, limit) } };
    },
    /** Begins after `after`, so that a reader can go on where it was. */
    async events({ by, params: { id }, query: { after } }) {
      const session = id as SessionId;
      await sessionAccess.mustRead(by, session);
      return { status: 200, lines: sessions.events(session, after) };
    },
    async search({ by, query: { cursor, person, limit, ...rest } }) {
      mustBeOneOf(by, groups.auditors, 'only auditors search the sessions of others');
      const conditions = {
        ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
        ...(person === undefined ? {} : { person: readIdentityId(person) }),
      };
      // Before it is answered: whoever looks through others' prompts is seen to have done so. A page more is the same search.
      if (cursor === undefined) await noteOf('record_searched', { by: by.id, ...conditions });
      const older = cursor === undefined ? {} : { olderThan: cursor };
      const { found, searchedTo, unindexed } = await sessions.search({ ...conditions, ...older, limit });
      return {
        status: 200,
        body: {
          version: 1,
          found: found.map(({ position, event }) => ({
            position,
            event,
            excerpt: rest.text === undefined ? null : excerptOf(event, rest.text),
          })),
          next: searchedTo,
          unindexed,
        },
      };
    },
  });
}
