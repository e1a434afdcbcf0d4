import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { canonicalJson, type SessionEvent } from '@sluice/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Checkpoint, parseCheckpoint, signCheckpoint } from '../checkpoints/checkpoint.ts';
import { type Signer } from '../index.ts';
import { logTree } from '../checkpoints/log-tree.ts';
import { endBytes } from '../export/export-lines.ts';
import { exportSession } from '../export/export-session.ts';
import { eventOf } from '../log/event-log.ts';
import { hashOf } from '../log/seal-event.ts';
import { payloadReader } from '../payloads/payload-store.ts';
import { openRecorder } from '../recorder.ts';
import { newSession, newSigner, opened, openTestRecord, statement } from '../testing/open-test-record.ts';
import { recordADay } from '../testing/record-a-day.ts';
import { linesOf } from './lines.ts';
import { verifyExport } from './verify-export.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

let signer: Signer;
let lines: string[];

beforeAll(async () => {
  const record = await openTestRecord();
  [signer] = record.signers;
  // Others are on the log too, so that the proofs have something to prove.
  await Promise.all(Array.from({ length: 20 }, () => record.recorder.append(newSession(), opened('carol'))));
  const session = await recordADay(record.recorder);
  await record.recorder.append(newSession(), opened('carol'));
  const checkpoint = await record.recorder.checkpoint();
  const payloads = payloadReader(record);
  const attestation = { signer, proof: record.recorder.proof };
  const chunks = await Array.fromAsync(
    exportSession({ ...record, payloads, attestation, checkpoint, session }),
  );
  lines = chunks.join('').trimEnd().split('\n');
});

async function verified(text: string, key = signer.publicKey) {
  const bytes = Buffer.from(text);
  // In small chunks, so that lines cross their borders.
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
  }
  return verifyExport(linesOf(chunks()), [key]);
}
const fileOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

it('finds an export intact, and says what is in it', async () => {
  expect(await verified(fileOf(lines))).toMatchObject({
    intact: true,
    sessions: 1,
    events: 11,
    payloads: 2,
    signedDecisions: 1,
    problems: [],
  });
});

it('counts no decision as signed when nobody attests that no revocation was left out', async () => {
  const end = JSON.parse(lines.at(-1)!) as Record<string, Json>;
  for (const file of [
    fileOf(lines.with(lines.length - 1, canonicalJson({ ...end, signature: null }))),
    fileOf(lines.with(lines.length - 1, canonicalJson({ ...end, signature: 'ab'.repeat(64) }))),
    fileOf(lines.slice(0, -1)),
  ]) {
    expect(await verified(file)).toMatchObject({
      attested: false,
      signedDecisions: 0,
      signedUnlessRevoked: 1,
    });
  }
});

it('does not believe a key that was not given', async () => {
  expect((await verified(fileOf(lines), newSigner().publicKey)).problems[0]?.what).toBe('forged');
});

describe('every change is found', () => {
  it('of any one field: changed, emptied, left out, added', async () => {
    const missed: string[] = [];
    let tried = 0;
    for (const [index, line] of lines.entries()) {
      for (const [change, changed] of mutations(JSON.parse(line) as Json)) {
        tried += 1;
        const file = fileOf(lines.with(index, canonicalJson(changed)));
        const { intact, attested } = await verified(file);
        if (intact && attested) missed.push(`line ${index}: ${change}`);
      }
    }
    expect(missed).toEqual([]);
    expect(tried).toBeGreaterThan(1_000);
  });

  it('of the lines: left out, doubled, swapped', async () => {
    for (let index = 0; index < lines.length; index += 1) {
      const without = lines.toSpliced(index, 1);
      expect((await verified(fileOf(without))).intact).toBe(false);
      expect((await verified(fileOf(without.toSpliced(index, 0, lines[index]!, lines[index]!)))).intact).toBe(
        false,
      );
      for (let other = index + 1; other < lines.length; other += 1) {
        const swapped = lines.with(index, lines[other]!).with(other, lines[index]!);
        expect((await verified(fileOf(swapped))).intact).toBe(false);
      }
    }
  });

  it('of its length, and of its form', async () => {
    const file = fileOf(lines);
    for (let length = 0; length < file.length; length += 97) {
      expect((await verified(file.slice(0, length))).intact).toBe(false);
    }
    for (const changed of [
      file.slice(0, -1),
      ` ${file}`,
      `${file}\n`,
      `\ufeff${file}`,
      file.replace(',', ', '),
    ]) {
      expect((await verified(changed)).intact).toBe(false);
    }
  });
});

