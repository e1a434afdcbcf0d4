import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { joinRows, parseRows, sliceRows, splitRows } from '../encoding/index.ts';
import { SluiceError } from '../errors.ts';
import type { MaskedChunk, StatementOutcome } from '../gate.ts';
import type { Cell } from '../warehouse/index.ts';
import type { Chunk, EncodedRows, SpooledResult } from './spooled-result.ts';

/** Where results wait until clients fetch them. Memory per result stays constant whatever its size. */
export interface Spool {
  /**
   * Takes a result to its end. Rows are pulled no faster than they are written. Rejects with what the result
   * or `signal` rejects with, or `result_unavailable` when the disk has no room; then nothing is left behind.
   */
  take(outcome: StatementOutcome, signal: AbortSignal): Promise<SpooledResult>;
  drop(result: SpooledResult): Promise<void>;
  /** Deletes everything. */
  close(): Promise<void>;
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
    async take(outcome, signal) {
      const writing: Promise<Chunk>[] = [];
      try {
        return await takeRows(outcome, writing, signal);
      } catch (error) {
        for (const written of await Promise.allSettled(writing))
          if (written.status === 'fulfilled') await rm(written.value.path, { force: true });
        throw error;
      }
    },
    async drop(result) {
      await Promise.all(result.chunks.map(({ path }) => rm(path, { force: true })));
    },
    async close() {
      await rm(directory, { recursive: true, force: true });
    },
  };

  async function takeRows(
    outcome: StatementOutcome,
    writing: Promise<Chunk>[],
    signal: AbortSignal,
  ): Promise<SpooledResult> {
    const { columns, computedOn, statementTypeId, changed, state, encoding } = outcome;
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
      const written = writeChunk(path, rows);
      written.catch(() => {}); // it is waited for with the next one
      writing.push(written);
    };

    for await (const chunk of outcome.chunks) {
      signal.throwIfAborted();
      for (const rows of portions(chunk, encoding, limits)) {
        const limit = first === null ? limits.firstBytes : limits.chunkBytes;
        if (bytes > 0 && (bytes + rows.bytes.byteLength > limit || encoding === 'arrow')) await flush();
        gathered.push(rows);
        bytes += rows.bytes.byteLength;
      }
    }
    if (gathered.length > 0) await flush();
    const chunks = await Promise.all(writing);
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
    };
  }
}

/** Some rows of a result again, from memory and from those files that hold them. */
export async function readRows(
  { first, chunks }: SpooledResult,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  let at = 0;
  for (const { rowCount, read } of [
    { rowCount: first.rowCount, read: async () => first.bytes },
    ...chunks.map(({ rowCount, path }) => ({ rowCount, read: () => readChunk(path) })),
  ]) {
    const [start, end] = [Math.max(0, from - at), Math.min(rowCount, from + limit - at)];
    if (start < end) rows.push(...parseRows(sliceRows(await read(), start, end)));
    at += rowCount;
  }
  return rows;
}

const NOTHING: EncodedRows = { bytes: new Uint8Array(), rowCount: 0 };

async function readChunk(path: string): Promise<Uint8Array> {
  const compressed = await readFile(path).catch((cause: unknown) => {
    throw new SluiceError('result_unavailable', 'the result is no longer kept', { cause });
  });
  return await promisify(gunzip)(compressed);
}

async function writeChunk(path: string, { bytes, rowCount }: EncodedRows): Promise<Chunk> {
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
  return { path, rowCount, uncompressedSize: bytes.byteLength, compressedSize: compressed.byteLength };
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
