import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { verifyCommand } from '../../relay/src/cli/verify.ts';
import {
  type Checkpoint,
  cosign,
  exportSession,
  parseCheckpoint,
  parseNote,
  payloadReader,
  witnessKeyOf,
  witnessKeyText,
} from '../../relay/src/recording/index.ts';
import { signCheckpoint } from '../../relay/src/recording/checkpoints/checkpoint.ts';
import type { VerifyReport } from '../../relay/src/recording/verify/report.ts';
import {
  newSession,
  newSigner,
  opened,
  openTestRecord,
  statement,
} from '../../relay/src/recording/testing/open-test-record.ts';
import type { SessionId } from '../../relay/src/session/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-earlier-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [signer, one, two] = [newSigner(), newSigner(), newSigner()];
const cosigners = { one, two };
const witness = {
  one: witnessKeyOf('w.example/one', one.publicKey),
  two: witnessKeyOf('w.example/two', two.publicKey),
};
const key = join(folder, 'log.pub');
writeFileSync(key, signer.publicKey.export({ type: 'spki', format: 'pem' }));

/** A record of which checkpoints are taken, cosigned by whom is given, and sessions exported. */
async function record() {
  const { recorder, ...parts } = await openTestRecord({ signers: [signer] });
  const payloads = payloadReader(parts);
  return {
    ...parts,
    append: (session: SessionId, sql?: string) =>
      recorder.append(session, sql === undefined ? opened('ann') : statement(sql)),
    async checkpoint(by: readonly (keyof typeof witness)[] = []): Promise<Checkpoint> {
      const signed = await recorder.checkpoint();
      const { text } = parseNote(signed.note)!;
      const lines = by.map((name) => {
        const { sign } = cosigners[name];
        return cosign(text, { ...witness[name], at: 1_700_000_000, sign });
      });
      await recorder.keepCosignatures(signed, await Promise.all(lines));
      return await recorder.cosigned(signed);
    },
    async exported(session: SessionId, checkpoint: Checkpoint, kept: readonly Checkpoint[] = []) {
      const chunks = exportSession({
        ...parts,
        payloads,
        attestation: { signer, proof: recorder.proof },
        checkpoint,
        session,
        kept,
      });
      return (await Array.fromAsync(chunks)).join('');
    },
  };
}

async function verified(
  text: string,
  {
    kept = [],
    witnesses = [],
  }: { kept?: readonly Checkpoint[]; witnesses?: readonly (keyof typeof witness)[] },
): Promise<VerifyReport> {
  const what = join(folder, 'it.sluice');
  writeFileSync(what, text);
  const checkpoints = kept.map(({ note }, index) => {
    const file = join(folder, `${index}.checkpoint`);
    writeFileSync(file, note);
    return file;
  });
  const printed: string[] = [];
  await verifyCommand(
    {
      what,
      keys: [key],
      checkpoints,
      witnesses: witnesses.map((name) => witnessKeyText(witness[name])),
      json: true,
    },
    (line) => printed.push(line),
  );
  return JSON.parse(printed.join('')) as VerifyReport;
}

