import { createLiveClient, type LiveState, type LiveTopic, type LiveUpdate } from '@sluice/contract';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identityId } from '@sluice/relay/identity';
import { apiClient, nextPending } from '../support/api.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { issuerAndPostgres } from '../support/issuer-and-postgres.ts';
import { relayPlace } from '../support/relay-place.ts';
import { twoRelaysOnPostgres } from '../support/relays-on-postgres.ts';
import { subscribed } from '../support/start-api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { issuer, hasPostgres, postgres } = issuerAndPostgres();
const folder = temporaryFolder();

const UPDATE = "UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7";

/** The typed client, over Node's own WebSocket; and what it was told of each topic. */
function watch(url: string, token: () => Promise<string>, topics: readonly LiveTopic[]) {
  const states: LiveState[] = [];
  const told = topics.map((): LiveUpdate[] => []);
  const client = createLiveClient({ url, token, random: () => 0, onState: (state) => states.push(state) });
  onTestFinished(() => client.close());
  topics.forEach((topic, index) => client.subscribe(topic, (update) => told[index]!.push(update)));
  return { client, states, told };
}

const phasesIn = (updates: readonly LiveUpdate[] = []) =>
  updates.flatMap((update) => (update.type === 'approval' ? [update.approval.phase] : []));
/** Of the statement that was held: the relay counts rows for approvers by one of its own. */
const statesIn = (updates: readonly LiveUpdate[] = []) => {
  const statements = updates.flatMap((update) => (update.type === 'statement' ? [update.statement] : []));
  const held = statements.find(({ state }) => state === 'held');
  return statements.filter(({ id }) => id === held?.id).map(({ state }) => state);
};
const eventsIn = (updates: readonly LiveUpdate[] = []) =>
  updates.flatMap((update) => (update.type === 'event' ? [update.event.seq] : []));

it('a day on the live channel, over a restart of the relay', async () => {
  const place = await relayPlace(folder, issuer());
  const start = () => place.start(() => {}, { longPollMs: 2_000 });
  const first = await start();
  const ada = await connectDriver(place.url, await issuer().tokenFor('ada'));
  await ada.run('SELECT 1');
  const [{ session } = { session: '' }] = await first.store.index.sessions({ limit: 1 });

  const deciding = watch(place.url, () => issuer().decidingTokenFor('grace'), [{ name: 'approvals' }]);
  const asking = watch(place.url, () => issuer().tokenFor('ada'), [
    { name: 'statements' },
    { name: 'session', session },
    { name: 'approvals' },
  ]);
  const others = watch(place.url, () => issuer().tokenFor('mallory'), [
    { name: 'statements' },
    { name: 'session', session },
    { name: 'approvals' },
  ]);
  const begun = ({ told }: typeof asking) => told.every((updates) => updates.length > 0);
  await expect.poll(() => [deciding, asking, others].every(begun)).toBe(true);
  expect(others.told[1]).toMatchObject([{ type: 'ended', error: { code: 'session_unknown' } }]);

  const call = ada.run(UPDATE);
  await expect.poll(() => phasesIn(deciding.told[0])).toEqual(expect.arrayContaining(['asked']));
  await expect.poll(() => statesIn(asking.told[0]).at(-1)).toBe('held');

  await first.close();
  await expect.poll(() => asking.client.state().type).toBe('waiting');
  const second = await start();
  onTestFinished(() => second.close());
  const isBack = () => [deciding, asking].every(({ client }) => client.state().type === 'connected');
  await expect.poll(isBack).toBe(true);
  // It is held by the next relay as it was by the first.
  await expect.poll(() => eventsIn(asking.told[1]).length).toBeGreaterThan(0);
  await nextPending(apiClient(place.url, await issuer().decidingTokenFor('grace')));

  const grace = apiClient(place.url, await issuer().decidingTokenFor('grace'));
  await grace.decide(await nextPending(grace), 'approve', 'after the restart');
  expect((await call).statement.getNumUpdatedRows()).toBe(1);
  await expect.poll(() => statesIn(asking.told[0]).at(-1)).toBe('succeeded');
  expect(statesIn(asking.told[0]).slice(statesIn(asking.told[0]).indexOf('held'))).not.toContain('received');
  await expect.poll(() => phasesIn(deciding.told[0]).at(-1)).toBe('used');
  await expect.poll(() => phasesIn(asking.told[2]).at(-1)).toBe('used');
  // Everything that was recorded, in order and once, without a gap; and nothing had to be read again.
  const seqs = eventsIn(asking.told[1]);
  expect(seqs).toEqual(seqs.map((_, index) => seqs[0]! + index));
  const resyncs = [...deciding.told, ...asking.told].map(
    (updates) => updates.filter(({ type }) => type === 'resync').length,
  );
  expect(resyncs).toEqual([1, 1, 1, 1]);
  expect(others.told.flat().filter(({ type }) => type !== 'resync' && type !== 'ended')).toEqual([]);
  await ada.close();
});

