import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { deleteRequest, holdNow, ISSUER } from '../../../approval/testing.ts';
import { SluiceError } from '../../../errors.ts';
import { createPlaces } from '../../../limits/places.ts';
import { newSession, opened } from '../../../recording/testing/open-test-record.ts';
import {
  connectLive,
  hello,
  startApi,
  subscribe,
  subscribed,
} from '../../../../../test/support/start-api.ts';

let api: Awaited<ReturnType<typeof startApi>>;
afterEach(() => api.close());

/** A session of ada's, on the record. */
async function adasSession() {
  const session = newSession();
  const event = opened('ada');
  if (event.type !== 'opened') throw new Error('not opened');
  await api.record.append(session, { ...event, identity: { ...event.identity, issuer: ISSUER } });
  return session;
}

const connected = async (who: string) => {
  const client = await connectLive(api.url, hello(who));
  await client.until(({ type }) => type === 'welcome');
  return client;
};
const answersTo = ({ messages }: Awaited<ReturnType<typeof connected>>) =>
  messages.flatMap((message) => ('id' in message ? [`${message.id} ${message.type}`] : []));

it('are many on one connection, each with an id of its own, until they are ended', async () => {
  api = await startApi();
  const client = await connected('olga');
  client.send(subscribe('approvals', { id: 'a' }));
  client.send(subscribe('statements', { id: 'b' }));
  client.send(subscribe('approvals', { id: 'c' }));
  await client.until((message) => message.type === 'subscribed' && message.id === 'c');
  await holdNow(api, deleteRequest());
  await client.until((message) => message.type === 'approval' && message.id === 'c');
  client.send({ type: 'unsubscribe', id: 'a' });
  await client.until(({ type }) => type === 'unsubscribed');
  const before = client.messages.length;
  const { id } = await holdNow(api, deleteRequest());
  await client.until(
    (message) => message.type === 'approval' && message.id === 'c' && message.approval.id === id,
  );
  expect(client.messages.slice(before).map((message) => 'id' in message && message.id)).toEqual(['c']);
  // One that has ended by itself meanwhile, and an id that is free again.
  client.send({ type: 'unsubscribe', id: 'never' });
  client.send(subscribe('approvals', { id: 'a' }));
  await client.until((message) => message.type === 'unsubscribed' && message.id === 'never');
  await expect.poll(() => answersTo(client).at(-1)).toBe('a subscribed');
});

it.each([
  ['an id that is in use', [subscribe('approvals'), subscribe('statements')]],
  ['a topic that there is not', [subscribe('secrets' as never)]],
  ['a topic that says more than it should', [subscribe({ name: 'approvals', of: 'ada' } as never)]],
  ['an id that is too long', [subscribe('approvals', { id: 'x'.repeat(65) })]],
  ['a second hello', [hello('olga')]],
])('end with the connection at %s', async (_, messages) => {
  api = await startApi();
  const client = await connected('olga');
  for (const message of messages) client.send(message);
  expect(await client.closed).toBe(4400);
});

describe('of a session', () => {
  it.each([
    ['its owner', 'ada', 'subscribed'],
    ['its owner’s agent', 'ada/agent', 'subscribed'],
    ['an auditor', 'sam', 'subscribed'],
    ['an auditor’s agent', 'sam/agent', 'ended'],
    ['somebody else', 'olga', 'ended'],
  ])('are for whom the API gives its events: %s', async (_, who, expected) => {
    api = await startApi();
    const session = await adasSession();
    const client = await subscribed(api.url, who, { name: 'session', session });
    expect(client.messages.at(-1)).toMatchObject({ type: expected, id: 'one' });
    const { status } = await api.call(who, 'GET', `/sessions/${session}/events`);
    expect(status).toBe(expected === 'subscribed' ? 200 : 404);
    // The connection goes on.
    client.send({ type: 'ping' });
    await client.until(({ type }) => type === 'pong');
  });

  it('answer alike for what is not theirs and what is not there', async () => {
    api = await startApi();
    const session = await adasSession();
    const answers: unknown[] = [];
    for (const named of [session, randomUUID(), 'x', "'; --", '']) {
      const client = await subscribed(api.url, 'olga', { name: 'session', session: named });
      answers.push(client.messages.slice(1));
    }
    expect(answers).toEqual(answers.map(() => answers[0]));
    expect(answers[0]).toMatchObject([{ type: 'ended', code: 'session_unknown' }]);
    expect(api.refused).toEqual(answers.map(() => 'session_unknown: a subscription to session'));
  });
});

