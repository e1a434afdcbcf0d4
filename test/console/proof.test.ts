import { createHash } from 'node:crypto';
import { canonicalJson } from '@sluice/contract';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { linesOf, verifyExport, witnessKey } from '@sluice/record-proof';
import {
  cosign,
  exportSession,
  linesOf as relayLines,
  openRecorder,
  payloadReader,
  type Signer,
  verifyExport as relayVerifies,
  witnessKeyOf,
  witnessKeyText,
} from '../../relay/src/recording/index.ts';
import {
  newSession,
  newSigner,
  opened,
  openTestRecord,
} from '../../relay/src/recording/testing/open-test-record.ts';
import { recordADay } from '../../relay/src/recording/testing/record-a-day.ts';

/**
 * The console's verifier against `sluice verify`: of whatever is done to an export, both say the same, and about the same
 * event. The export has a signed decision, payloads, a hand-over of the signing key, and earlier checkpoints.
 */
const witness = newSigner();
const witnessed = witnessKeyOf('desk', witness.publicKey);
let old: Signer;
let current: Signer;
let session: string;
let lines: string[];

beforeAll(async () => {
  const record = await openTestRecord();
  [old] = record.signers as [Signer];
  current = newSigner();
  await record.recorder.append(newSession(), opened('carol'));
  await record.recorder.checkpoint();
  await record.recorder.close();
  const recorder = await openRecorder({ ...record, signers: [current, old] });
  for (let index = 0; index < 20; index += 1) await recorder.append(newSession(), opened('carol'));
  await recorder.checkpoint();
  const day = await recordADay(recorder);
  await recorder.append(newSession(), opened('carol'));
  const signed = await recorder.checkpoint();
  const line = await cosign(signed.note.slice(0, signed.note.indexOf('\n\n') + 1), {
    ...witnessed,
    at: 1_800_000_000,
    sign: witness.sign,
  });
  await recorder.keepCosignatures(signed, [line]);
  const checkpoint = await recorder.cosigned(signed);
  const payloads = payloadReader(record);
  const attestation = { signer: current, proof: recorder.proof };
  const options = { ...record, payloads, attestation, checkpoint, session: day };
  lines = (await Array.fromAsync(exportSession(options))).join('').trimEnd().split('\n');
  session = day;
});

const fileOf = (given: readonly string[]) => given.map((line) => `${line}\n`).join('');

async function* chunksOf(bytes: Uint8Array) {
  // Lines cross their borders.
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
}

const spki = ({ publicKey }: Signer) => publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

async function inTheBrowser(file: Uint8Array, key = old) {
  const cosigner = await witnessKey(witnessKeyText(witnessed));
  return await verifyExport(linesOf(chunksOf(file)), {
    session,
    keys: [spki(key)],
    witnesses: [cosigner!],
    onEvent: () => {},
  });
}

/** What both say of it: the verdict, and the first finding. */
async function opinions(file: Uint8Array): Promise<readonly [browser: string, relay: string]> {
  const { findings, isIntact, isAttested } = await inTheBrowser(file);
  const report = await relayVerifies(relayLines(chunksOf(file)), [old.publicKey]);
  const [here] = findings;
  const [there] = report.problems;
  return [
    isIntact ? `intact, attested ${isAttested}` : `${here?.what} ${here?.seq}`,
    report.intact ? `intact, attested ${report.attested}` : `${there?.what} ${there?.seq}`,
  ];
}

