import type { EventBody, SessionEvent } from '@sluice/contract';
import type { Transaction } from 'kysely';
import type { MentionKind, RecordingTables } from '../tables.ts';
import { indexTexts } from './text-index.ts';

/**
 * Writes what lists and searches need to find these events by. Everything here is derived from the events
 * and goes when their bodies go; verification never reads it.
 */
export async function indexEvents(
  transaction: Transaction<RecordingTables>,
  events: readonly PlacedEvent[],
): Promise<void> {
  const mentions = events.flatMap(({ position, event }) =>
    mentionsOf(event.body).map((mention) => ({ ...mention, position, session: event.session })),
  );
  for (let from = 0; from < mentions.length; from += MENTIONS_AT_ONCE) {
    await transaction
      .insertInto('recorded_mention')
      .values(mentions.slice(from, from + MENTIONS_AT_ONCE))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const texts = events.flatMap(({ position, event }) =>
    textOf(event.body).map((text) => ({ position, text })),
  );
  await indexTexts(transaction, texts);
  for (const { event } of events) await followSession(transaction, event);
}

/** A database takes so many parameters; a statement may name more objects, and would take down others' commit. */
const MENTIONS_AT_ONCE = 1_000;

export interface PlacedEvent {
  readonly position: number;
  readonly event: SessionEvent;
}

interface Mention {
  readonly kind: MentionKind;
  readonly value: string;
}

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
      return payloads(body);
    case 'prompt':
    case 'approval_asked':
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

/** The addresses of the payloads that an event stands for. */
export function payloadsOf(body: EventBody): readonly string[] {
  if (body.type === 'result') return body.payloads;
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
  return body.type === 'prompt' ? [body.text] : [];
}

async function followSession(transaction: Transaction<RecordingTables>, event: SessionEvent): Promise<void> {
  const { body, session, at } = event;
  const update = transaction.updateTable('recorded_session').where('session', '=', session);
  if (body.type === 'opened') {
    await transaction
      .insertInto('recorded_session')
      .values({
        session,
        opened_at: at,
        closed_at: null,
        person: body.identity.id,
        name: body.identity.name,
        application: body.client.application,
        agent: body.client.agent,
        held: 0,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  if (body.type === 'closed') await update.set({ closed_at: at }).execute();
  if (body.type === 'hold') await update.set({ held: body.held ? 1 : 0 }).execute();
}
