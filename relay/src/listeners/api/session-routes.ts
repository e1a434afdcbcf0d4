import { Readable } from 'node:stream';
import type { RecordedEvent } from '@sluice/contract';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { actsAs } from '../../approval/index.ts';
import { SluiceError } from '../../errors.ts';
import { type Identity, readIdentityId, sameAccount } from '../../identity/index.ts';
import type { SessionFilter } from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import { identityOf } from './identify.ts';
import type { ApiParts } from './parts.ts';
import { read } from './read.ts';

const instant = z.iso.datetime();
const listQuery = z.strictObject({
  person: z.string().optional(),
  since: instant.optional(),
  before: instant.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
const eventsQuery = z.strictObject({ after: z.coerce.number().int().min(-1).default(-1) });

/** The record: everybody their own sessions, auditors everybody's. */
export function sessionRoutes(app: FastifyInstance, { sessions, groups }: ApiParts): void {
  const isAuditor = (who: Identity) => actsAs(who, groups.auditors);

  app.get('/sessions', async (request) => {
    const who = identityOf(request);
    const { person, since, before, limit } = read(listQuery, request.query);
    const whose: Partial<SessionFilter> = !isAuditor(who)
      ? { person: who.id, subject: who.subject }
      : person === undefined
        ? {}
        : { person: readIdentityId(person) };
    const found = await sessions.list({
      limit,
      ...whose,
      ...(since === undefined ? {} : { since }),
      ...(before === undefined ? {} : { before }),
    });
    return { version: 1, sessions: found };
  });

  /** One event a line, as recorded; begins after `after`, so that a reader can go on where it was. */
  app.get('/sessions/:id/events', async (request, reply) => {
    const who = identityOf(request);
    const { id } = request.params as { id: string };
    const { after } = read(eventsQuery, request.query);
    if (!z.uuid().safeParse(id).success) throw unknownSession();
    const session = id as SessionId;
    if (!isAuditor(who) && !(await isOwnSession(who, sessions.events(session, -1)))) throw unknownSession();
    const events = sessions.events(session, after);
    return reply.type('application/x-ndjson').send(Readable.from(lines(events)));
  });
}

/** By the record itself: its first event says who opened it. */
async function isOwnSession(who: Identity, events: AsyncIterable<RecordedEvent>): Promise<boolean> {
  for await (const event of events) {
    return 'body' in event && event.body.type === 'opened' && sameAccount(event.body.identity, who);
  }
  return false;
}

async function* lines(events: AsyncIterable<RecordedEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(event)}\n`;
}

function unknownSession(): SluiceError {
  return new SluiceError('session_unknown', 'there is no such session');
}
