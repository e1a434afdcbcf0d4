import { randomUUID } from 'node:crypto';
import { cosignatureLine, deviceWitness, readCheckpoint, witnessKeyText } from '@sluice/record-proof';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { olga, omar, startApi } from '../../../../test/support/start-api.ts';
import { enrolmentBytes } from '@sluice/contract';
import { linesOf, parseWitnessKey, verifyExport } from '../../recording/index.ts';
import { opened } from '../../recording/testing/open-test-record.ts';
import { type Device, newDevice } from '../../recording/testing/record-a-day.ts';
import type { SessionId } from '../../session/index.ts';

let api: Awaited<ReturnType<typeof startApi>>;
beforeEach(async () => {
  api = await startApi();
});
afterEach(async () => await api.close());

async function enrol(who: typeof olga, device: Device) {
  const at = new Date(api.clock.now).toISOString();
  const proof = device.sign(enrolmentBytes({ identity: who.id, key: device.key, at }));
  const order = { key: device.key, name: 'laptop', at, proof, vouchedBy: null };
  expect((await api.call(who.subject, 'POST', '/devices', order)).status).toBe(201);
}

/** What the device says to a checkpoint. */
async function lineOf(device: Device, note: string): Promise<string> {
  const witness = (await deviceWitness(device.key))!;
  return await cosignatureLine(readCheckpoint(note)!, witness, 1_800_000_000_000, async (bytes) =>
    Buffer.from(device.sign(bytes), 'base64'),
  );
}

const handIn = (who: string, size: number, line: string) =>
  api.call(who, 'POST', '/checkpoints/cosignatures', { version: 1, size, line });

it('keeps what a person’s device has cosigned with the checkpoint, and exports carry it', async () => {
  const device = newDevice();
  await enrol(olga, device);
  const session = randomUUID() as SessionId;
  await api.record.append(session, opened('alice'));
  const { size, note } = await api.record.checkpoint();
  const line = await lineOf(device, note);
  const kept = await handIn('olga', size, line);
  expect(kept).toMatchObject({ status: 200, body: { size, note: `${note}${line}\n` } });
  // Once more is the same.
  expect((await handIn('olga', size, line)).body.note).toBe(kept.body.note);
  expect((await api.call('ada', 'GET', '/checkpoints/newest')).body.note).toBe(kept.body.note);

  const witness = witnessKeyText((await deviceWitness(device.key))!);
  const { body } = await api.call('ada', 'GET', '/checkpoints/keys');
  expect(body.witnesses).toEqual([witness]);
  const { text } = await api.call('sam', 'GET', `/sessions/${session}/export`);
  const quorum = { keys: [parseWitnessKey(witness)!], least: 1 };
  const report = await verifyExport(
    linesOf(
      (async function* chunks() {
        yield Buffer.from(text);
      })(),
    ),
    [api.signer.publicKey],
    [],
    { quorum },
  );
  expect(report).toMatchObject({ intact: true });
});

it('takes a cosignature of a device from its owner alone, while it is enrolled, and only one that is right', async () => {
  const device = newDevice();
  await enrol(olga, device);
  const [before, now] = [await api.record.checkpoint(), await nextCheckpoint()];
  const line = await lineOf(device, now.note);
  expect((await handIn('omar', now.size, line)).body.code).toBe('approver_not_allowed');
  expect((await handIn('olga/agent', now.size, line)).body.code).toBe('token_cannot_decide');
  expect((await handIn('olga', now.size, await lineOf(newDevice(), now.note))).body.code).toBe(
    'approver_not_allowed',
  );
  for (const wrong of [
    await lineOf(device, before.note),
    line.replace(/.{8}==$|.{6}=$|.{5}$/, (end) => end.replaceAll(/[A-Za-z0-9]/g, 'A')),
    'nothing of the kind',
  ]) {
    expect((await handIn('olga', now.size, wrong)).body.code).toBe('cosignature_refused');
  }
  expect((await handIn('olga', now.size + 1_000, line)).body.code).toBe('checkpoint_unknown');
  await api.call('olga', 'POST', '/devices/revocations', { key: device.key });
  expect((await handIn('olga', now.size, line)).body.code).toBe('approver_not_allowed');
  expect((await api.call('ada', 'GET', '/checkpoints/keys')).body.witnesses).toEqual([]);
  expect((await api.opened.checkpoints.ofSize(now.size))[0]!.note).toBe(now.note);
});

it('leaves room on a checkpoint for the witnesses of the configuration, however many devices there are', async () => {
  const device = newDevice();
  await enrol(olga, device);
  await enrol(omar, newDevice());
  const { size, note } = await api.record.checkpoint();
  const others = await Promise.all(Array.from({ length: 40 }, () => lineOf(newDevice(), note)));
  const [row] = await api.opened.checkpoints.ofSize(size);
  const full = `${note}${others.map((line) => `${line}\n`).join('')}`;
  await api.opened.transaction((tx) => tx.checkpoints.replaceNote({ ...row!, note: full }));
  const answer = await handIn('olga', size, await lineOf(device, note));
  expect(answer).toMatchObject({ status: 200, body: { note: full } });
});

it('proves that the log goes on from one checkpoint to another, and nothing of what is not signed', async () => {
  const [before, now] = [await api.record.checkpoint(), await nextCheckpoint()];
  const proof = await api.call('ada', 'GET', `/checkpoints/${now.size}/proof?from=${before.size}`);
  expect(proof.body).toMatchObject({ from: before.size, size: now.size });
  expect(proof.body.proof.length).toBeGreaterThan(0);
  const { body } = await api.call('ada', 'GET', `/checkpoints/${now.size + 1}/proof?from=1`);
  expect(body.code).toBe('checkpoint_unknown');
  const turned = await api.call('ada', 'GET', `/checkpoints/${before.size}/proof?from=${now.size}`);
  expect(turned.body.code).toBe('checkpoint_unknown');
});

async function nextCheckpoint() {
  for (let index = 0; index < 5; index += 1) {
    await api.record.append(randomUUID() as SessionId, opened('bob'));
  }
  return await api.record.checkpoint();
}
