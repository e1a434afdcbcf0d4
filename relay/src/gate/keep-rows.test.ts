import { expect, it } from 'vitest';
import { ada } from '../approval/testing.ts';
import { encodeRows } from '../encoding/index.ts';
import { SluiceError } from '../errors.ts';
import { createRowKeeper } from './keep-rows.ts';

const KIB = 1024;

interface Settings {
  readonly rowsKept?: number;
  readonly rowsPerPayload?: number;
  readonly encoding?: 'json' | 'arrow';
}

function start({ rowsKept = 1_000, rowsPerPayload = 1_000, encoding = 'json' }: Settings = {}) {
  /** What was sealed, and what was counted for it, in order. */
  const sealed: Uint8Array[] = [];
  const counted: string[] = [];
  /** Addresses of each transaction that was not left to the event. */
  const kept: string[][] = [];
  let [isFull, factor] = [false, 1];
  const recorder = {
    async seal(payload: Uint8Array) {
      sealed.push(payload);
      const address = `p${sealed.length}`;
      return { address, dataKey: 'key', sealed: { byteLength: payload.byteLength * factor } };
    },
    async transaction(work: (tx: object) => Promise<void>) {
      const together: string[] = [];
      await work({ keep: async ({ address }: { address: string }) => void together.push(address) });
      kept.push(together);
    },
  };
  const limits = {
    record(identity: string, bytes: number) {
      expect(identity).toBe(ada.id);
      if (isFull) throw new SluiceError('record_allowance_used', 'enough');
      counted.push(`${bytes}`);
    },
    recordAnyway: (identity: string, bytes: number) => {
      expect(identity).toBe(ada.id);
      counted.push(`${bytes} anyway`);
    },
  };
  const parts = { recorder, limits, recordingLimits: { rowsKept, rowsPerPayload } };
  const keeper = createRowKeeper(parts as never, ada.id, encoding);
  return {
    keeper,
    sealed,
    counted,
    kept,
    fill: () => (isFull = true),
    /** As if sealed payloads were so many times as large. */
    swell: (times: number) => (factor = times),
    add: async (rows: readonly (readonly string[])[]) =>
      await keeper.add({ rowCount: rows.length, bytes: encodeRows(rows) }),
    texts: () => sealed.map((bytes) => Buffer.from(bytes).toString()),
    taken: () => {
      const { waiting, ...rest } = keeper.taken();
      return { ...rest, waiting: waiting.map(({ address }) => address) };
    },
  };
}

const rowOf = (length: number) => ['x'.repeat(length - '[""]'.length)];

it('keeps the first rows, in payloads of a few, for the event that they belong to', async () => {
  const { add, texts, taken } = start({ rowsKept: 5, rowsPerPayload: 2 });
  await add([['1'], ['2'], ['3']]);
  expect(texts()).toEqual(['["1"],["2"]', '["3"]']);
  expect(taken()).toEqual({ payloads: ['p1', 'p2'], recordedRows: 3, waiting: ['p1', 'p2'] });
  expect(taken()).toEqual({ payloads: [], recordedRows: 0, waiting: [] });
  await add([['4'], ['5'], ['6'], ['7']]);
  await add([['8']]);
  expect(texts().slice(2)).toEqual(['["4"],["5"]']);
  expect(taken()).toEqual({ payloads: ['p3'], recordedRows: 2, waiting: ['p3'] });
});

it('keeps no more than so many rows, of which the last payload may have fewer', async () => {
  const { add, texts, taken } = start({ rowsKept: 3, rowsPerPayload: 2 });
  await add([['1'], ['2'], ['3'], ['4']]);
  expect(texts()).toEqual(['["1"],["2"]', '["3"]']);
  expect(taken().recordedRows).toBe(3);
});

it('keeps whole chunks of Arrow', async () => {
  const { keeper, sealed, taken } = start({ encoding: 'arrow', rowsKept: 2, rowsPerPayload: 1 });
  const bytes = Buffer.from('ARROW1');
  await keeper.add({ rowCount: 9, bytes });
  expect(sealed).toEqual([bytes]);
  expect(taken()).toMatchObject({ payloads: ['p1'], recordedRows: 9 });
});

it('keeps the first 64 KiB whatever is left of the allowance, in payloads of their own', async () => {
  const { add, counted, fill, sealed } = start();
  fill();
  await add([rowOf(64 * KIB - 1)]);
  await add([['a']]).catch(() => {});
  // A byte was left, and a row is more.
  expect(counted).toEqual([`${64 * KIB - 1} anyway`]);
  expect(sealed).toHaveLength(1);

  const exact = start();
  exact.fill();
  await exact.add([rowOf(64 * KIB)]);
  expect(exact.counted).toEqual([`${64 * KIB} anyway`]);
  await expect(exact.add([['a']])).rejects.toMatchObject({ code: 'record_allowance_used' });
  expect(exact.sealed).toHaveLength(1);
});

it('splits what is kept anyway from what is not, and then keeps a MiB a payload', async () => {
  const { add, counted } = start();
  await add(Array.from({ length: 80 }, () => rowOf(32 * KIB)));
  const [first, second, third] = counted;
  // With its comma a second row is more than 64 KiB; and only what has been kept counts against them.
  expect(first).toBe(`${32 * KIB} anyway`);
  expect(second).toBe(`${32 * KIB} anyway`);
  expect(third).toBe(`${31 * 32 * KIB + 30}`);
  expect(counted.reduce((sum, one) => sum + Number.parseInt(one, 10), 0)).toBeLessThan(80 * (32 * KIB + 1));
  expect(counted).toHaveLength(5);
});

it('leaves to the event no more than 4 MiB of sealed payloads', async () => {
  const { add, kept, taken, swell } = start({ rowsPerPayload: 1 });
  swell(KIB);
  const kib = rowOf(KIB);
  await add([kib, kib, kib]);
  expect(kept).toEqual([]);
  await add([kib]);
  expect(kept).toEqual([['p1', 'p2', 'p3', 'p4']]);
  await add([kib]);
  expect(taken()).toEqual({ payloads: ['p1', 'p2', 'p3', 'p4', 'p5'], recordedRows: 5, waiting: ['p5'] });
  // What waited is not counted twice.
  await add([kib, kib, kib]);
  expect(kept).toHaveLength(1);
  await add([kib]);
  expect(kept.at(-1)).toEqual(['p6', 'p7', 'p8', 'p9']);
});