describe('the event is named', () => {
  const at = (seq: number) =>
    lines.findIndex((line) => line.includes('"kind":"event"') && line.includes(`"seq":${seq},`));

  it.each([
    [
      'altered',
      'when a field is changed',
      () => lines.with(at(2), lines[at(2)]!.replace('delete', 'select')),
      2,
    ],
    ['removed', 'when it is left out', () => lines.toSpliced(at(3), 1), 3],
    ['removed', 'when it was the last', () => lines.toSpliced(at(10), 1), 10],
    ['reordered', 'when it is moved', () => lines.with(at(3), lines[at(4)]!).with(at(4), lines[at(3)]!), 3],
    [
      'unreadable',
      'when its line is no event',
      () => lines.with(at(5), lines[at(5)]!.replace('"needed"', '"n"')),
      5,
    ],
    [
      'removed',
      'when its payload is left out',
      () => lines.filter((line) => !line.includes('"kind":"payload"')),
      2,
    ],
  ])('%s, %s', async (what, _, tampered, seq) => {
    const { problems } = await verified(fileOf(tampered()));
    expect(problems[0]).toMatchObject({ what, seq });
  });

  it.each([
    ['checkpoint', '\\n34\\n', 'forged', 'the checkpoint is not signed by a key that is trusted'],
    ['payload', '"salt":"', 'altered', 'is not what its address says'],
    ['end', '"signature":"', 'forged', "the end of the file is not signed by the checkpoint's key"],
  ])('and so is the line, when %s is changed', async (kind, field, what, why) => {
    const index = lines.findIndex((line) => line.includes(`"kind":"${kind}"`));
    const line = lines[index]!;
    const digit = line.indexOf(field) + field.length;
    const changed = line.slice(0, digit) + (line[digit] === '0' ? '1' : '0') + line.slice(digit + 1);
    const { problems } = await verified(fileOf(lines.with(index, changed)));
    expect(problems).toContainEqual(expect.objectContaining({ what, why: expect.stringContaining(why) }));
  });

  it('and so is the line, when it says the same in other bytes', async () => {
    const { problems } = await verified(fileOf(lines.with(at(1), lines[at(1)]!.replace('{', '{ '))));
    expect(problems).toContainEqual(expect.objectContaining({ what: 'unreadable', seq: 1 }));
  });

  it('forged, when it is rewritten with all the hashes after it', async () => {
    let previous = '';
    const forged = lines.map((text) => {
      const line = JSON.parse(text) as { kind: string; event: SessionEvent };
      if (line.kind !== 'event' || line.event.seq < 4) {
        previous = line.kind === 'event' ? line.event.hash : previous;
        return text;
      }
      const body =
        line.event.body.type === 'decision'
          ? { ...line.event.body, effect: 'allow' as const }
          : line.event.body;
      const event = { ...line.event, body, previous };
      previous = hashOf(event);
      return canonicalJson({ ...line, event: { ...event, hash: previous } });
    });
    const { problems } = await verified(fileOf(forged));
    expect(problems[0]).toMatchObject({ what: 'forged', seq: 4 });
  });
});

it('finds an approval that a device did not sign, or that binds other SQL, though the relay recorded it', async () => {
  const record = await openTestRecord();
  const copy = newSession();
  for (const line of lines.filter((line) => line.includes('"kind":"event"'))) {
    const { body } = (JSON.parse(line) as { event: SessionEvent }).event;
    if (body.type === 'statement') body.sql = 'delete from customers';
    if (body.type === 'approval_decided') body.comment = 'of course';
    // The payloads are in another store.
    if (body.type === 'statement') body.binds = null;
    if (body.type === 'result') body.payloads = [];
    await record.recorder.append(copy, body);
  }
  const checkpoint = await record.recorder.checkpoint();
  const payloads = payloadReader(record);
  const file = await Array.fromAsync(
    exportSession({
      ...record,
      payloads,
      attestation: { signer: record.signers[0], proof: record.recorder.proof },
      checkpoint,
      session: copy,
    }),
  );
  const { problems } = await verified(file.join(''), record.signers[0].publicKey);
  expect(problems.map(({ what, seq }) => [what, seq])).toContainEqual(['forged', 5]);
  expect(problems.map(({ what, seq }) => [what, seq])).toContainEqual(['forged', 6]);
});

it('checks with the old key and with the new one after a rotation that the old key handed over', async () => {
  const record = await openTestRecord();
  const [old] = record.signers;
  const fresh = newSigner();
  const recorder = await openRecorder({ ...record, signers: [fresh, old] });
  const session = newSession();
  await recorder.append(session, statement('select 1', randomUUID()));
  const checkpoint = await recorder.checkpoint();
  const payloads = payloadReader(record);
  const file = (
    await Array.fromAsync(
      exportSession({
        ...record,
        payloads,
        attestation: { signer: fresh, proof: recorder.proof },
        checkpoint,
        session,
      }),
    )
  ).join('');
  for (const key of [old.publicKey, fresh.publicKey])
    expect((await verified(file, key)).problems).toEqual([]);
  expect((await verified(file, newSigner().publicKey)).intact).toBe(false);
});

