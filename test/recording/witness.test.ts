import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, afterAll, expect, it } from 'vitest';
import { SLUICE } from '../support/sluice-program.ts';
import { ended, spawnNode } from '../support/relay-process.ts';
import {
  type Checkpoint,
  isCosignedBy,
  logTree,
  originOf,
  parseSignatureLine,
  parseWitnessKey,
  rawKey,
  type WitnessKey,
  witnessKeyOf,
  NOTE_ALGORITHM,
  noteKeyId,
} from '../../relay/src/recording/index.ts';
import { withSignatures } from '../../relay/src/recording/checkpoints/cosignature.ts';
import {
  newSession,
  newSigner,
  opened,
  openTestRecord,
} from '../../relay/src/recording/testing/open-test-record.ts';
import { signCheckpoint } from '../../relay/src/recording/checkpoints/checkpoint.ts';
import { createWitness } from '../../relay/src/witness/server/add-checkpoint.ts';
import { witnessStateIn } from '../../relay/src/witness/server/witness-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-witness-'));
/** A log, and another history of it from its sixth event on, signed by the same key. */
let log: Branch;
let fork: Branch;
let logKey: string;
const key = newSigner();

interface Branch {
  readonly checkpoints: readonly Checkpoint[];
  proof(from: number, size: number): Promise<readonly string[]>;
}

