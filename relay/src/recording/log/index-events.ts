import type { EventBody, SessionEvent } from '@sluice/contract';
import type { IndexStore, Mention as PlacedMention } from '../ports.ts';
import { indexTexts } from './text-index.ts';

/**
 * Writes the index entries by which lists and searches find these events. They are derived from the events and are
 * removed with their bodies; verification never reads them.
 */
export async function indexEvents(index: IndexStore, events: readonly PlacedEvent[]): Promise<void> {
  const mentions = events.flatMap(({ position, event }) =>
    mentionsOf(event.body).map((mention) => ({ ...mention, position, session: event.session })),
  );
  if (mentions.length > 0) await index.mention(mentions);
  const texts = events.flatMap(({ position, event }) =>
    textOf(event.body).map((text) => ({ position, text })),
  );
  if (texts.length > 0) await indexTexts(index, texts);
  for (const { event } of events) await followSession(index, event);
}

export interface PlacedEvent {
  readonly position: number;
  readonly event: SessionEvent;
}

type Mention = Pick<PlacedMention, 'kind' | 'value'>;

function mentionsOf(body: EventBody): readonly Mention[] {
  switch (body.type) {
    case 'opened':
      return person(body.identity.id);
    case 'approval_decided':
      return person(body.by.id);
    case 'hold':
      return person(body.by.id);
    case 'device_enrolled':
      return [...person(body.identity), ...(body.word === undefined ? [] : person(body.word.by.id))];
    case 'device_revoked':
      return person(body.identity);
    case 'understanding':
      return body.objects.map(({ name }) => ({ kind: 'object', value: name.toUpperCase() }));
    case 'decision':
    case 'blocked':
      return [{ kind: 'rule', value: body.rule }];
    case 'statement':
      return [{ kind: 'request', value: body.requestId }, ...payloads(body)];
    case 'result':
    case 'chunk_returned':
      return payloads(body);
    case 'prompt':
    case 'approval_asked':
    case 'access_asked':
    case 'approval_ended':
    case 'executed':
    case 'error':
    case 'cancelled':
    case 'refused':
    case 'notice':
    case 'closed':
    case 'redacted':
    case 'signing_key':
      return [];
    default:
      return body satisfies never;
  }
}

/** The addresses of the payloads that an event names. */
export function payloadsOf(body: EventBody): readonly string[] {
  if (body.type === 'result' || body.type === 'chunk_returned') return body.payloads;
  return body.type === 'statement' && body.binds !== null ? [body.binds] : [];
}

function payloads(body: EventBody): readonly Mention[] {
  return payloadsOf(body).map((value) => ({ kind: 'payload', value }));
}

function person(value: string): readonly Mention[] {
  return [{ kind: 'person', value }];
}

function textOf(body: EventBody): readonly string[] {
  if (body.type === 'statement') return [body.sql];
  if (body.type === 'access_asked') return [`${body.bound.purpose}\n${body.bound.sql}`];
  return body.type === 'prompt' ? [body.text] : [];
}

async function followSession(index: IndexStore, { body, session, at }: SessionEvent): Promise<void> {
  if (body.type === 'opened') {
    const { identity, client } = body;
    await index.sessionOpened({
      session,
      at,
      person: identity.id,
      subject: identity.subject,
      name: identity.name,
      application: client.application,
      agent: client.agent,
    });
  }
  if (body.type === 'closed') await index.sessionClosed(session, at);
  if (body.type === 'hold') await index.sessionHeld(session, body.held);
}
