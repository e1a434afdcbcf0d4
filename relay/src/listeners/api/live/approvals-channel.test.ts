import { liveServerMessage } from '@sluice/contract';
import { afterEach, expect, it } from 'vitest';
import { ada, answer, deleteRequest, holdNow, person } from '../../../approval/testing.ts';
import { olga, startApi, subscribed } from '../../../../../test/support/start-api.ts';

let api: Awaited<ReturnType<typeof startApi>>;
afterEach(() => api.close());

type Client = Awaited<ReturnType<typeof subscribed>>;

const cursorOf = (client: Client): string => {
  const last = client.messages.findLast((message) => 'cursor' in message);
  if (last === undefined) throw new Error('nothing has a cursor');
  return last.cursor;
};
const toldOf = ({ messages }: Client) =>
  messages.flatMap((message) => (message.type === 'approval' ? [message.approval.id] : []));
/** Whatever was on its way is there. */
const settled = async (client: Client) => {
  client.send({ type: 'ping' });
  await client.until(({ type }) => type === 'pong');
};

it('tells approvers and the requester of each change, and nobody else', async () => {
  api = await startApi();
  const clients = await Promise.all(
    ['olga', 'ada', 'sam', 'olga/agent'].map((who) => subscribed(api.url, who, 'approvals')),
  );
  const [approver, requester, other, agent] = clients as [Client, Client, Client, Client];
  const { id, approval } = await holdNow(api, deleteRequest());
  await api.approvals.decide(olga, id, answer(approval));
  for (const client of [approver, requester]) {
    await client.until((message) => message.type === 'approval' && message.approval.phase === 'approved');
    for (const message of client.messages) liveServerMessage.parse(message);
    expect(client.messages.map(({ type }) => type)).toEqual([
      'welcome',
      'subscribed',
      'approval',
      'approval',
    ]);
  }
  // Whoever must not know gets nothing between two messages that they do get.
  for (const client of [other, agent]) {
    await settled(client);
    expect(client.messages.map(({ type }) => type)).toEqual(['welcome', 'subscribed', 'pong']);
  }
});

it('resumes after the last cursor, with the newest state of what was missed', async () => {
  api = await startApi();
  const first = await subscribed(api.url, 'olga', 'approvals');
  const one = await holdNow(api, deleteRequest());
  await first.until(({ type }) => type === 'approval');
  first.socket.close();
  await first.closed;
  const two = await holdNow(api, deleteRequest());
  const three = await holdNow(api, deleteRequest());
  await api.approvals.decide(olga, two.id, answer(two.approval));

  const again = await subscribed(api.url, 'olga', 'approvals', { after: cursorOf(first) });
  await again.until((message) => message.type === 'approval' && message.approval.id === two.id);
  expect(again.messages[1]).toMatchObject({ type: 'subscribed', resync: false });
  expect(toldOf(again)).toEqual([three.id, two.id]);
  expect(again.messages.at(-1)).toMatchObject({ approval: { phase: 'approved' } });
  // One that begins anew is told of nothing that was.
  const fresh = await subscribed(api.url, 'olga', 'approvals');
  expect(fresh.messages[1]).toMatchObject({ type: 'subscribed', resync: true });
  const four = await holdNow(api, deleteRequest());
  await fresh.until(({ type }) => type === 'approval');
  expect([toldOf(fresh), toldOf(again).at(-1)]).toEqual([[four.id], four.id]);
  expect(one.id).not.toBe(two.id);
});

it('has the list to be read again when a cursor is none, of somebody else, or too old', async () => {
  api = await startApi({ limits: { mostMissedChanges: 2 } });
  const client = await subscribed(api.url, 'olga', 'approvals');
  const own = cursorOf(client);
  const [scope, number, mark] = own.split('.');
  const omars = cursorOf(await subscribed(api.url, 'omar', 'approvals'));
  const statements = cursorOf(await subscribed(api.url, 'olga', 'statements'));
  const strange = [
    'nonsense',
    '',
    '...',
    `${own}.1`,
    `${scope}.-1.${mark}`,
    `${scope}.${number}.'`,
    `${scope}.999999.${mark}`,
    `${scope}.${'9'.repeat(15)}.${mark}`,
    `${scope}.1e3.${mark}`,
    omars,
    statements,
  ];
  for (const after of strange) {
    const late = await subscribed(api.url, 'olga', 'approvals', { after });
    expect(late.messages[1], `after ${after}`).toMatchObject({
      type: 'subscribed',
      resync: true,
      cursor: own,
    });
    late.socket.close();
  }
  for (let i = 0; i < 2; i += 1) await holdNow(api, deleteRequest());
  const inTime = await subscribed(api.url, 'olga', 'approvals', { after: own });
  expect(inTime.messages[1]).toMatchObject({ type: 'subscribed', resync: false });
  await holdNow(api, deleteRequest());
  const late = await subscribed(api.url, 'olga', 'approvals', { after: own });
  expect(late.messages[1]).toMatchObject({ type: 'subscribed', resync: true });
  // Also when the store was restored since: what is in that place now is something else.
  const [, now] = cursorOf(late).split('.');
  const other = await subscribed(api.url, 'olga', 'approvals', { after: `${scope}.${now}.zzz` });
  expect(other.messages[1]).toMatchObject({ type: 'subscribed', resync: true });
});

