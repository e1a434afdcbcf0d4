import { type FileHandle, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { areJoinable, decodeRows, join as joined, sliceRows, splitRows } from '../encoding/index.ts';
import { SluiceError } from '../errors.ts';
import type { MaskedChunk, MaskedKeptChunk, StatementOutcome } from '../gate.ts';
import type { Cell } from '../warehouse/index.ts';
import { pack, unpack } from '../packed.ts';
import { reasonOf } from './kept-chunks.ts';
import type { Chunk, EncodedRows, SpooledResult } from './spooled-result.ts';

/** Holds results until clients fetch them. Memory per result is constant, whatever the result's size. */
export interface Spool {
  /**
   * Reads all rows of a result, and lists after them the chunks that the warehouse keeps. Rows are read no faster than
   * they are written.
   *
   * @throws the error of the result or the reason of `signal`; SluiceError `result_unavailable` when the rows cannot be
   *   written to disk. Nothing is left behind then.
   */
  take(outcome: StatementOutcome, signal: AbortSignal, keeping: Keeping): Promise<SpooledResult>;
  drop(result: SpooledResult): Promise<void>;
  /** Deletes everything. */
  close(): Promise<void>;
}

export interface Keeping {
  /** Aborts when the result is no longer kept, which also ends streams in progress. */
  readonly ended: AbortSignal;
  /** Turns what the warehouse keeps into chunks that can be sent. */
  readonly fetching: (kept: readonly MaskedKeptChunk[]) => readonly Chunk[];
}

export interface SpoolLimits {
  /** Size of the rows kept in memory and sent with the first response, as they are sent. Bytes. */
  readonly firstBytes: number;
  /** Size of one chunk before compression: a few MB, because drivers should download a chunk within seconds. Bytes. */
  readonly chunkBytes: number;
}

export const defaultSpoolLimits: SpoolLimits = { firstBytes: 512 * 1024, chunkBytes: 8 * 1024 * 1024 };

/**
 * Opens a spool.
 *
 * @param directory used by this spool alone; existing content is deleted. Results cannot outlive the relay, because
 *   their metadata is in its memory.
 */
export async function openSpool(directory: string, limits: SpoolLimits = defaultSpoolLimits): Promise<Spool> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });

  return {
    async take(outcome, signal, keeping) {
      const writing: Promise<Chunk>[] = [];
      try {
        return await takeRows(outcome, writing, signal, keeping);
      } catch (error) {
        for (const written of await Promise.allSettled(writing))
          if (written.status === 'fulfilled') await written.value.drop();
        throw error;
      }
    },
    async drop(result) {
      await Promise.all(result.chunks.map((chunk) => chunk.drop()));
    },
    async close() {
      await rm(directory, { recursive: true, force: true });
    },
  };

  async function takeRows(
    outcome: StatementOutcome,
    writing: Promise<Chunk>[],
    signal: AbortSignal,
    { ended, fetching }: Keeping,
  ): Promise<SpooledResult> {
    const {
      columns,
      computedOn,
      statementTypeId,
      changed,
      transfer,
      state,
      parameters,
      encoding,
      kept = [],
    } = outcome;
    let first: EncodedRows | null = null;
    let gathered: EncodedRows[] = [];
    let bytes = 0;

    /** Writes one chunk while the next is gathered, and never more than one at a time. */
    const flush = async () => {
      const rows = together(gathered, encoding);
      gathered = [];
      bytes = 0;
      if (first === null) {
        // Copy the bytes: they are kept for a day and must not retain the memory of the chunk that they are part of.
        first = { ...rows, bytes: new Uint8Array(rows.bytes) };
        return;
      }
      await writing.at(-1);
      const path = join(directory, `${outcome.queryId}-${writing.length}.gz`);
      const written = writeChunk(path, rows, ended);
      written.catch(() => {}); // awaited together with the next one
      writing.push(written);
    };

    await each(outcome.chunks, async (chunk) => {
      signal.throwIfAborted();
      for (const rows of portions(chunk, encoding, limits)) {
        // Finding row ends in a few megabytes takes as long as a whole statement, so let other work run in between.
        await nextTurn();
        const limit = first === null ? limits.firstBytes : limits.chunkBytes;
        const isFull = gathered.length > 0 && bytes + rows.bytes.byteLength > limit;
        if (isFull || !goesWith(gathered.at(-1), rows, encoding)) await flush();
        gathered.push(rows);
        bytes += rows.bytes.byteLength;
      }
    });
    if (gathered.length > 0) await flush();
    const files = await Promise.all(writing);
    const chunks = [...files, ...fetching(kept)];
    const inline = first ?? NOTHING;
    return {
      columns,
      ...(computedOn ? { computedOn } : {}),
      statementTypeId,
      ...(changed ? { changed } : {}),
      ...(transfer ? { transfer } : {}),
      state,
      parameters,
      encoding,
      rowCount: chunks.reduce((sum, chunk) => sum + chunk.rowCount, inline.rowCount),
      first: inline,
      chunks,
      takes: {
        memory: inline.bytes.byteLength + kept.length * LISTED_BYTES,
        disk: files.reduce((sum, { compressedSize }) => sum + compressedSize, 0),
      },
    };
  }
}

