import type { EventBody, SessionEvent } from '@sluice/contract';
import type { IndexStore, Mention as PlacedMention, RecordTransaction } from '../ports.ts';
import { NEVER_REDACTED } from './seal-event.ts';
import { OF_OPENER, termOf, wordTerms } from '../search/terms.ts';

/**
 * Writes the index entries by which lists and searches find these events. They are derived from the events and are
 * removed with their bodies; verification never reads them.
 */
export async function indexEvents(
  { index, terms }: Pick<RecordTransaction, 'index' | 'terms'>,
  events: readonly PlacedEvent[],
): Promise<void> {
  const mentions = events.flatMap(({ position, event }) =>
    mentionsOf(event.body).map((mention) => ({ ...mention, position, session: event.session })),
  );
  if (mentions.length > 0) await index.mention(mentions);
  await terms.addRecent(
    events.map(({ position, event: { session, at, body } }) => ({
      position,
      part: 0,
      session,
      at,
      terms: [...termsOf(body), ...wordTerms(partOf(textOf(body), 0))],
    })),
  );
  for (const { position, event } of events) {
    const parts = partsIn(textOf(event.body));
    if (parts > 1) await terms.addLongText(position, parts);
    await followSession(index, event);
  }
}

/** All the terms of an event that is indexed later: the first part's with the event's own, then the other parts'. */
export function* termsInParts(body: EventBody): Generator<readonly string[]> {
  const text = textOf(body);
  yield [...termsOf(body), ...wordTerms(partOf(text, 0))];
  for (let part = 1; part < partsIn(text); part += 1) yield wordTerms(partOf(text, part));
}

/** The terms of a part of an event's text, from 0 on. */
export function termsOfPart(body: EventBody, part: number): readonly string[] {
  return wordTerms(partOf(textOf(body), part));
}

/** About how many terms an event has. */
export function weightOf(body: EventBody): number {
  return 2 + textOf(body).length / CHARACTERS_A_WORD;
}

/** Whether a text has several parts, of which only the first is indexed with the event. */
export function isLong(body: EventBody): boolean {
  return partsIn(textOf(body)) > 1;
}

/**
 * Number of characters of a text that are indexed at once. Indexing more would delay other commits, so the rest of a
 * long text is indexed afterwards, part by part, each in its own commit.
 */
const PART = 32 * 1024;
const CHARACTERS_A_WORD = 6;
/** Number of characters by which parts overlap, so that no word is split. */
const OVERLAP = 512;

function partsIn(text: string): number {
  return Math.ceil(text.length / PART);
}

function partOf(text: string, part: number): string {
  return text.slice(part * PART, (part + 1) * PART + OVERLAP);
}

export interface PlacedEvent {
  readonly position: number;
  readonly event: SessionEvent;
}

type Mention = Pick<PlacedMention, 'kind' | 'value'>;

/** What lists and retention find the event by. */
export function mentionsOf(body: EventBody): readonly Mention[] {
  const payloads = payloadsOf(body).map((value): Mention => ({ kind: 'payload', value }));
  return body.type === 'statement' ? [{ kind: 'request', value: body.requestId }, ...payloads] : payloads;
}

/** What the event is found by, beside the words of its text. */
function termsOf(body: EventBody): readonly string[] {
  // What stays when the rest of a session is removed does not tell who opened it.
  const opener = NEVER_REDACTED.includes(body.type) ? [] : [OF_OPENER];
  return [...opener, ...namedBy(body)];
}

function namedBy(body: EventBody): readonly string[] {
  switch (body.type) {
    case 'opened':
      return [termOf('person', body.identity.id)];
    case 'approval_decided':
    case 'hold':
    case 'enrolments_voided':
      return [termOf('person', body.by.id)];
    case 'device_enrolled':
      return [body.identity, ...(body.word === undefined ? [] : [body.word.by.id])].map((person) =>
        termOf('person', person),
      );
    case 'device_revoked':
      return [termOf('person', body.identity)];
    case 'understanding':
      return body.objects.map(({ name }) => termOf('object', name.toUpperCase()));
    case 'decision':
    case 'blocked':
      return [termOf('rule', body.rule)];
    case 'statement':
    case 'result':
    case 'chunk_returned':
    case 'prompt':
    case 'approval_asked':
    case 'access_asked':
    case 'approval_ended':
    case 'executed':
    case 'error':
    case 'cancelled':
    case 'refused':
    case 'bypass_attempted':
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

function textOf(body: EventBody): string {
  if (body.type === 'statement') return body.sql;
  if (body.type === 'access_asked') return `${body.bound.purpose}\n${body.bound.sql}`;
  if (body.type === 'bypass_attempted') return `${body.evidence}\n${body.excerpt}`;
  return body.type === 'prompt' ? body.text : '';
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
