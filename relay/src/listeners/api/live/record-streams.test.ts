import { randomUUID } from 'node:crypto';
import { type EventBody, type LiveStatement, liveServerMessage } from '@sluice/contract';
import { afterEach, expect, it } from 'vitest';
import { ISSUER } from '../../../approval/testing.ts';
import { newSession, opened, result, statement } from '../../../recording/testing/open-test-record.ts';
import { startApi, subscribed } from '../../../../../test/support/start-api.ts';

let api: Awaited<ReturnType<typeof startApi>>;
afterEach(() => api.close());

type Client = Awaited<ReturnType<typeof subscribed>>;

async function sessionOf(subject: string) {
  const session = newSession();
  const event = opened(subject);
  if (event.type !== 'opened') throw new Error('not opened');
  const { identity } = event;
  const id = `${ISSUER}|${subject.toLowerCase()}`;
  await api.record.append(session, { ...event, identity: { ...identity, id, issuer: ISSUER } });
  return session;
}

const statementsIn = ({ messages }: Client): readonly LiveStatement[] =>
  messages.flatMap((message) => (message.type === 'statement' ? [message.statement] : []));
const statesIn = (client: Client) => statementsIn(client).map(({ id, state }) => `${id} ${state}`);
const cursorOf = (client: Client) =>
  client.messages.findLast((message) => 'cursor' in message)?.cursor ?? null;

it('tells of own statements as they are recorded, and of nobody else’s', async () => {
  api = await startApi();
  const [adas, olgas] = [await sessionOf('ada'), await sessionOf('olga')];
  const clients = await Promise.all(
    ['ada', 'ada/agent', 'olga', 'sam'].map((who) => subscribed(api.url, who, 'statements')),
  );
  const [ada, agent, olga, sam] = clients as [Client, Client, Client, Client];
  const id = randomUUID();
  const ran: EventBody[] = [statement('SELECT 1', id), { type: 'executed', statement: id }, result(id, [])];
  for (const body of ran) await api.record.append(adas, body);
  const hers = randomUUID();
  await api.record.append(olgas, statement('SELECT 2', hers));
  await olga.until(({ type }) => type === 'statement');
  for (const client of [ada, agent]) {
    await client.until((message) => message.type === 'statement' && message.statement.state === 'succeeded');
    expect(statesIn(client)).toEqual([`${id} received`, `${id} running`, `${id} succeeded`]);
    for (const message of client.messages) liveServerMessage.parse(message);
    const { revision } = statementsIn(client).at(-1)!;
    expect(revision).toBe(3);
  }
  expect(statesIn(olga)).toEqual([`${hers} received`]);
  sam.send({ type: 'ping' });
  await sam.until(({ type }) => type === 'pong');
  // An auditor's own are their own, too.
  expect(statesIn(sam)).toEqual([]);
});

it('takes an account to the letter', async () => {
  api = await startApi();
  const session = await sessionOf('Ada');
  const ada = await subscribed(api.url, 'ada', 'statements');
  const before = cursorOf(ada);
  await api.record.append(session, statement('SELECT 1'));
  const own = await sessionOf('ada');
  const id = randomUUID();
  await api.record.append(own, statement('SELECT 2', id));
  await ada.until(({ type }) => type === 'statement');
  expect(statesIn(ada)).toEqual([`${id} received`]);
  const again = await subscribed(api.url, 'ada', 'statements', { after: before });
  await again.until(({ type }) => type === 'statement');
  expect(statesIn(again)).toEqual([`${id} received`]);
});

it('resumes with the newest state of each statement, and with every event of a session', async () => {
  api = await startApi();
  const session = await sessionOf('ada');
  const client = await subscribed(api.url, 'ada', 'statements');
  const watching = await subscribed(api.url, 'sam', { name: 'session', session });
  const [after, afterEvent] = [cursorOf(client), cursorOf(watching)];
  for (const one of [client, watching]) {
    one.socket.close();
    await one.closed;
  }
  const [one, two] = [randomUUID(), randomUUID()];
  const bodies: EventBody[] = [
    statement('SELECT 1', one),
    { type: 'executed', statement: one },
    statement('SELECT 2', two),
    result(one, []),
  ];
  for (const body of bodies) await api.record.append(session, body);
  const others = await sessionOf('olga');
  await api.record.append(others, statement('SELECT 3'));

  const again = await subscribed(api.url, 'ada', 'statements', { after });
  await again.until((message) => message.type === 'statement' && message.statement.state === 'succeeded');
  expect(statesIn(again)).toEqual([`${two} received`, `${one} succeeded`]);
  const on = await subscribed(api.url, 'sam', { name: 'session', session }, { after: afterEvent });
  await expect.poll(() => on.messages.filter(({ type }) => type === 'event')).toHaveLength(4);
  const seqs = on.messages.flatMap((message) => (message.type === 'event' ? [message.event.seq] : []));
  expect(seqs).toEqual([1, 2, 3, 4]);
  // What comes next comes live, once.
  await api.record.append(session, { type: 'executed', statement: two });
  await again.until((message) => message.type === 'statement' && message.statement.state === 'running');
  expect(statesIn(again)).toEqual([`${two} received`, `${one} succeeded`, `${two} running`]);
});

it('has too much that was missed, and what is none of this record, read over HTTP', async () => {
  api = await startApi({ limits: { mostMissedEvents: 3 } });
  const session = await sessionOf('ada');
  const topic = { name: 'session', session } as const;
  const first = await subscribed(api.url, 'ada', topic);
  const after = cursorOf(first)!;
  const note = { type: 'prompt', text: 'x', source: 'api' } as const;
  for (let i = 0; i < 3; i += 1) await api.record.append(session, note);
  const inTime = await subscribed(api.url, 'ada', topic, { after });
  expect(inTime.messages[1]).toMatchObject({ type: 'subscribed', resync: false, cursor: after });
  await api.record.append(session, note);
  const late = await subscribed(api.url, 'ada', topic, { after });
  expect(late.messages[1]).toMatchObject({ type: 'subscribed', resync: true });
  const [scope, number] = cursorOf(late)!.split('.');
  const strange = [
    `${scope}.${number}.0123456789abcdef`,
    `${scope}.${Number(number) + 1}.0123456789abcdef`,
    `${scope}.0.x`,
  ];
  for (const cursor of strange) {
    const client = await subscribed(api.url, 'ada', topic, { after: cursor });
    expect(client.messages[1], `after ${cursor}`).toMatchObject({ type: 'subscribed', resync: true });
  }
  // Of another session.
  const other = { name: 'session', session: await sessionOf('ada') } as const;
  const strayed = await subscribed(api.url, 'ada', other, { after: cursorOf(late) });
  expect(strayed.messages[1]).toMatchObject({ type: 'subscribed', resync: true });
});

it('resumes over many pages', async () => {
  api = await startApi();
  const session = await sessionOf('ada');
  const first = await subscribed(api.url, 'ada', { name: 'session', session });
  const after = cursorOf(first);
  const note = { type: 'prompt', text: 'x', source: 'api' } as const;
  await Promise.all(Array.from({ length: 450 }, () => api.record.append(session, note)));
  const again = await subscribed(api.url, 'ada', { name: 'session', session }, { after });
  for (const client of [first, again]) {
    await expect.poll(() => client.messages.filter(({ type }) => type === 'event').length).toBe(450);
    const seqs = client.messages.flatMap((message) => (message.type === 'event' ? [message.event.seq] : []));
    expect(seqs).toEqual(Array.from({ length: 450 }, (_, index) => index + 1));
  }
});