describe('with another token', () => {
  it('end where the new one does not have them, and tell of nothing meanwhile', async () => {
    const looked = Promise.withResolvers<void>();
    let isSlow = false;
    api = await startApi({ beforeReading: async () => (isSlow ? await looked.promise : undefined) });
    const session = await adasSession();
    const [client, other] = [await connected('sam'), await connected('ada')];
    for (const one of [client, other]) one.send(subscribe({ name: 'session', session }, { id: 's' }));
    client.send(subscribe('approvals', { id: 'a' }));
    await client.until((message) => message.type === 'subscribed' && message.id === 'a');
    await other.until(({ type }) => type === 'subscribed');
    isSlow = true;
    client.send({ type: 'token', token: 'sam/agent' });
    await client.until(({ type }) => type === 'renewed');
    await api.record.append(session, { type: 'prompt', text: 'after', source: 'api' });
    // Others are told, before it is known that this one may not be.
    await other.until(({ type }) => type === 'event');
    looked.resolve();
    await client.until(({ type }) => type === 'ended');
    expect(answersTo(client)).toEqual(['s subscribed', 'a subscribed', 's ended']);
    expect(client.messages.at(-1)).toMatchObject({ id: 's', code: 'session_unknown' });
  });

  it('go on where the new one has them, and miss nothing', async () => {
    api = await startApi();
    const session = await adasSession();
    const client = await subscribed(api.url, 'ada', { name: 'session', session });
    const note = (text: string) => api.record.append(session, { type: 'prompt', text, source: 'api' });
    await note('before');
    client.send({ type: 'token', token: 'ada/agent' });
    await note('meanwhile');
    await client.until(({ type }) => type === 'renewed');
    await note('after');
    await client.until((message) => message.type === 'event' && message.event.seq === 3);
    const seqs = client.messages.flatMap((message) => (message.type === 'event' ? [message.event.seq] : []));
    expect(seqs).toEqual([1, 2, 3]);
  });
});

describe('are bounded', () => {
  it('for each identity on all its connections, and given back', async () => {
    const refuse = () => new SluiceError('too_many_subscriptions', 'too many', { advice: 'end some' });
    const places = createPlaces({ each: 2, all: 10 }, refuse);
    api = await startApi({ place: ({ id }) => places.take(id) });
    const [one, other] = [await connected('olga'), await connected('olga')];
    one.send(subscribe('approvals', { id: 'a' }));
    await one.until(({ type }) => type === 'subscribed');
    other.send(subscribe('approvals', { id: 'b' }));
    other.send(subscribe('approvals', { id: 'c' }));
    const refused = await other.until(({ type }) => type === 'ended');
    expect(refused).toMatchObject({ id: 'c', code: 'too_many_subscriptions', advice: 'end some' });
    // Not of somebody else's.
    const omars = await subscribed(api.url, 'omar', 'approvals');
    expect(omars.messages.at(-1)).toMatchObject({ type: 'subscribed' });
    one.socket.close();
    await one.closed;
    other.send(subscribe('approvals', { id: 'd' }));
    await other.until((message) => message.type === 'subscribed' && message.id === 'd');
    // One that is refused gives its place back.
    omars.send(subscribe({ name: 'session', session: 'x' }, { id: 'x' }));
    await omars.until(({ type }) => type === 'ended');
    omars.send(subscribe('approvals', { id: 'y' }));
    await omars.until((message) => message.type === 'subscribed' && message.id === 'y');
  });

  it('each counts as a request: a flood ends the connection', async () => {
    let left = 3;
    api = await startApi({
      count: () => {
        left -= 1;
        if (left < 0) throw new SluiceError('rate_limited', 'too many requests', { retryAfterSeconds: 2 });
      },
    });
    const client = await connected('olga');
    for (let i = 0; i < 100; i += 1) {
      client.send(subscribe('approvals', { id: String(i) }));
      client.send({ type: 'unsubscribe', id: String(i) });
    }
    expect(await client.closed).toBe(4429);
    expect(client.messages.at(-1)).toMatchObject({
      type: 'error',
      code: 'rate_limited',
      retryAfterSeconds: 2,
    });
    expect(left).toBe(-1);
  });
});