it('compares with a checkpoint that was kept, as far as it can be', async () => {
  const { note } = JSON.parse(lines.find((line) => line.includes('"kind":"checkpoint"'))!) as {
    note: string;
  };
  const own = parseCheckpoint(note)!;
  const given = (kept: Checkpoint) => {
    const bytes = [Buffer.from(fileOf(lines))];
    return verifyExport(linesOf(Readable.from(bytes)), [signer.publicKey], [kept]);
  };
  expect(await given(own)).toMatchObject({ intact: true, uncompared: 0 });
  const other = await signCheckpoint({ ...own, root: 'ab'.repeat(32) }, signer);
  expect((await given(other)).problems).toMatchObject([
    { what: 'forged', why: expect.stringContaining('another') },
  ]);
  expect(await given(await signCheckpoint({ ...own, size: 3 }, signer))).toMatchObject({
    intact: true,
    uncompared: 1,
  });
  for (const wrong of [
    await signCheckpoint(own, newSigner()),
    await signCheckpoint({ ...own, log: randomUUID() }, signer),
  ]) {
    expect((await given(wrong)).problems).toMatchObject([{ what: 'forged', seq: null }]);
  }
});

it('does not go back from the new key to a retired one, which may be stolen', async () => {
  const record = await openTestRecord();
  const [old] = record.signers;
  const fresh = newSigner();
  const recorder = await openRecorder({ ...record, signers: [fresh, old] });
  const genuine = await recorder.checkpoint();
  const [named] = await record.store.events.ofTypes(record.recorder.relaySession, ['signing_key']);
  const path = await logTree(record.store).inclusionProof(named!.position, genuine.size);
  // Another history of the log, signed by the thief; and the event that named the old key, under a checkpoint of the new one.
  const forgery = await openTestRecord({ signers: [old] });
  const session = newSession();
  await forgery.recorder.append(session, opened('mallory'));
  const { size } = (await forgery.store.events.log())!;
  const root = (await logTree(forgery.store).root(size)).toString('hex');
  const { log, at } = genuine;
  const checkpoint = await signCheckpoint({ log, size, root, at }, old);
  const payloads = payloadReader(forgery);
  // Whose relay would not attest it: what it knows of its keys is of another log.
  const proof = { ...forgery.recorder.proof, keyEvents: () => [] };
  const chunks = exportSession({
    ...forgery,
    payloads,
    attestation: { signer: old, proof },
    checkpoint,
    session,
  });
  const forged = (await Array.fromAsync(chunks)).join('').trimEnd().split('\n');
  const handover = canonicalJson({
    kind: 'handover',
    event: eventOf(named!),
    position: named!.position,
    proof: path.map((hash) => hash.toString('hex')),
    note: genuine.note,
  });
  const body = fileOf([forged[0]!, handover, ...forged.slice(1, -1)]);
  const end = { events: 1, digest: createHash('sha256').update(body).digest('hex') };
  const signature = Buffer.from(await old.sign(endBytes({ log, session, ...end }))).toString('hex');
  const file = `${body}${canonicalJson({ kind: 'end', ...end, signature })}\n`;
  // To whoever has the old key alone, it is a record: the key was theirs to guard.
  expect((await verified(fileOf(forged), old.publicKey)).problems).toEqual([]);
  expect((await verified(file, fresh.publicKey)).problems.map(({ why }) => why)).toContain(
    "a hand-over between the relay's keys does not check",
  );
});

/** Every way to change one thing in a JSON value. */
function* mutations(value: Json, path = ''): Generator<[string, Json]> {
  if (Array.isArray(value)) {
    yield [`${path} longer`, [...value, value[0] ?? '']];
    for (const [index, item] of value.entries()) {
      yield [`${path}[${index}] left out`, value.toSpliced(index, 1)];
      for (const [change, changed] of mutations(item, `${path}[${index}]`))
        yield [change, value.with(index, changed)];
    }
  } else if (typeof value === 'object' && value !== null) {
    yield [`${path} with more`, { ...value, more: 1 }];
    for (const [name, item] of Object.entries(value)) {
      const { [name]: _, ...rest } = value;
      yield [`${path}.${name} left out`, rest];
      for (const [change, changed] of mutations(item, `${path}.${name}`))
        yield [change, { ...value, [name]: changed }];
    }
  } else {
    for (const changed of leafMutations(value)) yield [`${path} to ${JSON.stringify(changed)}`, changed];
  }
}

function leafMutations(value: null | boolean | number | string): Json[] {
  if (value === null) return ['', 0, 'x'];
  if (typeof value === 'boolean') return [!value, null];
  if (typeof value === 'number') return [value + 1, value - 1, null];
  const last = value.at(-1) ?? '';
  return [
    `${value}x`,
    value.slice(0, -1),
    value.slice(0, -1) + (last === '0' ? '1' : '0'),
    value.toUpperCase() === value ? value.toLowerCase() : value.toUpperCase(),
    null,
  ].filter((changed) => changed !== value);
}
