import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { verifyStore } from '../index.ts';
import type { Signer } from './signer.ts';
import { openRecorder } from '../recorder.ts';
import {
  newSession,
  newSigner,
  openTestRecord,
  statement,
  type TestRecord,
} from '../testing/open-test-record.ts';

const sizes = async ({ db }: TestRecord) =>
  (await db.selectFrom('recorded_checkpoint').selectAll().orderBy('size').execute()).map(({ size }) => size);

it('signs after so many events, and at the end', async () => {
  const record = await openTestRecord({ checkpointEvery: { events: 3, seconds: 3_600 } });
  const session = newSession();
  const append = () => record.recorder.append(session, statement('select 1'));
  await Promise.all([append(), append(), append()]);
  await expect.poll(() => sizes(record)).toEqual([4]);
  await append();
  await record.recorder.close();
  expect(await sizes(record)).toEqual([4, 5]);
});

it('signs after so many seconds, and only what is new', async () => {
  const record = await openTestRecord({ checkpointEvery: { events: 1_000, seconds: 0.05 } });
  await record.recorder.append(newSession(), statement('select 1'));
  await expect.poll(() => sizes(record)).toEqual([2]);
  await sleep(120);
  expect(await sizes(record)).toEqual([2]);
  await record.recorder.append(newSession(), statement('select 1'));
  await expect.poll(() => sizes(record)).toEqual([2, 3]);
  await record.recorder.close();
});

it('says when it could not sign, and signs the next time', async () => {
  const signer = newSigner();
  let broken = true;
  const failures: unknown[] = [];
  const record = await openTestRecord({
    signers: [
      { ...signer, sign: (bytes) => (broken ? Promise.reject(new Error('no service')) : signer.sign(bytes)) },
    ],
    checkpointEvery: { events: 1, seconds: 3_600 },
    onCheckpointFailed: (error) => failures.push(error),
    onIndexFailed: (error) => failures.push(error),
  });
  await record.recorder.append(newSession(), statement('select 1'));
  await expect.poll(() => failures.length).toBe(1);
  broken = false;
  await record.recorder.append(newSession(), statement('select 1'));
  await expect.poll(() => sizes(record)).toEqual([3]);
});

it('keeps one checkpoint of each past hour, and every hand-over', async () => {
  const record = await openTestRecord();
  const [old] = record.signers;
  const session = newSession();
  for (let minute = 0; minute < 180; minute += 20) {
    await record.recorder.append(session, statement('select 1'));
    await record.recorder.checkpoint();
    record.clock.now += 20 * 60_000;
  }
  expect(await sizes(record)).toEqual([4, 7, 8, 9, 10]);
  const fresh = newSigner();
  const recorder = await openRecorder({ ...record, signers: [fresh, old] });
  for (const later of [0, 24]) {
    record.clock.now += later * 3_600_000;
    await recorder.append(session, statement('select 1'));
    await recorder.checkpoint();
  }
  expect(await sizes(record)).toEqual([4, 7, 10, 11, 12, 13]);
  expect(await verifyStore(record.store, [old.publicKey])).toMatchObject({ intact: true, unsigned: 0 });
});

it('finishes a hand-over that was cut off between the new key’s event and the old key’s checkpoint', async () => {
  const record = await openTestRecord();
  const [old] = record.signers;
  const fresh = newSigner();
  await record.recorder.append(newSession(), statement('select 1'));
  await record.recorder.close();
  const killed: Signer = { ...old, sign: () => Promise.reject(new Error('killed')) };
  await expect(openRecorder({ ...record, signers: [fresh, killed] })).rejects.toThrow('killed');
  // Its event stands, and what follows is recorded before anything is signed.
  const later = await openRecorder({ ...record, signers: [fresh, old] });
  await later.append(newSession(), statement('select 2'));
  await later.checkpoint();
  expect(await verifyStore(record.store, [old.publicKey])).toMatchObject({ intact: true, unsigned: 0 });
  const again = await openRecorder({ ...record, signers: [fresh] });
  await again.checkpoint();
  expect(await verifyStore(record.store, [old.publicKey])).toMatchObject({ intact: true, unsigned: 0 });
});

it('hands over by a key that comes back later nothing that the next key has signed by then', async () => {
  const record = await openTestRecord();
  const [old] = record.signers;
  const session = newSession();
  await record.recorder.append(session, statement('select 1'));
  await record.recorder.checkpoint();
  const fresh = newSigner();
  const alone = await openRecorder({ ...record, signers: [fresh] });
  await alone.append(session, statement('select 2'));
  await alone.checkpoint();
  const signed = await sizes(record);
  const recorder = await openRecorder({ ...record, signers: [fresh, old] });
  expect(await sizes(record)).toEqual(signed);
  await recorder.append(session, statement('select 3'));
  await recorder.checkpoint();
  expect(await verifyStore(record.store, [fresh.publicKey])).toMatchObject({ intact: true, unsigned: 0 });
});

it('has a key that has signed what was lost hand nothing over, also where the start of its successor was cut off', async () => {
  const record = await openTestRecord();
  const [old] = record.signers;
  await record.recorder.append(newSession(), statement('select 1'));
  await record.recorder.checkpoint();
  const head = (await record.heads.read())!;
  await record.heads.write({ ...head, neverSign: [old.key] });
  const fresh = newSigner();
  // Killed before it has signed anything.
  await openRecorder({ ...record, signers: [fresh, old] });
  const signed = await sizes(record);
  await openRecorder({ ...record, signers: [fresh, old] });
  expect(await sizes(record)).toEqual(signed);
  const keys = await record.db.selectFrom('recorded_checkpoint').select(['size', 'key']).execute();
  expect(keys.filter(({ key }) => key === old.key)).toHaveLength(1);
});
