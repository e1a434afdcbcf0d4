import { type FileHandle, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { joinRows, parseRows, sliceRows, splitRows } from '../encoding/index.ts';
import { SluiceError } from '../errors.ts';
import type { MaskedChunk, MaskedKeptChunk, StatementOutcome } from '../gate.ts';
import type { Cell } from '../warehouse/index.ts';
import { reasonOf } from './kept-chunks.ts';
import type { Chunk, EncodedRows, SpooledResult } from './spooled-result.ts';

/** Where results wait until clients fetch them. Memory per result stays constant whatever its size. */
export interface Spool {
  /**
   * Takes a result's rows to their end, and lists those that its warehouse keeps behind them. Rows are pulled no faster
   * than they are written. Rejects with what the result or `signal` rejects with, or `result_unavailable` when the disk
   * has no room; then nothing is left behind.
   */
  take(outcome: StatementOutcome, signal: AbortSignal, keeping: Keeping): Promise<SpooledResult>;
  drop(result: SpooledResult): Promise<void>;
  /** Deletes everything. */
  close(): Promise<void>;
}

export interface Keeping {
  /** Aborts when the result is no longer kept: what is being sent of it ends there. */
  readonly ended: AbortSignal;
  /** Makes of what the warehouse keeps chunks that can be sent. */
  readonly fetching: (kept: readonly MaskedKeptChunk[]) => readonly Chunk[];
}

export interface SpoolLimits {
  /** Of rows kept in memory and sent with the first response, as they are sent. */
  readonly firstBytes: number;
  /** Of one chunk before compression. Drivers download a chunk within seconds: a few MB. */
  readonly chunkBytes: number;
}

export const defaultSpoolLimits: SpoolLimits = { firstBytes: 512 * 1024, chunkBytes: 8 * 1024 * 1024 };

/**
 * @param directory the spool's own: what an earlier relay left in it is deleted. Results cannot outlive the
 *   relay, because what is known of them is in its memory.
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
    const { columns, computedOn, statementTypeId, changed, state, encoding, kept = [] } = outcome;
    let first: EncodedRows | null = null;
    let gathered: EncodedRows[] = [];
    let bytes = 0;

    /** One chunk is written while the next is gathered, and no more. */
    const flush = async () => {
      const rows = together(gathered);
      gathered = [];
      bytes = 0;
      if (first === null) {
        // A copy: it stays for a day, and must not keep the memory of the chunk that it was cut from.
        first = { ...rows, bytes: new Uint8Array(rows.bytes) };
        return;
      }
      await writing.at(-1);
      const path = join(directory, `${outcome.queryId}-${writing.length}.gz`);
      const written = writeChunk(path, rows, ended);
      written.catch(() => {}); // it is waited for with the next one
      writing.push(written);
    };

    for await (const chunk of outcome.chunks) {
      signal.throwIfAborted();
      for (const rows of portions(chunk, encoding, limits)) {
        // To find where rows end in some megabytes takes as long as a whole statement: others have their turn in between.
        await nextTurn();
        const limit = first === null ? limits.firstBytes : limits.chunkBytes;
        if (bytes > 0 && (bytes + rows.bytes.byteLength > limit || encoding === 'arrow')) await flush();
        gathered.push(rows);
        bytes += rows.bytes.byteLength;
      }
    }
    if (gathered.length > 0) await flush();
    const files = await Promise.all(writing);
    const chunks = [...files, ...fetching(kept)];
    const inline = first ?? NOTHING;
    return {
      columns,
      ...(computedOn ? { computedOn } : {}),
      statementTypeId,
      ...(changed ? { changed } : {}),
      state,
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

/** Some rows of a result again, from memory and from those chunks that hold them. Rejects as `Chunk.open` does. */
export async function readRows(
  { first, chunks }: SpooledResult,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  let at = 0;
  for (const { rowCount, read } of [
    { rowCount: first.rowCount, read: async () => first.bytes },
    ...chunks.map((chunk) => ({ rowCount: chunk.rowCount, read: () => readChunk(chunk) })),
  ]) {
    const [start, end] = [Math.max(0, from - at), Math.min(rowCount, from + limit - at)];
    if (start < end) rows.push(...parseRows(sliceRows(await read(), start, end)));
    at += rowCount;
  }
  return rows;
}

const NOTHING: EncodedRows = { bytes: new Uint8Array(), rowCount: 0 };

/** What it takes of memory to know of a chunk that the warehouse keeps, its address there included. */
const LISTED_BYTES = 2_048;

async function readChunk(chunk: Chunk): Promise<Uint8Array> {
  const { stream } = await chunk.open();
  return await promisify(gunzip)(await buffer(stream));
}

async function writeChunk(
  path: string,
  { bytes, rowCount }: EncodedRows,
  ended: AbortSignal,
): Promise<Chunk> {
  // The fastest level: on the way to a driver, time counts for more than the last few percent of size.
  const compressed = await promisify(gzip)(bytes, { level: constants.Z_BEST_SPEED });
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

/** What comes at once may be more than a chunk ought to be. Arrow stays as it came: each is a stream of its own. */
function portions(
  chunk: MaskedChunk,
  encoding: SpooledResult['encoding'],
  { firstBytes, chunkBytes }: SpoolLimits,
): Iterable<EncodedRows> {
  const most = Math.min(firstBytes, chunkBytes);
  if (encoding === 'arrow' || chunk.bytes.byteLength <= most) return chunk.rowCount === 0 ? [] : [chunk];
  return splitRows(chunk.bytes, { rows: Infinity, bytes: most });
}

function together(rows: readonly EncodedRows[]): EncodedRows {
  return {
    bytes: joinRows(rows.map(({ bytes }) => bytes)),
    rowCount: rows.reduce((sum, { rowCount }) => sum + rowCount, 0),
  };
}
