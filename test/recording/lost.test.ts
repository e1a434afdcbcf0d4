import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acceptLoss } from '../../relay/src/recording/checkpoints/accept-loss.ts';
import { headFile } from '../../relay/src/recording/checkpoints/head-file.ts';
import { highWaterFile, highWaterInMemory } from '../../relay/src/recording/checkpoints/high-water.ts';
import { verifyStore } from '../../relay/src/recording/index.ts';
import {
  newSession,
  newSigner,
  opened,
  openTestRecord,
  statement,
} from '../../relay/src/recording/testing/open-test-record.ts';
import { openTestStore } from '../../relay/src/store/testing/open-test-store.ts';
import { openAttacker } from '../support/attacker.ts';

/** A relay with a copy of its database, which was stopped, or killed, with more on its record. */
async function aRestoredRelay(more: { readonly signed: boolean }) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-lost-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [path, copy] = ['sluice.db', 'copy.db'].map((name) => join(folder, name)) as [string, string];
  const highWater = highWaterFile(join(folder, 'high-water'));
  const heads = headFile(join(folder, 'signed-head.json'));
  const record = await openTestRecord({ path, heads, highWater });
  const { recorder, store, signers, vault } = record;
  await recorder.checkpoint();
  await Promise.all(Array.from({ length: 300 }, () => recorder.append(newSession(), opened('bob'))));
  await recorder.checkpoint();
  await recorder.append(newSession(), statement('select unsigned'));
  await store.compact();
  copyFileSync(path, copy);
  for (const sql of ['select 1', 'select 2']) await recorder.append(newSession(), statement(sql));
  if (more.signed) await recorder.checkpoint();
  await store.close();
  const files = { heads, highWater, vault };
  const start = (given: Partial<typeof record> = {}) =>
    openTestRecord({ path: copy, ...files, signers, ...given });
  const accept = async (given: Partial<Pick<typeof record, 'signers'>> = {}) => {
    const beneath = await openTestStore(copy);
    try {
      return await acceptLoss({
        ...record,
        store: beneath.store,
        by: 'root',
        reason: 'the disk',
        signers,
        ...given,
      });
    } finally {
      await beneath.store.close();
    }
  };
  return { ...files, folder, copy, signers, start, accept };
}

const notices = async ({ db }: Awaited<ReturnType<typeof openTestRecord>>) =>
  (await db.selectFrom('recorded_event').select('body').where('type', '=', 'notice').execute()).map(
    ({ body }) => JSON.parse(body!) as { what: string },
  );

describe('a store that has lost the end of its log', () => {
  it.each([true, false])('is noticed at the next start; signed: %s', async (signed) => {
    const { start } = await aRestoredRelay({ signed });
    await expect(start()).rejects.toMatchObject({
      code: 'record_contradicted',
      message: expect.stringMatching(
        /it has 302 events, and 304 were acknowledged: events 302 to 303 of the log are lost/,
      ) as string,
    });
  });

  it('is noticed by its signed head, when the mark is gone too', async () => {
    const { start, folder } = await aRestoredRelay({ signed: true });
    rmSync(join(folder, 'high-water'));
    await expect(start({ highWater: highWaterFile(join(folder, 'high-water')) })).rejects.toMatchObject({
      message: expect.stringContaining('304 were signed') as string,
    });
  });

  it('goes on once that is accepted, and says so on the record', async () => {
    const { start, accept, signers } = await aRestoredRelay({ signed: false });
    expect(await accept()).toMatchObject({ size: 302, proven: 301, had: 304, unmarked: 0 });
    const record = await start();
    await record.recorder.append(newSession(), opened('carol'));
    await record.recorder.checkpoint();
    expect(await notices(record)).toMatchObject([
      {
        what: 'loss_accepted',
        detail: { by: 'root', reason: 'the disk', events: '302', had: '304', signed: '' },
      },
    ]);
    expect(await verifyStore(record.store, [signers[0].publicKey])).toMatchObject({
      intact: true,
      unsigned: 0,
    });
    await record.store.close();
  });

  it('goes on under a new key when what is lost was signed; the old one never signs again', async () => {
    const { start, accept, signers, heads } = await aRestoredRelay({ signed: true });
    await expect(accept()).rejects.toMatchObject({ code: 'config_invalid' });
    const fresh = newSigner();
    const before = (await heads.read())!.note;
    expect(await accept({ signers: [fresh, ...signers] })).toMatchObject({ size: 302, proven: 301 });
    await expect(start()).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('has signed events that the store has lost') as string,
    });
    const record = await start({ signers: [fresh, ...signers] });
    await record.recorder.checkpoint();
    expect(await notices(record)).toMatchObject([{ what: 'loss_accepted', detail: { signed: before } }]);
    const trusting = (key: typeof fresh) => verifyStore(record.store, [key.publicKey]);
    expect(await trusting(fresh)).toMatchObject({ intact: true, unsigned: 0 });
    // Nobody is led from the old key to the new one.
    expect(await trusting(signers[0])).not.toMatchObject({ unsigned: 0 });
    await record.store.close();
  });

  it('takes what is lost for signed when the signed head is lost too', async () => {
    const { start, accept, signers, folder } = await aRestoredRelay({ signed: true });
    rmSync(join(folder, 'signed-head.json'));
    await expect(accept()).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('signed events that are lost, or may have') as string,
    });
    const fresh = newSigner();
    expect(await accept({ signers: [fresh, ...signers] })).toMatchObject({ had: 304 });
    await expect(start()).rejects.toMatchObject({ code: 'config_invalid' });
  });

  it('knows the key that never signs again when the signed head is lost afterwards', async () => {
    const { start, accept, signers, folder } = await aRestoredRelay({ signed: true });
    const fresh = newSigner();
    await accept({ signers: [fresh, ...signers] });
    rmSync(join(folder, 'signed-head.json'));
    await expect(start()).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('has signed events that the store has lost') as string,
    });
    rmSync(join(folder, 'signed-head.json'), { force: true });
    const record = await start({ signers: [fresh, ...signers] });
    const { size } = await record.recorder.checkpoint();
    const rows = await record.store.checkpoints.list();
    expect(rows.filter(({ key }) => key === fresh.key).at(-1)?.size).toBe(size);
    // It does not hand over.
    expect(rows.filter(({ key }) => key === signers[0].key).every((row) => row.size <= 302)).toBe(true);
    await record.store.close();
  });

  it.each([
    ['below a checkpoint', ''],
    ['where only the signed head reaches', 'DELETE FROM recorded_checkpoint WHERE size > 1'],
    ['and every checkpoint removed', 'DELETE FROM recorded_checkpoint'],
  ])('is never accepted when what is left was changed: %s', async (_, more) => {
    const { accept, copy, signers } = await aRestoredRelay({ signed: true });
    const attacker = openAttacker(copy);
    attacker.rewrite(100, 'bob', 'x');
    attacker.rebuildSubtrees();
    attacker.run(more);
    attacker.close();
    await expect(accept({ signers: [newSigner(), ...signers] })).rejects.toMatchObject({
      code: 'record_contradicted',
      message: expect.stringContaining('are not those that were signed or acknowledged') as string,
    });
  });

  it('is not accepted where nothing is lost', async () => {
    const { accept, highWater, heads } = await aRestoredRelay({ signed: false });
    highWater.mark({ size: 302, hash: 'ab'.repeat(32), root: null });
    highWater.mark({ size: 302, hash: 'ab'.repeat(32), root: null });
    expect(await heads.read()).not.toBeNull();
    await expect(accept()).rejects.toMatchObject({ code: 'config_invalid' });
  });
});

