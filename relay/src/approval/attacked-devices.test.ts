import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { decisionBytes, enrolmentBytes } from '@sluice/contract';
import { beforeEach, expect, it } from 'vitest';
import { devicesIn, devicesOnRecord } from '../recording/index.ts';
import { openRecordedStore } from '../recording/testing/open-recorded-store.ts';
import type { Identity } from '../identity/index.ts';
import type { Approval } from './approval.ts';
import { createDevices, type Devices } from './index.ts';
import { answer, NINE, person } from './testing.ts';

/** Somebody who writes to the database, and has no key of the relays. */
let kept: Awaited<ReturnType<typeof openRecordedStore>>;
let devices: Devices;
let refused: string[];
const [grace, olga] = [person('grace', ['owners']), person('olga', ['security'])];
const approval = { id: 'a', request: { decision: { ask: { signed: true } } } } as Approval;

beforeEach(async () => {
  kept = await openRecordedStore();
  refused = [];
  devices = aRelay();
});

function aRelay() {
  const { store, recorder, notices } = kept;
  const { relaySession, proof } = recorder;
  return createDevices({
    store,
    relaySession,
    notices,
    now: () => NINE,
    newId: randomUUID,
    firstUse: true,
    vouchers: ['security'],
    confirmIdentity: () => {},
    onRecord: (readers) => devicesOnRecord(readers, proof, relaySession),
    onForged: ({ message }) => void refused.push(message),
  });
}

function newDevice() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return { key, sign: (bytes: Uint8Array) => sign(null, bytes, privateKey).toString('base64') };
}
type TestDevice = ReturnType<typeof newDevice>;

function enrolment(owner: Identity, device: TestDevice) {
  const at = new Date(NINE).toISOString();
  const proof = device.sign(enrolmentBytes({ identity: owner.id, key: device.key, at }));
  return { key: device.key, name: 'laptop', at, proof, vouchedBy: null };
}

function decides(device: TestDevice) {
  const plain = answer({ ...approval, binding: 'b' }, 'approve');
  const decidedAt = new Date(NINE).toISOString();
  const value = device.sign(decisionBytes({ ...plain, approval: approval.id, decidedAt }));
  const decision = {
    ...plain,
    signature: { key: device.key, algorithm: 'Ed25519' as const, value, decidedAt },
  };
  return devices.checkDecision(grace, approval, decision);
}

const row = (device: TestDevice) => ({
  key: device.key,
  identity: grace.id,
  subject: grace.subject,
  name: 'laptop',
  enrolled_at: NINE,
  enrolled_by: 'somebody',
  revoked_at: null,
});

it('refuses a device that the database has and nobody enrolled, and says so', async () => {
  const [own, mallorys] = [newDevice(), newDevice()];
  await devices.enrol(grace, enrolment(grace, own));
  await kept.db.insertInto('approver_device').values(row(mallorys)).execute();
  await decides(own);
  await expect(decides(mallorys)).rejects.toMatchObject({ code: 'approver_not_allowed' });
  expect(refused.join()).toContain('nobody has enrolled');
  expect((await devices.list(grace)).map(({ key }) => key)).toEqual([own.key]);
});

it('refuses somebody’s own device under another’s name', async () => {
  const mallorys = newDevice();
  const mallory = person('mallory');
  await devices.enrol(mallory, enrolment(mallory, mallorys));
  await kept.db.updateTable('approver_device').set({ identity: grace.id, subject: grace.subject }).execute();
  await expect(decides(mallorys)).rejects.toMatchObject({ code: 'approver_not_allowed' });
  expect(refused).not.toEqual([]);
});

it('refuses a device that was revoked, whatever the database says of it since', async () => {
  const lost = newDevice();
  await devices.enrol(grace, enrolment(grace, lost));
  await devices.revoke(grace, lost.key);
  await kept.db.updateTable('approver_device').set({ revoked_at: null }).execute();
  await expect(decides(lost)).rejects.toMatchObject({ code: 'approver_not_allowed' });
  expect(refused.join()).toContain('revoked');
});

it('takes no device for a first one because the rows of others are gone, and retires these', async () => {
  const [own, next] = [newDevice(), newDevice()];
  await devices.enrol(grace, enrolment(grace, own));
  await kept.db.deleteFrom('approver_device').execute();
  await expect(devices.enrol(grace, enrolment(grace, own))).rejects.toThrow('enrolled before');
  const waits = await devices.enrol(grace, enrolment(grace, next));
  if (waits.outcome !== 'waits') throw new Error('it was taken for a first one');
  await devices.vouch(olga, waits.request.id, 'we spoke');
  await kept.db.insertInto('approver_device').values(row(own)).execute();
  await expect(decides(own)).rejects.toMatchObject({ code: 'approver_not_allowed' });
  await decides(next);
});

