import { setImmediate as nextTurn } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { type RemoteChunks, remoteChunks } from '../../../test/support/in-memory-warehouse.ts';
import { parseRows } from '../encoding/index.ts';
import { SluiceError } from '../errors.ts';
import { createKeptChunks, defaultKeptChunkLimits, type KeptChunkLimits } from './kept-chunks.ts';
import type { Chunk, OpenChunk } from './spooled-result.ts';

const down = () => new SluiceError('warehouse_unavailable', 'the warehouse is down');
const SIZE = 1_000;

/** Chunks of one row of about SIZE bytes, which do not compress. */
const remote = (count: number) =>
  remoteChunks(count, (index) => [[String(index), `${index}-`.padEnd(SIZE - 12, 'x')]]);

function start(kept: RemoteChunks, limits: Partial<KeptChunkLimits> = {}) {
  const ended = new AbortController();
  const broken: string[] = [];
  const keptChunks = createKeptChunks({ ...defaultKeptChunkLimits, ...limits });
  const as = (identity: string, queryId = identity): readonly Chunk[] =>
    keptChunks(
      kept.chunks.map((chunk) => ({ ...chunk, mostBytes: SIZE })),
      { queryId, identity, ended: ended.signal, onBroken: ({ code }) => void broken.push(code) },
    );
  return { as, chunks: as('ada'), ended, broken };
}

async function read({ size, stream }: OpenChunk): Promise<string | null> {
  const compressed = await buffer(stream);
  expect(compressed).toHaveLength(size);
  return parseRows(gunzipSync(compressed))[0]![0]!;
}

/** Until nothing happens any more that does not wait for something else. */
const settled = async () => {
  for (let turn = 0; turn < 50; turn += 1) await nextTurn();
};

it('fetches once for all who ask at the same time, and keeps it for a while for who asks again', async () => {
  const kept = remote(3);
  const { chunks } = start(kept);
  const ids = await Promise.all([1, 1, 1].map(async (index) => read(await chunks[index]!.open())));
  expect([...ids, await read(await chunks[1]!.open())]).toEqual(['1', '1', '1', '1']);
  expect(kept.opened).toEqual([1]);
});

it('keeps no more of it than it may, and fetches it again', async () => {
  const kept = remote(3);
  const { chunks } = start(kept, { lingerBytes: 60 });
  for (const index of [0, 1, 2, 0]) await read(await chunks[index]!.open());
  expect(kept.opened).toEqual([0, 1, 2, 0]);
});

it('fetches as much at a time as there is room for, however many ask', async () => {
  const kept = remote(40);
  const { chunks } = start(kept, { openBytes: { each: 3 * SIZE, all: 100 * SIZE } });
  kept.before = async () => settled();
  const ids = await Promise.all(chunks.map(async (chunk) => read(await chunk.open())));
  expect(ids).toEqual(chunks.map((_, index) => String(index)));
  expect(kept.mostAtOnce()).toBe(3);
});

it('gives nobody the room that others of one identity wait for', async () => {
  const kept = remote(4);
  const { as } = start(kept, { openBytes: { each: SIZE, all: 2 * SIZE } });
  const [ada, bob] = [as('ada'), as('bob')];
  const hold = Promise.withResolvers<void>();
  kept.before = (index) => (index === 3 ? Promise.resolve() : hold.promise);
  const waiting = [0, 1, 2].map(async (index) => read(await ada[index]!.open()));
  await settled();
  expect(await read(await bob[3]!.open())).toBe('3');
  hold.resolve();
  await Promise.all(waiting);
});

it('counts what is being sent until it has been read, or given up', async () => {
  const { chunks } = start(remote(2), { openBytes: { each: SIZE, all: SIZE } });
  const sending = await chunks[0]!.open();
  let next: OpenChunk | null = null;
  const opening = chunks[1]!.open().then((open) => (next = open));
  await settled();
  expect(next, 'there is no room for another as long as one is read').toBeNull();
  sending.stream.destroy();
  expect(await read(await opening)).toBe('1');
});

it('takes back what a client reads too slowly', async () => {
  const { chunks } = start(remote(1), { sendMs: 20 });
  const { stream } = await chunks[0]!.open();
  await expect.poll(() => stream.destroyed, { timeout: 10_000 }).toBe(true);
});

it('does not fetch what nobody waits for any more, and ends what it has begun', async () => {
  const kept = remote(3);
  const { chunks } = start(kept, { openBytes: { each: SIZE, all: SIZE } });
  const hold = Promise.withResolvers<void>();
  kept.before = () => hold.promise;
  const gone = new AbortController();
  const asked = [0, 1].map((index) => chunks[index]!.open(gone.signal));
  await settled();
  gone.abort(new Error('gone'));
  await expect(asked[1]).rejects.toThrow('gone');
  hold.resolve();
  await asked[0]!.catch(() => {});
  // The first was under way: whoever lost patience asks again, and has it at once.
  expect(await read(await chunks[0]!.open())).toBe('0');
  expect(kept.opened).toEqual([0]);
});

it('tells of a warehouse that does not answer, or not in time, and asks it again when it is asked again', async () => {
  const kept = remote(1);
  const { chunks, broken } = start(kept, { fetchMs: 20 });
  kept.before = async () => {
    throw down();
  };
  await expect(chunks[0]!.open()).rejects.toMatchObject({ code: 'warehouse_unavailable' });
  kept.before = (_, signal) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as SluiceError)),
    );
  await expect(chunks[0]!.open()).rejects.toMatchObject({
    code: 'warehouse_unavailable',
    message: 'the warehouse did not give this part of the result in time',
  });
  kept.before = null;
  expect(await read(await chunks[0]!.open())).toBe('0');
  expect(broken).toEqual([]);
});

it('says when there will be nothing more of a result', async () => {
  const kept = remote(2);
  const { chunks, broken } = start(kept);
  kept.before = async () => {
    throw new SluiceError('blocked', 'the result is larger than the limit');
  };
  await expect(chunks[1]!.open()).rejects.toMatchObject({ code: 'blocked' });
  expect(broken).toEqual(['blocked']);
});

it('gives nothing of a result that is no longer kept: not what was fetched, is being fetched or sent', async () => {
  const kept = remote(3);
  const { chunks, ended, broken } = start(kept);
  await read(await chunks[0]!.open());
  const sending = await chunks[0]!.open();
  kept.before = (_, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  const fetching = chunks[1]!.open();
  await settled();
  ended.abort();
  await expect(buffer(sending.stream)).rejects.toThrow('abort');
  await expect(fetching).rejects.toMatchObject({ code: 'result_unavailable' });
  await expect(chunks[0]!.open()).rejects.toMatchObject({ code: 'result_unavailable' });
  expect(kept.opened).toEqual([0, 1]);
  expect(broken).toEqual([]);
});