beforeAll(async () => {
  const path = join(folder, 'log.db');
  const record = await openTestRecord({ path, signers: [key] });
  const { store, vault } = record;
  for (let count = 0; count < 4; count += 1) await record.recorder.append(newSession(), opened('bob'));
  const common = await record.recorder.checkpoint();
  await store.compact();
  copyFileSync(path, join(folder, 'fork.db'));
  const other = await openTestRecord({ path: join(folder, 'fork.db'), signers: [key], vault });
  const grow = async ({ recorder, store }: typeof record): Promise<Branch> => {
    const checkpoints = [common];
    for (let count = 0; count < 40; count += 1) {
      await recorder.append(newSession(), opened('carol'));
      checkpoints.push(await recorder.checkpoint());
    }
    const tree = logTree(store);
    return {
      checkpoints,
      proof: async (from, size) =>
        (await tree.consistencyProof(from, size)).map((hash) => hash.toString('base64')),
    };
  };
  log = await grow(record);
  fork = await grow(other);
  const origin = originOf(common.log);
  const bytes = Buffer.concat([Buffer.of(1), rawKey(key.publicKey)]);
  logKey = `${origin}+${noteKeyId(origin, NOTE_ALGORITHM.ed25519, key.publicKey)}+${bytes.toString('base64')}`;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const requestOf = (old: number, proof: readonly string[], { note }: Checkpoint) =>
  `${[`old ${old}`, ...proof].join('\n')}\n\n${note}`;

async function aWitness(name: string) {
  const signer = newSigner();
  const witness = witnessKeyOf('witness.example/w1', signer.publicKey);
  const { log: uuid } = log.checkpoints[0]!;
  const start = async () =>
    createWitness({
      key: { ...witness, sign: signer.sign },
      logs: [{ origin: originOf(uuid), keys: [key.publicKey] }],
      state: await witnessStateIn(join(folder, name)),
      now: Date.now,
    });
  return { witness, start };
}

it('cosigns a log as it grows, and nothing that does not go on from there', async () => {
  const { witness, start } = await aWitness('protocol');
  const add = await start();
  const [first, , second, third] = log.checkpoints as [Checkpoint, Checkpoint, Checkpoint, Checkpoint];
  const [, forked, forkedOn] = fork.checkpoints as [Checkpoint, Checkpoint, Checkpoint];
  expect(forked.size).toBe(second.size);
  const answer = await add(requestOf(0, [], first));
  expect(answer.status).toBe(200);
  const line = parseSignatureLine(answer.body.slice(0, -1))!;
  expect(isCosignedBy(withSignatures(first.note, [line]), witness)).toBe(true);

  const size = { status: 409, type: 'text/x.tlog.size', body: `${first.size}\n` };
  expect(await add(requestOf(0, [], second))).toEqual(size);
  expect(await add(requestOf(first.size, [], second))).toMatchObject({ status: 422 });
  const proof = await log.proof(first.size, second.size);
  expect(await add(requestOf(first.size, proof, second))).toMatchObject({ status: 200 });
  // The same again is no other history.
  expect(await add(requestOf(second.size, [], second))).toMatchObject({ status: 200 });
  // Another one is: of the same size, larger, and smaller.
  expect(await add(requestOf(second.size, [], forked))).toMatchObject({
    status: 409,
    body: `${second.size}\n`,
  });
  const onwards = await fork.proof(second.size, forkedOn.size);
  expect(await add(requestOf(second.size, onwards, forkedOn))).toMatchObject({ status: 422 });
  expect(await add(requestOf(first.size, proof, forked))).toMatchObject({ status: 409 });
  // After a restart, too.
  const again = await start();
  expect(await again(requestOf(0, [], forked))).toMatchObject({ status: 409, body: `${second.size}\n` });
  expect(await again(requestOf(second.size, onwards, forkedOn))).toMatchObject({ status: 422 });
  const toThird = await log.proof(second.size, third.size);
  expect(await again(requestOf(second.size, toThird, third))).toMatchObject({ status: 200 });
});

it('takes nothing from a key that another one has followed', async () => {
  const [signer, fresh] = [newSigner(), newSigner()];
  const [first, , second, third] = log.checkpoints as [Checkpoint, Checkpoint, Checkpoint, Checkpoint];
  const origin = originOf(first.log);
  const start = async () =>
    createWitness({
      key: { ...witnessKeyOf('witness.example/w1', signer.publicKey), sign: signer.sign },
      // In whatever order they are given.
      logs: [{ origin, keys: [fresh.publicKey, key.publicKey] }],
      state: await witnessStateIn(join(folder, 'retired')),
      now: Date.now,
    });
  const add = await start();
  expect(await add(requestOf(0, [], first))).toMatchObject({ status: 200 });
  const proof = await log.proof(first.size, second.size);
  const byFresh = await signCheckpoint(second, fresh);
  expect(await add(requestOf(first.size, proof, byFresh))).toMatchObject({ status: 200 });
  const onwards = await log.proof(second.size, third.size);
  for (const witness of [add, await start()]) {
    expect(await witness(requestOf(second.size, onwards, third))).toMatchObject({
      status: 403,
      body: expect.stringContaining('another key has followed') as string,
    });
    expect(await witness(requestOf(second.size, [], second))).toMatchObject({ status: 403 });
  }
  const next = await signCheckpoint(third, fresh);
  expect(await add(requestOf(second.size, onwards, next))).toMatchObject({ status: 200 });
});

it('knows whose log it is', async () => {
  const { start } = await aWitness('whose');
  const add = await start();
  const [first] = log.checkpoints as [Checkpoint];
  const stranger = await openTestRecord();
  expect(await add(requestOf(0, [], await stranger.recorder.checkpoint()))).toMatchObject({ status: 404 });
  const changed = { ...first, note: first.note.replace(`\n${first.size}\n`, `\n${first.size + 1}\n`) };
  expect(await add(requestOf(0, [], changed))).toMatchObject({ status: 403 });
  expect(await add(requestOf(first.size + 1, [], first))).toMatchObject({ status: 400 });
  const { note } = first;
  const malformed = [
    '',
    'old 0',
    note,
    `old 00\n\n${note}`,
    `old -1\n\n${note}`,
    `old 0\nAAAA\n\n${note}`,
    `old 0\n${note}`,
  ];
  const tooLong = `old 1\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\n${note}`;
  for (const request of [...malformed, tooLong]) expect(await add(request)).toMatchObject({ status: 400 });
});

it('cosigns one of two histories that come at the same moment', async () => {
  const { start } = await aWitness('race');
  const add = await start();
  const answers = await Promise.all(
    [log, fork, log, fork].map(({ checkpoints }) => add(requestOf(0, [], checkpoints[1]!))),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 409, 409, 409]);
});

it('does not cosign when it cannot tell what it cosigned before', async () => {
  const { start } = await aWitness('damaged');
  const add = await start();
  const [first, second] = log.checkpoints as [Checkpoint, Checkpoint];
  await add(requestOf(0, [], first));
  const [file] = readdirSync(join(folder, 'damaged'));
  writeFileSync(join(folder, 'damaged', file!), '{}');
  await expect(add(requestOf(0, [], second))).rejects.toMatchObject({ code: 'config_invalid' });
});

const KILLS = Number(process.env['SLUICE_CRASHES'] ?? 6);

it(`never cosigns two histories, over ${KILLS} kills`, { timeout: 240_000 }, async () => {
  const data = join(folder, 'killed');
  const cosigned: { readonly branch: Branch; readonly size: number; readonly isValid: boolean }[] = [];
  let witness: WitnessKey | null = null;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = spawnNode([
      SLUICE,
      'witness',
      '--name',
      'w.example/1',
      '--data',
      data,
      '--log',
      logKey,
      '--port',
      '0',
    ]);
    let [url, verifierKey] = ['', ''];
    for await (const line of createInterface({ input: child.stdout! })) {
      url ||= /listens on (\S+)/.exec(line)?.[1] ?? '';
      verifierKey = /its key: (\S+)/.exec(line)?.[1] ?? '';
      if (verifierKey !== '') break;
    }
    const said = parseWitnessKey(verifierKey)!;
    expect(witness ?? said).toEqual(said);
    witness = said;
    const killed = setTimeout(() => void child.kill('SIGKILL'), 100 + 150 * kill);
    // Whoever has the log's key offers both histories, as fast as it can.
    const offer = async (branch: Branch) => {
      let old = 0;
      for (let next = kill * 6 + 1; next < branch.checkpoints.length;) {
        const checkpoint = branch.checkpoints[next]!;
        const proof = old === 0 ? [] : await branch.proof(old, checkpoint.size);
        const response = await fetch(`http://${url}/add-checkpoint`, {
          method: 'POST',
          body: requestOf(old, proof, checkpoint),
        });
        const body = await response.text();
        if (response.status === 200) {
          const line = parseSignatureLine(body.slice(0, -1))!;
          const isValid = isCosignedBy(withSignatures(checkpoint.note, [line]), said);
          cosigned.push({ branch, size: checkpoint.size, isValid });
          old = checkpoint.size;
        } else if (response.status === 409) old = Number(body);
        if (response.status !== 409 || old >= checkpoint.size) next += 1;
      }
    };
    await Promise.allSettled([offer(log), offer(fork)]);
    clearTimeout(killed);
    await ended(child, 'SIGKILL').catch(() => {});
  }
  expect(cosigned.length).toBeGreaterThan(KILLS);
  expect(cosigned.every(({ isValid }) => isValid)).toBe(true);
  const common = log.checkpoints[0]!.size;
  const branches = new Set(cosigned.filter(({ size }) => size > common).map(({ branch }) => branch));
  expect(branches.size).toBe(1);
});
