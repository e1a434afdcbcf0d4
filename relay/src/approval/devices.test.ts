import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { decisionBytes, enrolmentBytes } from '@sluice/contract';
import { expect, it } from 'vitest';
import { SluiceError } from '../errors.ts';
import type { Identity } from '../identity/index.ts';
import type { Approval } from './approval.ts';
import { ada, answer, deleteRequest, holdNow, owners, person, testApprovals } from './testing.ts';

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
  const enrol = async (...[device, by]: [TestDevice, TestDevice?]) =>
    (await desk.devices.enrol(olga, enrolment(desk, olga, device, by))).outcome;
  expect(await enrol(first)).toBe('enrolled');
  expect(await enrol(second)).toBe('waits');
  await expect(enrol(second, stranger)).rejects.toThrow('vouches');
  expect(await enrol(second, first)).toBe('enrolled');
  await desk.devices.revoke(olga, first.key);
  await expect(enrol(third, first)).rejects.toThrow('vouches');
  await expect(enrol(first, second)).rejects.toThrow('before');
  await desk.devices.revoke(olga, second.key);
  // A revoked device counts: whoever has stolen the owner's token does not start over.
  expect(await enrol(third)).toBe('waits');
  expect((await desk.devices.list(olga)).map(({ revokedAt }) => revokedAt !== null)).toEqual([true, true]);
});

it('enrols nobody else’s key, and no first one where the configuration says so', async () => {
  const desk = await testApprovals({ firstUse: false });
  const device = newDevice();
  expect(await desk.devices.enrol(olga, enrolment(desk, olga, device))).toMatchObject({ outcome: 'waits' });
  expect(await desk.devices.list(olga)).toEqual([]);
  const open = await testApprovals();
  const stolen = { ...enrolment(open, olga, device), proof: newDevice().sign(new Uint8Array(1)) };
  await expect(open.devices.enrol(olga, stolen)).rejects.toThrow('not signed by the key');
  const forOlga = enrolment(open, olga, device);
  await expect(open.devices.enrol(omar, forOlga)).rejects.toThrow('not signed by the key');
  await open.devices.enrol(olga, forOlga);
  await expect(open.devices.revoke(omar, device.key)).rejects.toThrow('no such device');
});

it('takes one of several first devices that come at once', async () => {
  const desk = await testApprovals();
  const { append } = desk.recorder;
  // A record that takes its time: meanwhile the others have looked whether there is a device.
  desk.recorder.append = async (...event) => {
    for (let i = 0; i < 200; i += 1) await new Promise(setImmediate);
    return await append(...event);
  };
  const devices = [newDevice(), newDevice(), newDevice(), newDevice()];
  const outcomes = await Promise.all(
    devices.map(async (device) => (await desk.devices.enrol(olga, enrolment(desk, olga, device))).outcome),
  );
  expect(outcomes.sort()).toEqual(['enrolled', 'waits', 'waits', 'waits']);
  expect(desk.recorder.bodies.filter(({ type }) => type === 'device_enrolled')).toHaveLength(1);
});

it('enrols nothing that is not on the record, and records nothing that is not enrolled', async () => {
  const desk = await testApprovals();
  const device = newDevice();
  desk.recorder.break();
  await expect(desk.devices.enrol(olga, enrolment(desk, olga, device))).rejects.toThrow('disk full');
  desk.recorder.break(false);
  expect(await desk.devices.list(olga)).toEqual([]);
  await desk.devices.enrol(olga, enrolment(desk, olga, device));
  desk.recorder.break();
  await expect(desk.devices.revoke(olga, device.key)).rejects.toThrow('disk full');
  desk.recorder.break(false);
  expect(await desk.devices.list(olga)).toMatchObject([{ revokedAt: null }]);
});

const sam = person('sam', ['security']);

async function lost() {
  const out = new Set<string>();
  const confirmIdentity = ({ subject }: Identity) => {
    if (out.has(subject)) throw new SluiceError('identity_revoked', 'out');
  };
  const desk = await testApprovals({ confirmIdentity });
  const [old, fresh] = [newDevice(), newDevice()];
  await desk.devices.enrol(olga, enrolment(desk, olga, old));
  const asked = await desk.devices.enrol(olga, enrolment(desk, olga, fresh));
  if (asked.outcome !== 'waits') throw new Error('it should wait');
  return { desk, old, fresh, id: asked.request.id, out };
}

it('takes a new device on another person’s word, and then none of the old ones', async () => {
  const { desk, old, fresh, id } = await lost();
  expect(await desk.devices.requests(sam)).toMatchObject([{ id, owner: { subject: 'olga' } }]);
  await desk.devices.vouch(sam, id, 'she called me');
  expect(await desk.devices.requests(sam)).toEqual([]);
  const [revoked, enrolled] = desk.recorder.bodies.slice(-2);
  expect(revoked).toMatchObject({ type: 'device_revoked', key: old.key });
  expect(enrolled).toMatchObject({
    type: 'device_enrolled',
    identity: olga.id,
    key: fresh.key,
    vouchedBy: null,
    word: { by: { id: sam.id, name: 'sam' }, comment: 'she called me' },
  });
  const { id: held, outcome, approval } = await holdNow(desk, deleteRequest(ada, { signed: true }));
  await expect(desk.approvals.decide(olga, held, signed(desk, approval, old))).rejects.toThrow(
    'not enrolled',
  );
  await desk.approvals.decide(olga, held, signed(desk, approval, fresh));
  expect(await outcome).toMatchObject({ outcome: 'approved' });
});