const shownIn = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{"kind":"earlier"'))
    .map((line) => parseCheckpoint((JSON.parse(line) as { note: string }).note)!);

it('serves whoever has kept an older checkpoint', async () => {
  const log = await record();
  const session = newSession();
  await log.append(session);
  const kept = await log.checkpoint();
  await log.append(session, 'select 1');
  const text = await log.exported(session, await log.checkpoint());
  expect(await verified(text, { kept: [kept] })).toMatchObject({ intact: true, uncompared: 0 });
  const other = await signCheckpoint({ ...kept, root: 'ab'.repeat(32) }, signer);
  expect(await verified(text, { kept: [other] })).toMatchObject({
    intact: false,
    problems: [{ what: 'forged', why: expect.stringContaining('signs another log') as string }],
  });
  expect(await verified(await log.exported(session, kept), { kept: [await log.checkpoint()] })).toMatchObject(
    {
      intact: true,
      uncompared: 1,
    },
  );
});

it('shows one that the store no longer has to whoever hands it in, and none that the log does not go on from', async () => {
  const log = await record();
  const session = newSession();
  await log.append(session);
  const kept = await log.checkpoint();
  await log.append(session, 'select 1');
  const newest = await log.checkpoint();
  // As an hour later, when the newest of the hour is the one that stays.
  await log.store.transaction((tx) => tx.checkpoints.thinOut('9999'));
  expect(shownIn(await log.exported(session, newest))).toEqual([]);
  const text = await log.exported(session, newest, [kept]);
  expect(await verified(text, { kept: [kept] })).toMatchObject({ intact: true, uncompared: 0 });
  for (const stray of [
    { ...kept, root: 'ab'.repeat(32) },
    { ...kept, log: newSession() },
    { ...newest, root: 'ab'.repeat(32) },
    { ...kept, size: newest.size + 1 },
  ]) {
    const forged = await signCheckpoint(stray, signer);
    await expect(log.exported(session, newest, [forged])).rejects.toMatchObject({
      code: 'checkpoint_unknown',
    });
  }
});

it('has witnesses stand for what they cosigned earlier, and for no event after that', async () => {
  const log = await record();
  const [old, young] = [newSession(), newSession()];
  await log.append(old);
  await log.checkpoint(['one']);
  await log.append(young);
  await log.checkpoint(['two']);
  await log.append(young, 'select 1');
  const newest = await log.checkpoint();
  const [olds, youngs] = [await log.exported(old, newest), await log.exported(young, newest)];
  expect(await verified(olds, { witnesses: ['one'] })).toMatchObject({ intact: true });
  expect(await verified(olds, { witnesses: ['one', 'two'] })).toMatchObject({ intact: true });
  expect(await verified(youngs, { witnesses: ['one'] })).toMatchObject({
    problems: [{ what: 'unsigned', session: young, seq: 0 }],
  });
  expect(await verified(youngs, { witnesses: ['two'] })).toMatchObject({
    problems: [{ what: 'unsigned', session: young, seq: 1 }],
  });
});

it('shows the newest that each witness has cosigned, and a bounded number of others', async () => {
  const log = await record();
  const session = newSession();
  await log.append(session);
  const sizes: number[] = [];
  for (let number = 0; number < 150; number += 1) {
    await log.append(session, `select ${number}`);
    const by = [...(number === 43 ? (['one'] as const) : []), ...(number === 95 ? (['two'] as const) : [])];
    const { size } = await log.checkpoint(by);
    if (by.length > 0) sizes.push(size);
  }
  const newest = await log.checkpoint();
  const text = await log.exported(session, newest);
  const shown = shownIn(text).map(({ size }) => size);
  expect(shown).toEqual(expect.arrayContaining(sizes));
  expect(shown.length).toBeGreaterThan(6);
  expect(shown.length).toBeLessThanOrEqual(10);
  // The nearest, and so on at distances that double, of those around there one that is cosigned.
  expect(shown.at(-1)).toBe(newest.size - 1);
  expect(shown[0]).toBeLessThan(newest.size / 2);
  expect(await verified(text, { kept: shownIn(text) })).toMatchObject({ intact: true, uncompared: 0 });
});

it('keeps the last of an hour that a witness has cosigned, when the hour’s last one has no cosignature', async () => {
  const log = await record();
  const session = newSession();
  await log.append(session);
  const cosigned: number[] = [];
  for (const by of [['one'], ['one', 'two'], ['one'], []] as const) {
    await log.append(session, 'select 1');
    cosigned.push((await log.checkpoint(by)).size);
  }
  await log.store.transaction((tx) => tx.checkpoints.thinOut('9999'));
  const kept = (await log.store.checkpoints.list()).map(({ size }) => size);
  expect(kept.toSorted((a, b) => a - b)).toEqual(cosigned.slice(1));
  const text = await log.exported(session, await log.checkpoint());
  expect(await verified(text, { witnesses: ['one'] })).toMatchObject({
    problems: [{ what: 'unsigned', seq: 4 }],
  });
});

it('passes over what is in the store and was never signed', async () => {
  const log = await record();
  const session = newSession();
  await log.append(session);
  await log.append(session, 'select 0');
  const { size, log: name } = await log.checkpoint();
  await log.append(session, 'select 1');
  const newest = await log.checkpoint();
  const at = new Date(0).toISOString();
  const { note } = await signCheckpoint({ log: name, size: size - 1, root: 'ab'.repeat(32), at }, signer);
  await log.store.transaction((tx) => tx.checkpoints.add({ size: size - 1, key: 'ab'.repeat(32), at, note }));
  const text = await log.exported(session, newest);
  expect(shownIn(text).map((each) => each.size)).toEqual([size]);
  expect(await verified(text, {})).toMatchObject({ intact: true });
});
