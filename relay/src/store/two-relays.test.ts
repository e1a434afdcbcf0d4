import { randomUUID } from 'node:crypto';
import type { SessionEvent } from '@sluice/contract';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type Postgres, postgresPrograms, startPostgres } from '../../../test/support/postgres.ts';
import {
  accessRequest,
  ada,
  answer,
  deleteRequest,
  holdNow,
  NINE,
  owners,
  person,
  testApprovals,
  testRecorder,
} from '../approval/testing.ts';
import { openClassification } from '../classification/index.ts';
import { createRevocations } from '../identity/index.ts';
import { noticesOn } from '../recording/testing/test-notices.ts';
import type { TaggedColumn } from '../policy/index.ts';
import { openStore, type Store } from './index.ts';

const programs = postgresPrograms();
let postgres: Postgres;
beforeAll(async () => {
  if (programs !== null) postgres = await startPostgres(programs);
});
afterAll(async () => await postgres?.close());

const onError = (error: unknown) => {
  throw error;
};

/** The parts of one relay. */
async function relayOn(opened: Store, events: SessionEvent[]) {
  const recorder = testRecorder();
  recorder.on(opened, events);
  const store = { ...opened, transaction: recorder.transaction };
  const clock = { now: NINE };
  const revocations = await createRevocations({
    store,
    relaySession: randomUUID(),
    notices: noticesOn(recorder),
    now: () => clock.now,
    clockToleranceMs: 0,
    onError,
  });
  const desk = await testApprovals({ store: opened, recorder, clock, confirmIdentity: revocations.check });
  const classification = await openClassification(store);
  return { ...desk, revocations, classification };
}

async function twoRelays(skip: (why: string) => void) {
  if (programs === null) skip('PostgreSQL is not installed here');
  const name = `SLUICE_TEST_${randomUUID().replaceAll('-', '')}`;
  process.env[name] = await postgres.newDatabase();
  const config = { kind: 'postgres', url: { env: name }, tls: null, allowPlain: false, poolSize: 4 } as const;
  const stores = await Promise.all(
    ['one', 'other'].map(() => openStore(config, { database: '' }, { now: Date.now, onError })),
  );
  onTestFinished(async () => {
    for (const store of stores) await store.close();
    delete process.env[name];
  });
  const events: SessionEvent[] = [];
  return await Promise.all(stores.map((store) => relayOn(store, events)));
}