it.each<[string, Identity, string, string]>([
  ['by its owner', person('olga', ['security']), 'mine', 'approver_not_allowed'],
  ['by its owner in capitals', person('OLGA', ['security']), 'mine', 'approver_not_allowed'],
  [
    'by its owner’s other account',
    person('o2', ['security'], { email: 'olga@example.com' }),
    'mine',
    'approver_not_allowed',
  ],
  ['by who may be its owner', person('o2', ['security'], { email: null }), 'hers', 'person_unclear'],
  ['by somebody of other groups', person('bob', ['owners']), 'hers', 'approver_not_allowed'],
  ['by a pipeline', person('ci', ['security'], { kind: 'workload' }), 'hers', 'approver_not_allowed'],
  ['by an agent', { ...sam, mayDecide: false }, 'hers', 'approver_not_allowed'],
  ['without a word', sam, ' ', 'request_malformed'],
])('is not vouched for %s', async (_, by, comment, code) => {
  const { desk, old, id } = await lost();
  await expect(desk.devices.vouch(by, id, comment)).rejects.toMatchObject({ code });
  expect(await desk.devices.list(olga)).toMatchObject([{ key: old.key, revokedAt: null }]);
});

it('is vouched for within a day, once, and for nobody who is out', async () => {
  const late = await lost();
  late.desk.clock.now += 24 * 3_600_000 + 1;
  expect(await late.desk.devices.requests(sam)).toEqual([]);
  await expect(late.desk.devices.vouch(sam, late.id, 'hers')).rejects.toMatchObject({
    code: 'approval_unknown',
  });
  const twice = await lost();
  const words = await Promise.allSettled(
    ['hers', 'hers'].map((comment) => twice.desk.devices.vouch(sam, twice.id, comment)),
  );
  expect(words.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const gone = await lost();
  gone.out.add('olga');
  await expect(gone.desk.devices.vouch(sam, gone.id, 'hers')).rejects.toMatchObject({
    code: 'identity_revoked',
  });
});

it('says on the record that it waits, with what its owner reads out to who vouches', async () => {
  const { desk, fresh, id } = await lost();
  const hash = createHash('sha256').update(Buffer.from(fresh.key, 'base64')).digest('hex');
  const asked = desk.recorder.bodies.at(-1);
  expect(asked).toMatchObject({
    type: 'notice',
    what: 'device_asked',
    detail: { request: id, identity: olga.id, name: 'laptop' },
  });
  const fingerprint = (asked?.type === 'notice' && asked.detail['fingerprint']) || '';
  expect(fingerprint).toMatch(/^(?:[0-9a-f]{4} ){5}[0-9a-f]{4}$/);
  expect(hash.startsWith(fingerprint.replaceAll(' ', ''))).toBe(true);
});

it('is nothing for pipelines, and who waits is for those who vouch', async () => {
  const { desk } = await lost();
  const ci = person('ci', ['owners'], { kind: 'workload' });
  await expect(desk.devices.enrol(ci, enrolment(desk, ci, newDevice()))).rejects.toMatchObject({
    code: 'approver_not_allowed',
  });
  for (const who of [olga, { ...sam, mayDecide: false }])
    await expect(desk.devices.requests(who)).rejects.toMatchObject({ code: 'approver_not_allowed' });
});

it('is no other person’s that waits, and is vouched for by what it is called', async () => {
  const { desk, id } = await lost();
  await desk.devices.enrol(omar, enrolment(desk, omar, newDevice()));
  const omars = await desk.devices.enrol(omar, enrolment(desk, omar, newDevice()));
  for (let i = 0; i < 4; i += 1) await desk.devices.enrol(olga, enrolment(desk, olga, newDevice()));
  await desk.devices.enrol(omar, enrolment(desk, omar, newDevice()));
  await desk.devices.vouch(sam, omars.outcome === 'waits' ? omars.request.id : '', 'his');
  expect((await desk.devices.requests(sam)).map((one) => one.id)).toContain(id);
  expect((await desk.devices.list(olga)).map(({ revokedAt }) => revokedAt)).toEqual([null]);
});

it('is taken away once', async () => {
  const { desk, old } = await lost();
  await desk.devices.revoke(olga, old.key);
  const before = desk.recorder.bodies.length;
  await desk.devices.revoke(olga, old.key);
  expect(desk.recorder.bodies).toHaveLength(before);
});

it('keeps few requests of one person, and each key once', async () => {
  const { desk, fresh } = await lost();
  const again = await desk.devices.enrol(olga, enrolment(desk, olga, fresh));
  expect(again.outcome).toBe('waits');
  for (let i = 0; i < 4; i += 1) await desk.devices.enrol(olga, enrolment(desk, olga, newDevice()));
  await expect(desk.devices.enrol(olga, enrolment(desk, olga, newDevice()))).rejects.toMatchObject({
    code: 'too_many_held',
  });
  expect(await desk.devices.requests(sam)).toHaveLength(5);
});

it('shows and takes away one account’s devices, and not those of one that is spelt alike', async () => {
  const desk = await testApprovals();
  const device = newDevice();
  await desk.devices.enrol(olga, enrolment(desk, olga, device));
  const alike = person('OLGA', ['owners']);
  expect(await desk.devices.list(alike)).toEqual([]);
  await expect(desk.devices.revoke(alike, device.key)).rejects.toThrow('no such device');
  const { id, approval } = await holdNow(desk, deleteRequest(ada, { signed: true }));
  await expect(desk.approvals.decide(alike, id, signed(desk, approval, device))).rejects.toThrow(
    'not enrolled',
  );
  // Their first is no first: it may be the same person's.
  expect(await desk.devices.enrol(alike, enrolment(desk, alike, newDevice()))).toMatchObject({
    outcome: 'waits',
  });
});