it('lets its owner revoke a device whose row is gone', async () => {
  const lost = newDevice();
  await devices.enrol(grace, enrolment(grace, lost));
  await kept.db.deleteFrom('approver_device').execute();
  await devices.revoke(grace, lost.key);
  await kept.db.insertInto('approver_device').values(row(lost)).execute();
  await expect(decides(lost)).rejects.toMatchObject({ code: 'approver_not_allowed' });
});

it('believes no event that somebody else wrote, and misses one that is gone', async () => {
  const { db, store, recorder } = kept;
  const [own, mallorys] = [newDevice(), newDevice()];
  await devices.enrol(grace, enrolment(grace, own));
  const { position } = (await store.events.lastOf(recorder.relaySession))!;
  await db
    .updateTable('recorded_event')
    .set({ mac: '0'.repeat(32) })
    .where('position', '=', position)
    .execute();
  await expect(decides(own)).rejects.toMatchObject({ code: 'approver_not_allowed' });
  await db.insertInto('approver_device').values(row(mallorys)).execute();
  await expect(decides(mallorys)).rejects.toMatchObject({ code: 'approver_not_allowed' });
});

it('misses a revocation that was taken out of the record once it was read', async () => {
  const { db, store, recorder } = kept;
  const lost = newDevice();
  await devices.enrol(grace, enrolment(grace, lost));
  await devices.revoke(grace, lost.key);
  const { position } = (await store.events.lastOf(recorder.relaySession))!;
  await recorder.checkpoint();
  await db.deleteFrom('recorded_event').where('position', '=', position).execute();
  await db.updateTable('approver_device').set({ revoked_at: null }).execute();
  await expect(decides(lost)).rejects.toMatchObject({ code: 'record_contradicted' });
});

it('lets nobody vouch for a key that another has, whose row is gone', async () => {
  const shared = newDevice();
  const ben = person('ben', ['owners']);
  // Each has one already: the next one waits.
  for (const owner of [grace, ben]) await devices.enrol(owner, enrolment(owner, newDevice()));
  const [hers, his] = await Promise.all(
    [grace, ben].map((owner) => devices.enrol(owner, enrolment(owner, shared))),
  );
  if (hers?.outcome !== 'waits' || his?.outcome !== 'waits') throw new Error('one was taken for a first one');
  await devices.vouch(olga, hers.request.id, 'we spoke');
  await kept.db.deleteFrom('approver_device').where('key', '=', shared.key).execute();
  await expect(devices.vouch(olga, his.request.id, 'we spoke')).rejects.toThrow('enrolled before');
});

it('counts no decision whose device was revoked while its signature was looked at', async () => {
  const lost = newDevice();
  await devices.enrol(grace, enrolment(grace, lost));
  const signature = { key: lost.key, algorithm: 'Ed25519' as const, value: '', decidedAt: '' };
  const confirm = () =>
    kept.store.transaction((tx) =>
      devices.confirmDevice(tx, grace, { ...answer({ binding: 'b' }, 'approve'), signature }),
    );
  await expect(confirm()).resolves.toBeUndefined();
  await devices.revoke(grace, lost.key);
  await expect(confirm()).rejects.toMatchObject({ code: 'approver_not_allowed' });
});

it('gives nothing by what a relay with a newer vault has written, perhaps, and takes away by it', async () => {
  const { store, recorder } = kept;
  const { relaySession, proof } = recorder;
  await devices.enrol(grace, enrolment(grace, newDevice()));
  const unknown = { standingOf: async () => 'unknown' as const, keyEvents: () => [] };
  expect(await devicesOnRecord(store, unknown, relaySession)).toEqual([]);
  const [device] = await devices.list(grace);
  await devices.revoke(grace, device!.key);
  const partly = {
    keyEvents: () => [],
    standingOf: async (event: Parameters<typeof proof.standingOf>[0]) =>
      event.type === 'device_enrolled' ? ('proven' as const) : ('unknown' as const),
  };
  expect(await devicesOnRecord(store, partly, relaySession)).toMatchObject([{ isRevoked: true }]);
});

it('takes a key for that of whoever enrolled it first', () => {
  const enrolled = (identity: string) => ({
    type: 'device_enrolled' as const,
    identity,
    key: 'K',
    name: 'laptop',
    enrolledAt: '',
    proof: '',
    vouchedBy: null,
  });
  const events = ['grace', 'mallory'].map((identity, seq) => ({ seq, body: enrolled(identity) }));
  expect(devicesIn(events)).toMatchObject([{ identity: 'grace' }]);
});
