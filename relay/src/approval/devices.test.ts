import { generateKeyPairSync, sign } from 'node:crypto';
import { decisionBytes, enrolmentBytes } from '@sluice/contract';
import { expect, it } from 'vitest';
import type { Identity } from '../identity/index.ts';
import type { Approval } from './approval.ts';
import { ada, answer, deleteRequest, holdNow, owners, testApprovals } from './testing.ts';

const [olga, omar] = owners;
type Desk = Awaited<ReturnType<typeof testApprovals>>;

function newDevice() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return { key, sign: (bytes: Uint8Array) => sign(null, bytes, privateKey).toString('base64') };
}
type TestDevice = ReturnType<typeof newDevice>;

function enrolment(desk: Desk, owner: Identity, device: TestDevice, by: TestDevice | null = null) {
  const at = new Date(desk.clock.now).toISOString();
  const bytes = enrolmentBytes({ identity: owner.id, key: device.key, at });
  const vouchedBy = by && { key: by.key, signature: by.sign(bytes) };
  return { key: device.key, name: 'laptop', at, proof: device.sign(bytes), vouchedBy };
}

function signed(desk: Desk, approval: Approval, device: TestDevice, comment = '') {
  const decidedAt = new Date(desk.clock.now).toISOString();
  const plain = answer(approval, 'approve', { comment });
  const value = device.sign(decisionBytes({ ...plain, approval: approval.id, decidedAt }));
  return { ...plain, signature: { key: device.key, algorithm: 'Ed25519' as const, value, decidedAt } };
}

it('takes a decision signed on an enrolled device, and records what proves it', async () => {
  const desk = await testApprovals();
  const device = newDevice();
  await desk.devices.enrol(olga, enrolment(desk, olga, device));
  const { id, outcome, approval } = await holdNow(desk, deleteRequest(ada, { signed: true }));
  const decision = signed(desk, approval, device);
  await desk.approvals.decide(olga, id, decision);
  expect(await outcome).toMatchObject({ outcome: 'approved' });
  expect(desk.recorder.bodies).toContainEqual(
    expect.objectContaining({ type: 'approval_decided', signature: decision.signature }),
  );
});

it('refuses a decision that the policy wants signed and that is not, or not rightly', async () => {
  const desk = await testApprovals();
  const device = newDevice();
  const omars = newDevice();
  await desk.devices.enrol(olga, enrolment(desk, olga, device));
  await desk.devices.enrol(omar, enrolment(desk, omar, omars));
  const { id, approval } = await holdNow(desk, deleteRequest(ada, { signed: true }));
  const other = await holdNow(desk, deleteRequest(ada, { signed: true }));
  const good = signed(desk, approval, device);
  const replayed = signed(desk, other.approval, device);
  const attempts = {
    unsigned: { ...good, signature: null },
    'of a device nobody enrolled': signed(desk, approval, newDevice()),
    "of another person's device": signed(desk, approval, omars),
    'for another comment': { ...good, comment: 'changed' },
    'for another verdict': { ...good, verdict: 'deny' as const, comment: 'no' },
    'with more than was signed': { ...good, verdict: 'deny' as const, comment: 'x', proposal: 'SELECT 1' },
    "another request's": { ...good, signature: replayed.signature },
  };
  const answers = await Promise.allSettled(
    Object.values(attempts).map((attempt) => desk.approvals.decide(olga, id, attempt)),
  );
  expect(answers).toMatchObject(
    answers.map(() => ({ status: 'rejected', reason: { code: 'approver_not_allowed' } })),
  );
  desk.clock.now += 6 * 60_000;
  await expect(desk.approvals.decide(olga, id, good)).rejects.toThrow('not right');
  await desk.devices.revoke(olga, device.key);
  const late = signed(desk, approval, device);
  await expect(desk.approvals.decide(olga, id, late)).rejects.toThrow('not enrolled');
});

it('refuses a wrong signature also where none is needed', async () => {
  const desk = await testApprovals();
  const { id, approval } = await holdNow(desk, deleteRequest());
  await expect(desk.approvals.decide(olga, id, signed(desk, approval, newDevice()))).rejects.toThrow(
    'not enrolled',
  );
});

it('enrols a second device only on the word of an enrolled one', async () => {
  const desk = await testApprovals();
  const [first, second, third, stranger] = [newDevice(), newDevice(), newDevice(), newDevice()];
  await desk.devices.enrol(olga, enrolment(desk, olga, first));
  await expect(desk.devices.enrol(olga, enrolment(desk, olga, second))).rejects.toThrow('vouch');
  await expect(desk.devices.enrol(olga, enrolment(desk, olga, second, stranger))).rejects.toThrow('vouches');
  await desk.devices.enrol(olga, enrolment(desk, olga, second, first));
  await desk.devices.revoke(olga, first.key);
  await expect(desk.devices.enrol(olga, enrolment(desk, olga, third, first))).rejects.toThrow('vouches');
  await expect(desk.devices.enrol(olga, enrolment(desk, olga, first, second))).rejects.toThrow('before');
  await desk.devices.revoke(olga, second.key);
  await expect(desk.devices.enrol(olga, enrolment(desk, olga, third))).rejects.toThrow('vouch');
  expect((await desk.devices.list(olga)).map(({ revokedAt }) => revokedAt !== null)).toEqual([true, true]);
});

it('enrols nobody else’s key, and no first one where the configuration says so', async () => {
  const desk = await testApprovals({ firstUse: false });
  const device = newDevice();
  await expect(desk.devices.enrol(olga, enrolment(desk, olga, device))).rejects.toThrow('vouch');
  const open = await testApprovals();
  const stolen = { ...enrolment(open, olga, device), proof: newDevice().sign(new Uint8Array(1)) };
  await expect(open.devices.enrol(olga, stolen)).rejects.toThrow('not signed by the key');
  const forOlga = enrolment(open, olga, device);
  await expect(open.devices.enrol(omar, forOlga)).rejects.toThrow('not signed by the key');
  await open.devices.enrol(olga, forOlga);
  await expect(open.devices.revoke(omar, device.key)).rejects.toThrow('no such device');
});