it('a decision at one releases the statement that waits at the other, which runs once', async ({ skip }) => {
  const [one, other] = (await twoRelays(skip)) as [Relay, Relay];
  const request = deleteRequest();
  const { id, approval, outcome } = await holdNow(one, request);
  await other.approvals.decide(owners[0], id, answer(approval));
  expect(await outcome).toMatchObject({ outcome: 'approved' });
  const uses = await Promise.allSettled([one.use(id, request), other.use(id, request), one.use(id, request)]);
  expect(uses.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
});

it('of two who decide at once, at two relays, both are counted', async ({ skip }) => {
  const [one, other] = (await twoRelays(skip)) as [Relay, Relay];
  const { id, approval, outcome } = await holdNow(one, deleteRequest(ada, { needed: 2 }));
  await Promise.all([
    one.approvals.decide(owners[0], id, answer(approval)),
    other.approvals.decide(owners[1], id, answer(approval)),
  ]);
  expect(await outcome).toMatchObject({ outcome: 'approved' });
});

it('a grant that was given at one is good at the other, and its rows are counted once', async ({ skip }) => {
  const [one, other] = (await twoRelays(skip)) as [Relay, Relay];
  const request = deleteRequest(ada, { grantUpToSeconds: 1800 });
  const { id, approval } = await holdNow(one, request);
  const grant = { mostRows: 5, grantSeconds: 600, grantRows: 12 };
  await one.approvals.decide(owners[0], id, answer(approval, 'approve', grant));
  const uses = await Promise.all([one.useGrant(request), other.useGrant(request), one.useGrant(request)]);
  expect(uses.map((use) => use?.rows).toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual([2, 5, 5]);
  expect(await other.useGrant(request)).toBeNull();
});

it('who is revoked at one is out at the other, with the accounts that the other knows', async ({ skip }) => {
  const [one, other] = (await twoRelays(skip)) as [Relay, Relay];
  const elsewhere = person('a.d.a', [], { issuer: 'https://saml.example', person: { employee: '17' } });
  await other.revocations.note({ ...ada, person: { employee: '17' } });
  const told: string[] = [];
  other.revocations.onRevoked(async ({ reason }) => void told.push(reason));
  await one.revocations.revoke({ target: { type: 'subject', identity: ada.id }, reason: 'left', by: 'sam' });
  const isOut = (relay: Relay, who: typeof ada) => () => {
    try {
      relay.revocations.check(who);
      return false;
    } catch {
      return true;
    }
  };
  await expect.poll(isOut(other, ada)).toBe(true);
  await expect.poll(isOut(one, elsewhere)).toBe(true);
  await expect.poll(() => told).toEqual(['left']);
  expect(one.revocations.list()).toEqual(other.revocations.list());
});

it('a tag that was carried at one is known at the other', async ({ skip }) => {
  const [one, other] = (await twoRelays(skip)) as [Relay, Relay];
  const object = { database: 'SHOP', schema: 'PUBLIC', name: 'COPY' };
  const tagged: TaggedColumn[] = [{ column: { object, column: 'C' }, tag: { tag: 'pii.email' } }];
  await one.store.transaction((tx) => one.classification.add(tx, tagged));
  expect(one.classification.tags.tagsOf({ object, column: 'C' })).toEqual([{ tag: 'pii.email' }]);
  await expect
    .poll(() => other.classification.tags.tagsOf({ object, column: 'C' }))
    .toEqual([{ tag: 'pii.email' }]);
});

it('access that one person asks for at both at once is asked for once', async ({ skip }) => {
  const relays = (await twoRelays(skip)) as [Relay, Relay];
  const admitted: number[] = [];
  const ask = (relay: Relay) =>
    relay.approvals.askAhead(accessRequest(), {
      admit: (waiting) => void admitted.push(waiting.length),
      events: [],
    });
  const asked = await Promise.all([0, 1, 0, 1].map((which) => ask(relays[which]!)));
  expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
  expect(await relays[0].approvals.open()).toHaveLength(1);
  // Both had found none, and one of them has looked again.
  expect(admitted).toEqual([0, 0]);
});

it('break-glass that was opened at one is used at the other, once', async ({ skip }) => {
  const [one, other] = (await twoRelays(skip)) as [Relay, Relay];
  const what = { sql: 'DELETE FROM orders', database: 'SHOP', schema: 'PUBLIC' };
  await one.openings.open(ada, { ...what, reason: 'outage', minutes: 5 });
  await expect.poll(() => other.openings.find(ada, what)).not.toBeNull();
  const use = (relay: Relay) =>
    relay.store.transaction((tx) => relay.openings.use(tx, other.openings.find(ada, what) ?? opened!, 'q'));
  const opened = one.openings.find(ada, what);
  const uses = await Promise.allSettled([use(one), use(other)]);
  expect(uses.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  await expect.poll(() => one.openings.find(ada, what)).toBeNull();
});

it('of one person’s first devices, enrolled at two relays at once, one is first', async ({ skip }) => {
  const relays = (await twoRelays(skip)) as [Relay, Relay];
  const { enrolmentBytes } = await import('@sluice/contract');
  const { newDevice } = await import('../recording/testing/record-a-day.ts');
  const enrolments = Array.from({ length: 4 }, (_, index) => {
    const device = newDevice();
    const at = new Date(NINE).toISOString();
    const proof = device.sign(enrolmentBytes({ identity: ada.id, key: device.key, at }));
    const enrolment = { key: device.key, name: 'laptop', at, proof, vouchedBy: null };
    return relays[index % 2]!.devices.enrol(ada, enrolment);
  });
  const outcomes = (await Promise.all(enrolments)).map(({ outcome }) => outcome);
  expect(outcomes.toSorted()).toEqual(['enrolled', 'waits', 'waits', 'waits']);
});

type Relay = Awaited<ReturnType<typeof relayOn>>;
