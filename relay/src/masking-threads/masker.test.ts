import { afterEach, expect, it } from 'vitest';
import { gunzipSync } from 'node:zlib';
import { encodeRows, openedChunk, parseRows } from '../encoding/index.ts';
import type { MaskPlan } from '../masking/index.ts';
import type { ResultColumn } from '../warehouse/index.ts';
import { createMasker, type Masker } from './index.ts';

const KEYS = { token: Buffer.alloc(32, 7) };
const never = new AbortController().signal;
let masker: Masker;
afterEach(() => masker.close());

const column = (name: string): ResultColumn => ({
  name,
  type: 'text',
  nullable: true,
  precision: null,
  scale: null,
  length: null,
});
const PLAN: MaskPlan = {
  encoding: 'json',
  columns: [column('ID'), column('EMAIL')],
  masks: [{ output: 1, policy: { method: 'token', domain: 'pii.email' } }],
};
const people = (count: number) =>
  Array.from({ length: count }, (_, index) => [String(index), `person${index}@example.com`]);

it('masks a large chunk on a thread as it masks a small one here', async () => {
  const rows = people(2_000);
  masker = createMasker(KEYS, { threads: 2 });
  const onThreads = masker.begin(PLAN);
  const masked = await Promise.all(
    [rows, rows].map(async (each) => parseRows(await onThreads.bytes(encodeRows(each), each.length, never))),
  );
  const here = masker.begin(PLAN);
  const inPieces = await Promise.all(
    rows.map(async (row) => parseRows(await here.bytes(encodeRows([row]), 1, never))[0]),
  );
  expect(masked).toEqual([inPieces, inPieces]);
  expect(inPieces[0]).toEqual(['0', expect.stringMatching(/^tok_[a-z2-7]{20}$/)]);
});

it('packs what it has masked, small or large', async () => {
  masker = createMasker(KEYS, { threads: 1 });
  const [few, many] = [people(3), people(2_000)];
  const here = await masker.begin(PLAN).packed(encodeRows(few), few.length, never);
  const there = await masker.begin(PLAN).packed(encodeRows(many), many.length, never);
  const expected = await masker.begin(PLAN).bytes(encodeRows(many), many.length, never);
  expect(await there.bytes()).toEqual(Buffer.from(expected));
  expect(gunzipSync(there.gzip!)).toEqual(Buffer.from(expected));
  expect(there.byteLength).toBe(expected.byteLength);
  expect(await there.digest()).toBe(await openedChunk(expected).digest());
  expect(parseRows(await here.bytes())).toEqual(parseRows(expected).slice(0, 3));
});

it('hands a large chunk over, and does not copy it', async () => {
  const bytes = new Uint8Array(encodeRows(people(2_000)));
  masker = createMasker(KEYS, { threads: 1 });
  await masker.begin(PLAN).bytes(bytes, 2_000, never);
  expect(bytes.byteLength).toBe(0);
});

it.each([
  ['here', 1],
  ['on a thread', 3_000],
])(
  'lets nothing through %s, and says nothing of it, where rows are not as they should be',
  async (_, count) => {
    const bytes = encodeRows(people(count).map((row) => [...row, 'ada@example.com']));
    masker = createMasker(KEYS, { threads: 1 });
    const failed: unknown = await masker
      .begin(PLAN)
      .bytes(bytes, count, never)
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'internal' });
    expect((failed as Error).message).not.toContain('@');
    expect((failed as Error).cause).toBeUndefined();
  },
);

it('fails with a typed error when the thread dies, and masks the next on another', async () => {
  masker = createMasker(KEYS, { threads: 1, memoryMb: 32 });
  const large = ['x', 'a@b.io '.repeat(4_000_000)];
  const failed: unknown = await masker
    .begin({ ...PLAN, masks: [{ output: 1, policy: { method: 'detect', detectors: ['email'] } }] })
    .bytes(encodeRows([large]), 1, never)
    .catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 'internal', message: expect.stringContaining('could not be masked') });
  const rows = people(2_000);
  expect(parseRows(await masker.begin(PLAN).bytes(encodeRows(rows), 2_000, never))[7]?.[1]).toMatch(/^tok_/);
});

it('keeps no chunk in a thread for the values that it remembers of it', { timeout: 120_000 }, async () => {
  masker = createMasker(KEYS, { threads: 1, memoryMb: 48 });
  const wide: MaskPlan = { ...PLAN, columns: [column('TEXT'), column('EMAIL')] };
  // Four results of 30 chunks, each of 1 MB: were they kept, the thread would die of the second result.
  for (let result = 0; result < 4; result += 1) {
    const mask = masker.begin(wide);
    for (let chunk = 0; chunk < 30; chunk += 1) {
      const rows = [['x'.repeat(1_000_000), `person${result}-${chunk}@example.com`]];
      const [row] = parseRows(await mask.bytes(encodeRows(rows), 1, never));
      expect(row?.[1]).toMatch(/^tok_/);
    }
  }
});

it('stops when it is told to, with what it was told', async () => {
  masker = createMasker(KEYS, { threads: 1 });
  const abort = new AbortController();
  const masking = masker.begin(PLAN).bytes(encodeRows(people(200_000)), 200_000, abort.signal);
  abort.abort(new Error('cancelled'));
  await expect(masking).rejects.toThrow('cancelled');
  await expect(masker.begin(PLAN).bytes(encodeRows(people(1)), 1, abort.signal)).rejects.toThrow('cancelled');
});
