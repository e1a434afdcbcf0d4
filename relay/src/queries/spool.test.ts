import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DataType, Int64, tableFromIPC, vectorFromArray } from 'apache-arrow';
import { arrowField, arrowType, writeCells, writeStream } from '../encoding/arrow/index.ts';
import { parseRows } from '../encoding/index.ts';
import { remoteChunks } from '../../../test/support/in-memory-warehouse.ts';
import { chunksOf } from '../encoding/testing.ts';
import type { MaskedChunk, StatementOutcome } from '../gate.ts';
import type { Cell } from '../warehouse/index.ts';
import { createKeptChunks } from './kept-chunks.ts';
import { openSpool, readRows, type Spool } from './spool.ts';

let directory: string;
let spool: Spool;
const never = new AbortController().signal;
const keeping = { ended: never, fetching: () => [] };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-spool-'));
  spool = await openSpool(directory, { firstBytes: 200, chunkBytes: 1000 });
});

afterEach(async () => rm(directory, { recursive: true, force: true }));

function outcome(
  chunks: AsyncIterable<MaskedChunk>,
  encoding: StatementOutcome['encoding'] = 'json',
): StatementOutcome {
  const state = { database: null, schema: null, warehouse: null, role: null };
  return { queryId: 'q', columns: [], encoding, chunks, statementTypeId: 0x1000, state, parameters: {} };
}

async function* inChunks(rows: readonly (readonly Cell[])[], size: number): AsyncGenerator<MaskedChunk> {
  for (let start = 0; start < rows.length; start += size) yield* chunksOf(rows.slice(start, start + size));
}

const rowsOf = (count: number) => Array.from({ length: count }, (_, index) => [String(index), null]);

