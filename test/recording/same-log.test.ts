import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, type SessionEvent } from '@sluice/contract';
import { compareCommand, consistencyText } from '../../relay/src/cli/compare.ts';
import { verifyCommand } from '../../relay/src/cli/verify.ts';
import {
  cosign,
  exportSession,
  parseCheckpoint,
  parseNote,
  payloadReader,
  witnessKeyOf,
  witnessKeyText,
} from '../../relay/src/recording/index.ts';
import { signCheckpoint } from '../../relay/src/recording/checkpoints/checkpoint.ts';
import { endBytes } from '../../relay/src/recording/export/export-lines.ts';
import {
  newSession,
  newSigner,
  opened,
  openTestRecord,
  type TestRecord,
} from '../../relay/src/recording/testing/open-test-record.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-same-'));
const at = (name: string) => join(folder, name);
const [key, signer, one, two] = [at('log.pub'), newSigner(), newSigner(), newSigner()];
const witnesses = [one, two].map((each, index) => witnessKeyOf(`w.example/${index}`, each.publicKey));
const [first, second] = witnesses.map(witnessKeyText) as [string, string];

/** Writes an export of a new session, and its checkpoint, cosigned by whom is given. */
async function shown(record: TestRecord, name: string, cosigners: readonly (0 | 1)[] = []) {
  const { recorder } = record;
  const session = newSession();
  await recorder.append(session, opened(name));
  const signed = await recorder.checkpoint();
  const { text } = parseNote(signed.note)!;
  const lines = cosigners.map((index) =>
    cosign(text, { ...witnesses[index]!, at: 1_700_000_000, sign: [one, two][index]!.sign }),
  );
  await recorder.keepCosignatures(signed, await Promise.all(lines));
  const checkpoint = await recorder.cosigned(signed);
  const payloads = payloadReader(record);
  const chunks = exportSession({
    ...record,
    payloads,
    attestation: { signer, proof: recorder.proof },
    checkpoint,
    session,
  });
  writeFileSync(at(`${name}.sluice`), (await Array.fromAsync(chunks)).join(''));
  writeFileSync(at(`${name}.checkpoint`), checkpoint.note);
  return checkpoint.size;
}

let sizes: { readonly ann: number; readonly ben: number };
let proof: (from: number, to: number) => Promise<string>;

