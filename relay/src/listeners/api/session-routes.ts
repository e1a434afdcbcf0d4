import { SluiceError } from '../../errors.ts';
import { readIdentityId } from '../../identity/index.ts';
import { excerptOf, type SessionFilter } from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import type { Router } from '../router/index.ts';
import { mustBeOneOf } from './must-be-one-of.ts';
import type { ApiParts } from './parts.ts';
import { readSessionCursor, writeSessionCursor } from './session-cursor.ts';

/** The record: everybody their own sessions, auditors everybody's. */
export async function sessionRoutes(router: Router, parts: ApiParts): Promise<void> {
  const { sessions, sessionAccess, groups, noteOf } = parts;
  await router.serve('sessions', {
    async list({ by, query: { person, cursor, ...conditions } }) {
      const isAuditor = sessionAccess.isAuditor(by);
      const whose: Partial<SessionFilter> = !isAuditor
        ? { person: by.id, subject: by.subject }
        : person === undefined
          ? {}
          : { person: readIdentityId(person) };
      const page = await sessions.page({
        relay: isAuditor,
        ...given(conditions),
        ...whose,
        ...(cursor === undefined ? {} : { after: readSessionCursor(cursor) }),
      });
      const next = page.next === null ? null : writeSessionCursor(page.next);
      const body = { version: 1, whose: isAuditor ? 'all' : 'own', sessions: page.sessions, next } as const;
      return { status: 200, body };
    },
    /** Begins after `after`, so that a reader can go on where it was. */
    async events({ by, params: { id }, query: { after } }) {
      const session = id as SessionId;
      await sessionAccess.mustRead(by, session);
      return { status: 200, lines: sessions.events(session, after) };
    },
    async export({ by, params: { id } }) {
      mustBeOneOf(by, groups.auditors, 'only auditors export sessions');
      const chunks = await sessions.export(id as SessionId);
      // Before any of it is given away.
      await noteOf('session_exported', { by: by.id, session: id });
      return { status: 200, chunks };
    },
    async payload({ by, params: { id, seq, place } }) {
      const session = id as SessionId;
      await sessionAccess.mustRead(by, session);
      const bytes = await sessions.payload(session, seq, place);
      if (bytes === null) {
        throw new SluiceError(
          'result_unavailable',
          'the event names no such payload, or it has been removed',
          {
            advice: 'see the session’s `redacted` events: retention says what it removes',
          },
        );
      }
      return { status: 200, chunks: [bytes] };
    },
    async search({ by, query: { cursor, person, limit, name, agent, effect, ...rest } }) {
      mustBeOneOf(by, groups.auditors, 'only auditors search the sessions of others');
      const conditions = {
        ...given(rest),
        ...(person === undefined ? {} : { person: readIdentityId(person) }),
      };
      const ofSessions = given({ name, agent, effect });
      // Before it is answered: whoever looks through others' prompts is seen to have done so. A page more is the same search.
      if (cursor === undefined) await noteOf('record_searched', { by: by.id, ...conditions, ...ofSessions });
      const older = cursor === undefined ? {} : { olderThan: cursor };
      const { found, searchedTo, unindexed } = await sessions.search({ ...conditions, ...older, limit });
      const among = [...new Set(found.map(({ event }) => event.session))];
      const of = await sessions.page({ ...ofSessions, among, limit: among.length + 1 });
      const isOf = new Set<string>(of.sessions.map(({ session }) => session));
      // The relay's own session is in no list of people's.
      const isAsked = ({ event }: (typeof found)[number]) =>
        isOf.has(event.session) || Object.keys(ofSessions).length === 0;
      return {
        status: 200,
        body: {
          version: 1,
          found: found.filter(isAsked).map(({ position, event }) => ({
            position,
            event,
            excerpt: rest.text === undefined ? null : excerptOf(event, rest.text),
          })),
          sessions: of.sessions,
          next: searchedTo,
          unindexed,
        },
      };
    },
  });
}

/** Without what was not given. */
function given<Conditions extends object>(conditions: Conditions): Given<Conditions> {
  return Object.fromEntries(
    Object.entries(conditions).filter(([, value]) => value !== undefined),
  ) as Given<Conditions>;
}

type Given<Conditions> = { [Name in keyof Conditions]: Exclude<Conditions[Name], undefined> };