it('gives with the list the cursor to go on from', async () => {
  api = await startApi();
  const one = await holdNow(api, deleteRequest());
  const { body } = await api.call('olga', 'GET', '/approvals');
  const two = await holdNow(api, deleteRequest());
  const client = await subscribed(api.url, 'olga', 'approvals', { after: body.cursor });
  await client.until((message) => message.type === 'approval' && message.approval.id === two.id);
  expect(toldOf(client)).toEqual([two.id]);
  expect(body.approvals.map(({ id }: { id: string }) => id)).toEqual([one.id]);
  // Somebody else's is no good.
  const omars = await subscribed(api.url, 'omar', 'approvals', { after: body.cursor });
  expect(omars.messages[1]).toMatchObject({ type: 'subscribed', resync: true });
});

it('says at each beat how far it has come', async () => {
  api = await startApi({ limits: { heartbeatMs: 100 } });
  const client = await subscribed(api.url, 'olga', 'approvals');
  // Of others', of which olga is told nothing.
  const { id } = await holdNow(api, deleteRequest(ada, { approvers: ['others'] }));
  expect(await client.until(({ type }) => type === 'reached')).toMatchObject({ id: 'one' });
  const again = await subscribed(api.url, 'olga', 'approvals', { after: cursorOf(client) });
  await settled(again);
  expect(toldOf(again)).toEqual([]);
  expect(id).not.toBe('');
});

it('tells a client that does not read nothing more, and then what it has missed', async () => {
  api = await startApi({ limits: { maxBuffered: 20_000 } });
  const [slow, quick] = await Promise.all([
    subscribed(api.url, 'olga', 'approvals'),
    subscribed(api.url, 'omar', 'approvals'),
  ]);
  slow.socket.pause();
  const bulky = person('bulky', ['analysts', 'g'.repeat(400_000)]);
  const made: string[] = [];
  for (let i = 0; i < 40; i += 1) made.push((await holdNow(api, deleteRequest(bulky))).id);
  // It costs nobody else anything.
  await quick.until((message) => message.type === 'approval' && message.approval.id === made.at(-1));
  slow.socket.resume();
  await slow.until((message) => message.type === 'approval' && message.approval.id === made.at(-1));
  expect(toldOf(slow)).toEqual(made);
  expect(slow.messages.map(({ type }) => type)).not.toContain('resync');
});

it('has a client read the list again that has missed too much', async () => {
  api = await startApi({ limits: { maxBuffered: 20_000, mostMissedChanges: 3 } });
  const slow = await subscribed(api.url, 'olga', 'approvals');
  slow.socket.pause();
  const bulky = person('bulky', ['analysts', 'g'.repeat(400_000)]);
  const made = 40;
  for (let i = 0; i < made; i += 1) await holdNow(api, deleteRequest(bulky));
  slow.socket.resume();
  await slow.until(({ type }) => type === 'resync');
  expect(toldOf(slow).length).toBeLessThan(made);
  const { id } = await holdNow(api, deleteRequest(ada));
  await slow.until((message) => message.type === 'approval' && message.approval.id === id);
});

it('tells nothing before everybody is out who was put out by then', async () => {
  const settle = Promise.withResolvers<void>();
  let isSettling = false;
  api = await startApi({
    settle: async () => {
      isSettling = true;
      await settle.promise;
    },
  });
  const [olgas, omars] = await Promise.all([
    subscribed(api.url, 'olga', 'approvals'),
    subscribed(api.url, 'omar', 'approvals'),
  ]);
  await holdNow(api, deleteRequest());
  await expect.poll(() => isSettling).toBe(true);
  // Another relay has said so, and this one only learns of it now.
  api.live.revoked(({ subject }) => subject === 'olga');
  settle.resolve();
  await omars.until(({ type }) => type === 'approval');
  expect(await olgas.closed).toBe(4401);
  expect(olgas.messages.map(({ type }) => type)).toEqual(['welcome', 'subscribed', 'error']);
});