/** Reads a result to its end. If that cannot be done, the result is told why: it is on the record. */
async function each(
  chunks: AsyncIterable<MaskedChunk>,
  work: (chunk: MaskedChunk) => Promise<void>,
): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await iterator.next();
    if (done === true) return;
    try {
      await work(value);
    } catch (error) {
      // It ends in this error, or in that it cannot be recorded.
      await iterator.throw?.(error).catch(() => {});
      throw error;
    }
  }
}

/** Reads some rows of a result from memory and from the chunks that hold them. Rejects as `Chunk.open` does. */
export async function readRows(
  { encoding, first, chunks }: SpooledResult,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  let at = 0;
  for (const { rowCount, read } of [
    { rowCount: first.rowCount, read: async () => first.bytes },
    ...chunks.map((chunk) => ({ rowCount: chunk.rowCount, read: () => readChunk(chunk) })),
  ]) {
    const [start, end] = [Math.max(0, from - at), Math.min(rowCount, from + limit - at)];
    if (start < end) rows.push(...(await someRows(encoding, await read(), start, end)));
    at += rowCount;
  }
  return rows;
}

async function someRows(
  encoding: SpooledResult['encoding'],
  bytes: Uint8Array,
  start: number,
  end: number,
): Promise<Cell[][]> {
  if (encoding === 'json') return await decodeRows(encoding, sliceRows(bytes, start, end));
  return (await decodeRows(encoding, bytes)).slice(start, end);
}

const NOTHING: EncodedRows = { bytes: new Uint8Array(), rowCount: 0 };

/** Memory that one listed chunk of the warehouse takes, including its address there. Bytes. */
const LISTED_BYTES = 2_048;

async function readChunk(chunk: Chunk): Promise<Uint8Array> {
  const { stream } = await chunk.open();
  return await unpack(await buffer(stream));
}

async function writeChunk(
  path: string,
  { bytes, rowCount }: EncodedRows,
  ended: AbortSignal,
): Promise<Chunk> {
  const compressed = await pack(bytes);
  try {
    await writeFile(path, compressed, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    await rm(path, { force: true });
    throw new SluiceError('result_unavailable', 'the relay could not keep the result', {
      cause,
      advice: 'ask the operator to look at the space in its spool directory, or narrow the query',
    });
  }
  const size = compressed.byteLength;
  return {
    rowCount,
    uncompressedSize: bytes.byteLength,
    compressedSize: size,
    async open() {
      const file = await openFile(path, ended);
      return { size, stream: addAbortSignal(ended, file.createReadStream()) };
    },
    drop: () => rm(path, { force: true }),
  };
}

async function openFile(path: string, ended: AbortSignal): Promise<FileHandle> {
  if (ended.aborted) throw reasonOf(ended);
  return await open(path).catch(() => {
    throw reasonOf(ended);
  });
}

/** Splits a chunk that is larger than the spool's chunks. Arrow is not split: a stream is read as a whole. */
function portions(
  chunk: MaskedChunk,
  encoding: SpooledResult['encoding'],
  { firstBytes, chunkBytes }: SpoolLimits,
): Iterable<EncodedRows> {
  const most = Math.min(firstBytes, chunkBytes);
  if (encoding === 'arrow' || chunk.bytes.byteLength <= most) return chunk.rowCount === 0 ? [] : [chunk];
  return splitRows(chunk.bytes, { rows: Infinity, bytes: most });
}

/** Whether rows can follow the others in one chunk: Arrow must be of one schema. */
function goesWith(
  before: EncodedRows | undefined,
  { bytes }: EncodedRows,
  encoding: SpooledResult['encoding'],
): boolean {
  return before === undefined || encoding === 'json' || areJoinable(before.bytes, bytes);
}

function together(rows: readonly EncodedRows[], encoding: SpooledResult['encoding']): EncodedRows {
  const bytes = joined(
    encoding,
    rows.map(({ bytes }) => bytes),
  );
  if (bytes === null) throw new SluiceError('internal', 'the result is not encoded as its warehouse says');
  return {
    bytes,
    rowCount: rows.reduce((sum, { rowCount }) => sum + rowCount, 0),
  };
}
