import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { addedRow } from '../../../../test/support/attacker.ts';
import { temporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { type Signer, signerOf, spki } from '../checkpoints/signer.ts';
import { parseCheckpoint, signCheckpoint } from '../checkpoints/checkpoint.ts';
import { headFile } from '../checkpoints/head-file.ts';
import { openRecorder } from '../recorder.ts';
import { newSession, openTestRecord, statement } from '../testing/open-test-record.ts';
import { retireSigningKeys, signingKeyStates } from './signing-keys.ts';

const folder = temporaryFolder();

it('keeps an old key while anything needs it: until it has handed over, or has to be passed over', async () => {
  const [oldKey, newKey] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
  const [old, fresh] = [signerOf(oldKey.privateKey), signerOf(newKey.privateKey)];
  const path = join(folder, 'signing-key.pem');
  const pem = [newKey, oldKey].map(({ privateKey }) => privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(path, pem.join(''));
  const record = await openTestRecord({ signers: [old] });
  await record.recorder.append(newSession(), statement('select 1'));
  await record.recorder.close();
  const retired = async () =>
    await retireSigningKeys(path, record.store, { head: await record.heads.read(), write: true });
  const states = async () => await signingKeyStates(record.store, { path, head: await record.heads.read() });
  const mayGo = async () => (await states()).filter((each) => each.mayGo).map(({ key }) => key);

  expect(await mayGo()).toEqual([]);
  const killed: Signer = { ...old, sign: () => Promise.reject(new Error('killed')) };
  await expect(openRecorder({ ...record, signers: [fresh, killed] })).rejects.toThrow('killed');
  // The new key is on the record, and the old one has not signed that.
  expect(await states()).toMatchObject([
    { key: fresh.key, state: 'current' },
    { key: old.key, state: 'former', handedOver: false, mayGo: false },
  ]);
  expect(await retired()).toEqual([]);

  const head = (await record.heads.read())!;
  const spent = await signingKeyStates(record.store, { path, head: { ...head, neverSign: [old.key] } });
  expect(spent.at(-1)).toMatchObject({ key: old.key, spent: true, mayGo: true });

  await openRecorder({ ...record, signers: [fresh, old] });
  expect(await mayGo()).toEqual([old.key]);
  expect(await retired()).toEqual([old.key]);
  expect(readFileSync(path, 'utf8')).toBe(pem[0]);
});

/** A relay whose key was rotated and not taken up yet, and somebody who can write to its database. */
async function aRotatedRelay() {
  const path = join(folder, randomUUID());
  const [oldKey, newKey] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
  const [old, fresh] = [signerOf(oldKey.privateKey), signerOf(newKey.privateKey)];
  const pem = [newKey, oldKey].map(({ privateKey }) => privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(`${path}.pem`, pem.join(''));
  const record = await openTestRecord({ path, signers: [old], heads: headFile(`${path}.head`) });
  onTestFinished(() => record.store.close());
  await record.recorder.append(newSession(), statement('select 1'));
  await record.recorder.checkpoint();
  const head = async () => await record.heads.read();
  const retired = async () =>
    await retireSigningKeys(`${path}.pem`, record.store, { head: await head(), write: true }).catch(
      (error: unknown) => error,
    );
  const attacker = new DatabaseSync(path, { timeout: 5_000 });
  onTestFinished(() => attacker.close());
  return { ...record, old, fresh, head, retired, attacker, pem: pem.join(''), file: `${path}.pem` };
}

it('is not told by rows of the database that the key was taken up, and handed over', async () => {
  const { attacker, recorder, fresh, retired, store, head, file, pem } = await aRotatedRelay();
  const mallory = signerOf(generateKeyPairSync('ed25519').privateKey);
  const { relaySession } = recorder;
  const first = attacker.prepare("SELECT * FROM recorded_event WHERE type = 'signing_key'").get() as {
    position: number;
    body: string;
  };
  const { size } = (await store.events.log())!;
  const last = attacker
    .prepare('SELECT * FROM recorded_event WHERE session = ? ORDER BY seq DESC LIMIT 1')
    .get(relaySession) as Parameters<typeof addedRow>[0];
  const publicKey = spki(fresh.publicKey).toString('base64');
  const row = {
    position: size,
    ...addedRow(last, { type: 'signing_key', key: fresh.key, publicKey }),
    mac: '',
  };
  attacker
    .prepare(
      `INSERT INTO recorded_event (${Object.keys(row).join()}) VALUES (${Object.keys(row)
        .map(() => '?')
        .join()})`,
    )
    .run(...(Object.values(row) as (string | number | null)[]));
  attacker.prepare('UPDATE recorded_log SET size = ?').run(size + 1);
  // The event of the old key names one of the attacker's own, who signs the hand-over.
  const forged = {
    ...(JSON.parse(first.body) as object),
    publicKey: spki(mallory.publicKey).toString('base64'),
  };
  attacker
    .prepare('UPDATE recorded_event SET body = ? WHERE position = ?')
    .run(JSON.stringify(forged), first.position);
  const at = new Date(0).toISOString();
  const { note } = await signCheckpoint(
    { log: relaySession, size: size + 1, root: 'ab'.repeat(32), at },
    mallory,
  );
  attacker
    .prepare('INSERT INTO recorded_checkpoint (size, key, at, note) VALUES (?, ?, ?, ?)')
    .run(size + 1, mallory.key, at, note);
  expect(await retired()).toEqual([]);
  expect(await signingKeyStates(store, { path: file, head: await head() })).toMatchObject([
    { handedOver: null },
    { handedOver: false, mayGo: false },
  ]);
  expect(readFileSync(file, 'utf8')).toBe(pem);
});

it('reads the log before it removes a key that the database says was never used', async () => {
  const relay = await aRotatedRelay();
  const { attacker, retired, recorder, old, fresh, file, pem, store } = relay;
  await recorder.close();
  const restarted = await openRecorder({ ...relay, signers: [fresh, old] });
  await restarted.append(newSession(), statement('select 2'));
  await restarted.checkpoint();
  // The old key is on the record no more, and its hand-over is not either: as if it had never signed.
  attacker.exec(
    `UPDATE recorded_event SET session = 'hidden' WHERE type = 'signing_key' AND body LIKE '%${old.key}%'`,
  );
  const { size } = (await store.checkpoints.list()).find(({ key }) => key === old.key)!;
  attacker.exec(`CREATE TABLE kept AS SELECT * FROM recorded_checkpoint WHERE size = ${size};
    DELETE FROM recorded_checkpoint WHERE size = ${size}`);
  expect(await retired()).toMatchObject({ code: 'record_contradicted' });
  expect(readFileSync(file, 'utf8')).toBe(pem);
  // Where nobody can say what was signed, nothing is removed either.
  const refused = retireSigningKeys(file, store, { head: null, write: true });
  await expect(refused).rejects.toMatchObject({ code: 'config_invalid' });
  attacker.exec(`UPDATE recorded_event SET session = '${recorder.relaySession}' WHERE session = 'hidden';
    INSERT INTO recorded_checkpoint SELECT * FROM kept`);
  expect(await retired()).toEqual([old.key]);
});

it('takes no other checkpoint of the old key for its hand-over', async () => {
  const relay = await aRotatedRelay();
  const { attacker, retired, recorder, old, fresh, store } = relay;
  await recorder.close();
  const restarted = await openRecorder({ ...relay, signers: [fresh, old] });
  await restarted.checkpoint();
  const [, named] = await store.events.ofTypes(recorder.relaySession, ['signing_key']);
  const size = named!.position + 1;
  const earlier = (await store.checkpoints.list()).find((each) => each.key === old.key && each.size < size)!;
  const genuine = (await store.checkpoints.ofSize(size)).find(({ key }) => key === old.key)!;
  const put = (note: string) =>
    attacker.prepare('UPDATE recorded_checkpoint SET note = ? WHERE size = ?').run(note, size);
  put(earlier.note);
  expect(await retired()).toEqual([]);
  // Of another log that the same key has signed.
  const { log, root, at } = parseCheckpoint(genuine.note)!;
  put((await signCheckpoint({ log: randomUUID(), size, root, at }, old)).note);
  expect(await retired()).toEqual([]);
  // By a key of the attacker, whom the event of the old key names.
  const mallory = signerOf(generateKeyPairSync('ed25519').privateKey);
  put((await signCheckpoint({ log, size, root, at }, mallory)).note);
  attacker
    .prepare("UPDATE recorded_event SET body = replace(body, ?, ?) WHERE type = 'signing_key'")
    .run(...([old, mallory].map(({ publicKey }) => spki(publicKey).toString('base64')) as [string, string]));
  const states = await signingKeyStates(store, { path: relay.file, head: await relay.head() });
  expect(states.find(({ key }) => key === old.key)).toMatchObject({ handedOver: false, mayGo: false });
});