it('notices that an acknowledged event was put in the place of another', async () => {
  const { start, highWater } = await aRestoredRelay({ signed: false });
  for (const _ of [1, 2]) highWater.mark({ size: 302, hash: 'ab'.repeat(32), root: null });
  await expect(start()).rejects.toMatchObject({
    message: expect.stringContaining('event 301 of the log is not the one that was acknowledged') as string,
  });
});

it('says on the record that the mark is gone, and nothing else', async () => {
  const { start, folder } = await aRestoredRelay({ signed: false });
  rmSync(join(folder, 'high-water'));
  const highWater = highWaterFile(join(folder, 'high-water'));
  const record = await start({ highWater });
  expect(await notices(record)).toMatchObject([
    { what: 'high_water_missing', detail: { events: '302', signed: '301' } },
  ]);
  await record.store.close();
  const later = await start({ highWater: highWaterFile(join(folder, 'high-water')) });
  expect(await notices(later)).toHaveLength(1);
  await later.store.close();
});

it('says that the mark cannot be written, and records nothing more until it can', async () => {
  const failed: unknown[] = [];
  let isBroken = false;
  const marked: number[] = [];
  const mark = ({ size }: { readonly size: number }) => {
    if (isBroken) throw new Error('EIO');
    marked.push(size);
  };
  const { recorder, store } = await openTestRecord({
    highWater: { ...highWaterInMemory(), mark },
    onCheckpointFailed: (error) => failed.push(error),
  });
  isBroken = true;
  // It is recorded: whoever waits for it is told.
  await expect(recorder.append(newSession(), opened('alice'))).resolves.toMatchObject({ seq: 0 });
  expect(failed).toHaveLength(1);
  await expect(recorder.append(newSession(), opened('bob'))).rejects.toMatchObject({
    code: 'record_unavailable',
  });
  expect((await store.events.log())?.size).toBe(2);
  isBroken = false;
  await recorder.append(newSession(), opened('bob'));
  expect(marked).toEqual([1, 2, 3]);
});

it('keeps one mark whole, whatever becomes of the other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-mark-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'high-water');
  const file = highWaterFile(path);
  expect(file.read()).toBeNull();
  const ends = [7, 8, 9].map((size) => ({
    size,
    hash: String(size).repeat(64),
    root: String(10 - size).repeat(64),
  }));
  for (const end of ends) file.mark(end);
  await file.sync();
  expect(highWaterFile(path).read()).toEqual(ends[2]);
  const bytes = readFileSync(path);
  for (let at = 0; at < bytes.length; at += 1) {
    const torn = Buffer.from(bytes);
    torn[at]! ^= 1;
    writeFileSync(path, torn);
    const { size } = highWaterFile(path).read()!;
    // The newest is in the first place, and the one before it in the second.
    expect(size).toBe(at < bytes.length / 2 ? 8 : 9);
  }
  file.close();
});