describe('two relays on one PostgreSQL', () => {
  const two = async (skip: (why: string) => void) => {
    if (!hasPostgres) skip('PostgreSQL is not installed here');
    const [here, there] = await twoRelaysOnPostgres(folder, await postgres().newDatabase(), issuer());
    return { here: here.place.url, there: there.place.url };
  };
  const cursorOf = ({ messages }: Awaited<ReturnType<typeof subscribed>>) =>
    messages.findLast((message) => 'cursor' in message)?.cursor ?? null;

  it('tell of what happens at the other, and take each other’s cursors', async ({ skip }) => {
    const { here, there } = await two(skip);
    const token = await issuer().decidingTokenFor('grace');
    const own = await issuer().tokenFor('ada');
    const atOther = await subscribed(there, token, 'approvals');
    const statements = await subscribed(there, own, 'statements');
    const ada = await connectDriver(here, own);
    const call = ada.run(UPDATE);
    const asked = await atOther.until(({ type }) => type === 'approval');
    await statements.until((message) => message.type === 'statement' && message.statement.state === 'held');
    const [after, afterStatement] = [cursorOf(atOther), cursorOf(statements)];
    for (const client of [atOther, statements]) {
      client.socket.close();
      await client.closed;
    }

    // While it is away, another decides; it comes back at the other relay, with the cursor of the first.
    const grace = apiClient(there, token);
    await grace.decide(await nextPending(grace), 'approve', 'at the other');
    expect((await call).statement.getNumUpdatedRows()).toBe(1);
    const back = await subscribed(here, token, 'approvals', { after });
    expect(back.messages[1]).toMatchObject({ type: 'subscribed', resync: false });
    const used = await back.until(
      (message) => message.type === 'approval' && message.approval.phase === 'used',
    );
    expect(used).toMatchObject({ approval: { id: asked.type === 'approval' ? asked.approval.id : '' } });
    const again = await subscribed(here, own, 'statements', { after: afterStatement });
    expect(again.messages[1]).toMatchObject({ type: 'subscribed', resync: false });
    await again.until((message) => message.type === 'statement' && message.statement.state === 'succeeded');
    await ada.close();
    for (const { socket } of [back, again]) socket.close();
  });

  it('tell who looks at a request at the other', async ({ skip }) => {
    const { here, there } = await two(skip);
    const ada = await connectDriver(here, await issuer().tokenFor('ada'));
    const call = errorOf(ada.run(UPDATE));
    const alan = apiClient(here, await issuer().decidingTokenFor('alan'));
    const { id } = await nextPending(alan);
    const alans = watch(here, () => issuer().decidingTokenFor('alan'), [{ name: 'looking' }]);
    const graces = watch(there, () => issuer().decidingTokenFor('grace'), [{ name: 'looking' }]);
    const seenBy = ({ told }: typeof alans) =>
      told[0]!.flatMap((update) =>
        update.type === 'looking' && update.looking.approval === id
          ? [update.looking.people.map(({ name }) => name)]
          : [],
      );
    graces.client.look(id);
    await expect.poll(() => seenBy(alans)).toEqual([[expect.stringMatching(/grace/i)]]);
    graces.client.close();
    await expect.poll(() => seenBy(alans).at(-1)).toEqual([]);
    expect(seenBy(graces)).toEqual([]);
    const decided = await nextPending(alan);
    await alan.decide(decided, 'deny', 'no');
    await call;
    await ada.close();
  });

  it('tell a person who was revoked at the other of nothing that came after', async ({ skip }) => {
    const { here, there } = await two(skip);
    const graces = await subscribed(there, await issuer().decidingTokenFor('grace'), 'approvals');
    const alan = apiClient(here, await issuer().decidingTokenFor('alan'));
    const identity = identityId(issuer().issuer, 'grace');
    const ada = await connectDriver(here, await issuer().tokenFor('ada'));
    await alan.post('/api/revocations', { target: { type: 'subject', identity }, reason: 'left' });
    const call = errorOf(ada.run(UPDATE));
    expect(await graces.closed).toBe(4401);
    expect(graces.messages.at(-1)).toMatchObject({ type: 'error', code: 'identity_revoked' });
    expect(graces.messages.map(({ type }) => type)).toEqual(['welcome', 'subscribed', 'error']);
    await ada.close();
    await call;
  });
});