it('gives back the rows it took, whatever they are and however they came', async () => {
  const cell = fc.option(fc.string({ unit: 'binary', maxLength: 60 }), { nil: null });
  const rows = fc.array(fc.tuple(cell, cell), { maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 50 }), async (rows, size) => {
      const result = await spool.take(outcome(inChunks(rows, size)), never, keeping);
      expect(await readRows(result, { from: 0, limit: Infinity })).toEqual(rows);
      expect(await readRows(result, { from: 7, limit: 11 })).toEqual(rows.slice(7, 18));
      expect(result.rowCount).toBe(rows.length);
      await spool.drop(result);
      expect(await readdir(directory)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

it('joins what comes in Arrow into chunks of the same sizes, as long as it is of one schema', async () => {
  const ID = { name: 'ID', type: 'fixed', precision: 38, scale: 0, length: null } as const;
  const stream = (type: DataType, from: number, count: number) => {
    const cells = Array.from({ length: count }, (_, index) => String(from + index));
    const { data } = vectorFromArray(cells.map(BigInt), new Int64());
    const vector = type instanceof Int64 ? data[0]! : writeCells(ID, cells);
    return writeStream([{ field: arrowField(ID, type), vectors: [vector] }], [count]);
  };
  async function* streams(): AsyncGenerator<MaskedChunk> {
    // In the middle, one of wider numbers.
    for (let from = 0; from < 400; from += 10)
      yield { rowCount: 10, bytes: stream(from === 200 ? arrowType(ID) : new Int64(), from, 10) };
  }
  const most = { firstBytes: 800, chunkBytes: 3_000 };
  const larger = await openSpool(join(directory, 'larger'), most);
  const result = await larger.take(outcome(streams(), 'arrow'), never, keeping);
  const rows = Array.from({ length: 400 }, (_, index) => [String(index)]);
  expect(await readRows(result, { from: 0, limit: Infinity })).toEqual(rows);
  expect(await readRows(result, { from: 195, limit: 20 })).toEqual(rows.slice(195, 215));
  expect(result.first.bytes.byteLength).toBeLessThanOrEqual(most.firstBytes);
  expect(result.chunks.length).toBeLessThan(12);
  for (const chunk of result.chunks) {
    const { stream } = await chunk.open();
    const bytes = gunzipSync(await buffer(stream));
    expect(bytes.byteLength).toBeLessThanOrEqual(most.chunkBytes);
    expect(tableFromIPC(bytes).numRows).toBe(chunk.rowCount);
  }
  await larger.close();
});

it('keeps the first rows in memory and the rest in files that only the relay can read', async () => {
  const result = await spool.take(outcome(inChunks(rowsOf(500), 10)), never, keeping);
  expect(result.first.bytes.length).toBeLessThanOrEqual(200);
  expect(result.chunks.length).toBeGreaterThan(3);
  for (const chunk of result.chunks) {
    const { size, stream } = await chunk.open();
    const compressed = await buffer(stream);
    const bytes = gunzipSync(compressed);
    expect([size, chunk.compressedSize]).toEqual([compressed.byteLength, compressed.byteLength]);
    expect(bytes.length).toBeLessThanOrEqual(1000);
    expect(parseRows(bytes)).toHaveLength(chunk.rowCount);
    expect(bytes.length).toBe(chunk.uncompressedSize);
  }
  const files = await readdir(directory);
  const modes = await Promise.all(
    files.map(async (file) => (await stat(join(directory, file))).mode & 0o777),
  );
  expect(modes).toEqual(result.chunks.map(() => 0o600));
});

it('lists what the warehouse keeps behind what it took, and reads from both', async () => {
  const rows = rowsOf(60);
  const remote = remoteChunks(4, (index) => rows.slice(20 + 10 * index, 30 + 10 * index));
  const kept = remote.chunks.map((chunk) => ({ ...chunk, mostBytes: chunk.uncompressedSize }));
  const owner = { queryId: 'q', identity: 'ada', ended: never, onBroken: () => {} };
  const fetching = createKeptChunks();
  const result = await spool.take({ ...outcome(inChunks(rows.slice(0, 20), 10)), kept }, never, {
    ended: never,
    fetching: (listed) => fetching(listed, owner),
  });
  expect(result.rowCount).toBe(60);
  expect(await readdir(directory), 'it can be fetched again').toHaveLength(result.chunks.length - 4);
  expect(await readRows(result, { from: 15, limit: 10 })).toEqual(rows.slice(15, 25));
  expect(await readRows(result, { from: 45, limit: 3 })).toEqual(rows.slice(45, 48));
  expect(remote.opened).toEqual([0, 2]);
  expect(await readRows(result, { from: 0, limit: Infinity })).toEqual(rows);
});

it('ends what is being sent when the result is no longer kept', async () => {
  const ended = new AbortController();
  const rows = Array.from({ length: 500 }, (_, index) => [randomBytes(600).toString('hex'), String(index)]);
  const wide = await openSpool(directory, { firstBytes: 100, chunkBytes: 8_000_000 });
  const { chunks } = await wide.take(outcome(inChunks(rows, 500)), never, {
    ...keeping,
    ended: ended.signal,
  });
  const { stream } = await chunks.at(-1)!.open();
  ended.abort();
  await expect(buffer(stream)).rejects.toThrow('abort');
  await expect(chunks.at(-1)!.open()).rejects.toMatchObject({ code: 'result_unavailable' });
});

it('pulls no faster than it writes', async () => {
  let pulled = 0;
  const written = async () => (await readdir(directory)).length;
  async function* endless(): AsyncGenerator<MaskedChunk> {
    for (; pulled < 200; pulled += 1) {
      // All that was pulled is on disk, but for the first rows, a chunk that is being written and one that is gathered.
      expect(pulled - (await written())).toBeLessThanOrEqual(3);
      yield* chunksOf([['x'.repeat(990)]]);
    }
  }
  await spool.take(outcome(endless()), never, keeping);
});

it('leaves nothing behind when the result breaks off, and tells why', async () => {
  async function* broken(): AsyncGenerator<MaskedChunk> {
    yield* inChunks(rowsOf(500), 10);
    throw new Error('the warehouse went away');
  }
  await expect(spool.take(outcome(broken()), never, keeping)).rejects.toThrow('went away');
  expect(await readdir(directory)).toEqual([]);
});

it('stops when it is told to, and lets the result know', async () => {
  const abort = new AbortController();
  let ended = false;
  async function* long(): AsyncGenerator<MaskedChunk> {
    try {
      for (;;) {
        yield* chunksOf(rowsOf(50));
        abort.abort(new Error('cancelled'));
      }
    } finally {
      ended = true;
    }
  }
  await expect(spool.take(outcome(long()), abort.signal, keeping)).rejects.toThrow('cancelled');
  expect({ ended, files: await readdir(directory) }).toEqual({ ended: true, files: [] });
});

it('says that there is no room, and not more', async () => {
  await rm(directory, { recursive: true });
  await expect(spool.take(outcome(inChunks(rowsOf(500), 10)), never, keeping)).rejects.toMatchObject({
    code: 'result_unavailable',
    message: 'the relay could not keep the result',
  });
});

it('deletes what an earlier relay left', async () => {
  await writeFile(join(directory, 'old-0.gz'), 'x');
  await openSpool(directory);
  expect(await readdir(directory)).toEqual([]);
});