beforeAll(async () => {
  writeFileSync(key, signer.publicKey.export({ type: 'spki', format: 'pem' }));
  const record = await openTestRecord({ path: at('log.db'), signers: [signer] });
  await record.recorder.append(newSession(), opened('bob'));
  await record.recorder.checkpoint();
  await record.store.compact();
  copyFileSync(at('log.db'), at('fork.db'));
  const fork = await openTestRecord({ path: at('fork.db'), signers: [signer], vault: record.vault });
  sizes = {
    ann: await shown(record, 'ann', [0]),
    ben: (await shown(record, 'between'), await shown(record, 'ben', [0, 1])),
  };
  proof = (from, to) => consistencyText(record.store, from, to);
  await shown(fork, 'eve', [1]);
  await shown(fork, 'eva');
  await shown(await openTestRecord({ signers: [signer] }), 'stranger');
  for (const { store } of [record, fork]) await store.compact();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function compare(left: string, right: string, more: { witnesses?: string[]; proof?: string } = {}) {
  const printed: string[] = [];
  const [a, b] = [at(left), at(right)];
  const asked = { one: a, other: b, keys: [key], witnesses: [], proof: undefined, json: false, ...more };
  const code = await compareCommand(asked, (text) => printed.push(text));
  return { code, said: printed.join('\n') };
}

it.each([
  ['ann.sluice', 'ann.checkpoint', 0, /same 3 events/],
  ['ann.sluice', 'log.db', 0, /the first 3 events of the store are those/],
  ['log.db', 'ben.checkpoint', 0, /^the same log/],
  ['log.db', 'log.db', 0, /the first 5 events are the same/],
  ['eve.sluice', 'log.db', 1, /NOT the same log: .* are not those/],
  ['fork.db', 'log.db', 1, /event 2 of the log is the first that differs/],
  ['stranger.sluice', 'log.db', 1, /NOT the same log: one is log/],
  ['between.sluice', 'eve.sluice', 1, /different events as the first 4: .* are the proof/],
  ['ann.sluice', 'ben.sluice', 0, /signs 5 events goes on from the 3/],
  ['ann.checkpoint', 'ben.sluice', 0, /signs 5 events goes on from the 3/],
  ['eva.sluice', 'between.sluice', 1, /different events as the first 4: .* are the proof/],
  ['eva.sluice', 'between.checkpoint', 1, /different events as the first 4: .* are the proof/],
  ['ann.checkpoint', 'ben.checkpoint', 2, /cannot be told: .*\n.*`sluice consistency 3 5`/],
  ['ann.sluice', 'ben.checkpoint', 2, /cannot be told/],
  ['ann.sluice', 'eve.sluice', 2, /cannot be told: .* their first 2 events are the same\n/],
])('says whether %s and %s are of one log', async (left, right, code, said) => {
  const found = await compare(left, right);
  expect(found).toEqual({ code, said: expect.stringMatching(said) as string });
});

it('is shown by a proof that the one goes on from the other, and by no other proof', async () => {
  writeFileSync(at('proof'), await proof(sizes.ann, sizes.ben));
  const [ann, ben] = ['ann.checkpoint', 'ben.checkpoint'];
  expect(await compare(ann, ben, { proof: at('proof') })).toMatchObject({ code: 0 });
  writeFileSync(at('proof'), await proof(sizes.ann - 1, sizes.ben));
  expect(await compare(ann, ben, { proof: at('proof') })).toMatchObject({ code: 2 });
});

it('is shown by a witness that has cosigned both', async () => {
  const [ann, ben] = ['ann.checkpoint', 'ben.checkpoint'];
  expect(await compare(ann, ben, { witnesses: [first] })).toMatchObject({ code: 0 });
  expect(await compare(ann, ben, { witnesses: [second] })).toMatchObject({ code: 2 });
});

it('compares nothing that is not intact, or not signed', async () => {
  writeFileSync(
    at('bad.sluice'),
    readFileSync(at('ann.sluice'), 'utf8').replace('"name":"ann"', '"name":"ana"'),
  );
  expect(await compare('bad.sluice', 'log.db')).toMatchObject({
    code: 1,
    said: expect.stringContaining('not intact') as string,
  });
  writeFileSync(at('bad.checkpoint'), readFileSync(at('ann.checkpoint'), 'utf8').replace('\n3\n', '\n4\n'));
  expect(await compare('bad.checkpoint', 'log.db')).toMatchObject({
    code: 1,
    said: expect.stringContaining('not signed') as string,
  });
});

it('compares the checkpoint that was verified, and none that is quoted in a line that proves nothing', async () => {
  const { log, size, root, at: signedAt } = parseCheckpoint(readFileSync(at('between.checkpoint'), 'utf8'))!;
  const { note } = await signCheckpoint({ log, size, root, at: signedAt }, newSigner());
  const lines = readFileSync(at('eve.sluice'), 'utf8').trimEnd().split('\n');
  const { event } = JSON.parse(lines.find((line) => line.includes('"kind":"event"'))!) as {
    event: SessionEvent;
  };
  const body = { type: 'notice', what: 'quoted', detail: { kind: 'checkpoint' } };
  const quoted = { kind: 'handover', event: { ...event, body }, position: 0, proof: [], note };
  const forged = [lines[0]!, canonicalJson(quoted), ...lines.slice(1, -1)]
    .map((line) => `${line}\n`)
    .join('');
  const end = { events: 1, digest: createHash('sha256').update(forged).digest('hex') };
  const bytes = endBytes({ log, session: event.session, ...end });
  const signature = Buffer.from(await signer.sign(bytes)).toString('hex');
  writeFileSync(at('quoting.sluice'), `${forged}${canonicalJson({ kind: 'end', ...end, signature })}\n`);
  expect(await compare('between.sluice', 'quoting.sluice')).toEqual({
    code: 1,
    said: expect.stringContaining('NOT the same log: they sign different events as the first 4') as string,
  });
});

describe('cosignatures are demanded', () => {
  const verify = async (what: string, given: readonly string[], least?: number) => {
    const printed: string[] = [];
    const asked = {
      what: at(what),
      keys: [key],
      checkpoints: [],
      witnesses: given,
      leastWitnesses: least,
      json: true,
    };
    const code = await verifyCommand({ ...asked, mostUnsigned: 0 }, (text) => printed.push(text));
    const { problems } = JSON.parse(printed.join('')) as { problems: { what: string }[] };
    return [code, ...problems.map(({ what }) => what)];
  };

  it.each([
    ['ann.sluice', 0, undefined, [0]],
    ['ann.sluice', 1, undefined, [1, 'unsigned']],
    ['ann.sluice', 2, 1, [0]],
    ['ann.sluice', 2, undefined, [1, 'unsigned']],
    ['ben.sluice', 2, undefined, [0]],
    ['between.sluice', 2, 1, [1, 'unsigned']],
    ['log.db', 2, undefined, [0]],
    ['fork.db', 2, undefined, [1, 'unsigned']],
  ] as const)('of %s: witnesses %i, at least %s', async (what, which, least, expected) => {
    const given = which === 2 ? [first, second] : [[first, second][which]!];
    expect(await verify(what, given, least)).toEqual(expected);
  });

  it('by more keys than are demanded', async () => {
    await expect(verify('ann.sluice', [first], 2)).rejects.toMatchObject({ code: 'config_invalid' });
    await expect(verify('ann.sluice', [first, first], 2)).rejects.toMatchObject({ code: 'config_invalid' });
    await expect(verify('ann.sluice', ['nonsense'])).rejects.toMatchObject({ code: 'config_invalid' });
  });
});
