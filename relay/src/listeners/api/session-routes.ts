import type { RecordedEvent } from '@sluice/contract';
import { actsAs } from '../../approval/index.ts';
import { SluiceError } from '../../errors.ts';
import { type Identity, readIdentityId, sameAccount } from '../../identity/index.ts';
import type { SessionFilter } from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import type { Router } from '../router/index.ts';
import type { ApiParts } from './parts.ts';

/** The record: everybody their own sessions, auditors everybody's. */
export async function sessionRoutes(router: Router, { sessions, groups }: ApiParts): Promise<void> {
  const isAuditor = (who: Identity) => actsAs(who, groups.auditors);

  await router.serve('sessions', {
    async list({ by, query: { person, since, before, limit } }) {
      const whose: Partial<SessionFilter> = !isAuditor(by)
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
      if (!isAuditor(by) && !(await isOwnSession(by, sessions.events(session, -1)))) {
        throw new SluiceError('session_unknown', 'there is no such session');
      }
      return { status: 200, lines: sessions.events(session, after) };
    },
  });
}

/** By the record itself: its first event says who opened it. */
async function isOwnSession(who: Identity, events: AsyncIterable<RecordedEvent>): Promise<boolean> {
  for await (const event of events) {
    return 'body' in event && event.body.type === 'opened' && sameAccount(event.body.identity, who);
  }
  return false;
}
