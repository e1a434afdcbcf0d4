import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { vaultFromFile } from '../payloads/key-vault.ts';
import { openRecorder } from '../recorder.ts';
import { openTestRecord } from '../testing/open-test-record.ts';
import { recordADay } from '../testing/record-a-day.ts';
import { payloadKeyStates, retirePayloadKeys, rotatePayloadKey } from './payload-keys.ts';

const folder = temporaryFolder();

/** A relay whose payload key was rotated, and not taken up yet. */
async function aRotatedRelay() {
  const path = join(folder, randomUUID());
  const record = await openTestRecord({ vault: vaultFromFile(path, { create: true }) });
  onTestFinished(() => record.store.close());
  await recordADay(record.recorder);
  const states = async () => await payloadKeyStates(record.store, path);
  const id = await rotatePayloadKey(path, await states(), { write: true, now: 0, random: randomBytes });
  const relabel = (key: string) =>
    record.db.updateTable('recorded_data_key').set({ wrapped_by: key }).execute();
  const retired = async () => await retirePayloadKeys(path, await states(), { write: true });
  return { ...record, path, id, states, relabel, retired };
}

it('removes no key that opens a data key, whatever the database says which one does', async () => {
  const { path, id, relabel, retired, states } = await aRotatedRelay();
  const before = readFileSync(path, 'utf8');
  await relabel(id);
  expect(await retired()).toEqual([]);
  expect(readFileSync(path, 'utf8')).toBe(before);
  expect(await states()).toMatchObject([
    { id, state: 'next', dataKeys: 0, mayGo: false },
    { id: 'key-1', state: 'current', dataKeys: 1, unopened: 0, mayGo: false },
  ]);
});

it('removes it once the relay has taken up the new one, and what is left opens everything', async () => {
  const relay = await aRotatedRelay();
  const { path, relabel, retired } = relay;
  const recorder = await openRecorder({ ...relay, vault: vaultFromFile(path, { create: false }) });
  // That the database says otherwise keeps nothing, either.
  await relabel('key-1');
  expect(await retired()).toEqual(['key-1']);
  await recorder.close();
});

it('removes none while a data key opens with none of the file', async () => {
  const relay = await aRotatedRelay();
  const { path, retired, db, states } = relay;
  await openRecorder({ ...relay, vault: vaultFromFile(path, { create: false }) });
  const [oldest] = await relay.store.dataKeys.list();
  const wrapped = Buffer.from(oldest!.wrapped).fill(0, 0, 1);
  await db.updateTable('recorded_data_key').set({ wrapped }).where('id', '=', oldest!.id).execute();
  await expect(retired()).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('open with no key') as string,
  });
  expect((await states()).some(({ mayGo }) => mayGo)).toBe(false);
});