it('finds an export intact, by whom it is signed, and who witnessed it', async () => {
  const file = Buffer.from(fileOf(lines));
  const proof = await inTheBrowser(file);
  expect(proof).toMatchObject({
    isIntact: true,
    isAttested: true,
    findings: [],
    events: 11,
    signedDecisions: 1,
    witnesses: ['desk'],
    signer: { spki: spki(current), isHandedOver: true },
  });
  expect(proof.signer!.fingerprint).toBe(
    createHash('sha256')
      .update(current.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
  );
  expect(proof.payloads.size).toBe(2);
  expect(new Set(lines.map((line) => (JSON.parse(line) as { kind: string }).kind))).toEqual(
    new Set(['export', 'handover', 'checkpoint', 'earlier', 'device', 'event', 'payload', 'end']),
  );
});

it('believes nobody but the key that it was given, and takes no export of another session', async () => {
  const file = Buffer.from(fileOf(lines));
  expect((await inTheBrowser(file, newSigner())).findings[0]?.what).toBe('forged');
  const other = await verifyExport(linesOf(chunksOf(file)), {
    session: newSession(),
    keys: [spki(old)],
    witnesses: [],
    onEvent: () => {},
  });
  expect(other.findings).toContainEqual(expect.objectContaining({ why: 'the export is of another session' }));
});

it('says what `sluice verify` says of an export of which lines were left out, doubled or swapped', async () => {
  for (let index = 0; index < lines.length; index += 1) {
    const without = lines.toSpliced(index, 1);
    const other = (index * 7 + 3) % lines.length;
    const files = [
      without,
      lines.toSpliced(index, 0, lines[index]!),
      lines.with(index, lines[other]!).with(other, lines[index]!),
      lines.slice(0, index),
    ];
    for (const file of files) {
      const [browser, relay] = await opinions(Buffer.from(fileOf(file)));
      expect(`line ${index}: ${browser}`).toBe(`line ${index}: ${relay}`);
    }
  }
});

it('says what `sluice verify` says of an export in which any one value was changed, emptied, removed or added', async () => {
  const differ: string[] = [];
  let tampered = 0;
  for (const [index, line] of lines.entries()) {
    for (const [what, changed] of mutations(JSON.parse(line) as Json)) {
      const [browser, relay] = await opinions(Buffer.from(fileOf(lines.with(index, canonicalJson(changed)))));
      if (!relay.startsWith('intact')) tampered += 1;
      if (browser !== relay) differ.push(`line ${index}, ${what}: ${browser}; ${relay}`);
    }
  }
  expect(differ).toEqual([]);
  expect(tampered).toBeGreaterThan(500);
});

it('says what `sluice verify` says of bytes that were changed anywhere', async () => {
  const file = Buffer.from(fileOf(lines));
  await fc.assert(
    fc.asyncProperty(fc.nat(file.length - 1), fc.nat(255), async (at, byte) => {
      const changed = Buffer.from(file);
      changed[at] = byte;
      const [browser, relay] = await opinions(changed);
      expect(browser).toBe(relay);
    }),
    { numRuns: 150 },
  );
});

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The value with one thing changed in it, for each thing in it. */
function* mutations(value: Json, path = ''): Generator<readonly [string, Json]> {
  if (Array.isArray(value)) {
    if (value.length > 0) yield [`${path}[] less`, value.slice(1)];
    yield [`${path}[] more`, [...value, value[0] ?? 'x']];
    for (const [index, one] of value.slice(0, 2).entries()) {
      for (const [what, changed] of mutations(one, `${path}[${index}]`))
        yield [what, value.with(index, changed)];
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, one] of Object.entries(value)) {
      const { [name]: _, ...rest } = value;
      yield [`${path}.${name} removed`, rest];
      for (const [what, changed] of mutations(one, `${path}.${name}`))
        yield [what, { ...value, [name]: changed }];
    }
    yield [`${path}.added`, { ...value, added: 'x' }];
  } else if (typeof value === 'string') {
    const last = value.at(-1) === '1' ? '2' : '1';
    yield [`${path} changed`, value.slice(0, -1) + last];
    yield [`${path} emptied`, ''];
    if (/^[0-9a-f]{8,}$/.test(value)) yield [`${path} upper`, value.toUpperCase()];
  } else if (typeof value === 'number') {
    yield [`${path} more`, value + 1];
    yield [`${path} less`, value - 1];
  } else if (typeof value === 'boolean') yield [`${path} other`, !value];
  else yield [`${path} text`, 'x'];
}
