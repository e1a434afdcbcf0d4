import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { SluiceError } from '../errors.ts';
import type { StatementOutcome } from '../gate.ts';
import type { Cell, ResultBatch } from '../warehouse/index.ts';
import type { Chunk, SpooledResult } from './spooled-result.ts';

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
  /** Of rows kept in memory and sent with the first response, as JSON text. Characters. */
  readonly firstLength: number;
  /** Of one chunk before compression. Drivers download a chunk within seconds: a few MB. Characters. */
  readonly chunkLength: number;
}

export const defaultSpoolLimits: SpoolLimits = { firstLength: 512 * 1024, chunkLength: 8 * 1024 * 1024 };

/**
 * @param directory the spool's own: what an earlier relay left in it is deleted. Results cannot outlive the
 *   relay, because what is known of them is in its memory.
 */
export async function openSpool(directory: string, limits: SpoolLimits = defaultSpoolLimits): Promise<Spool> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });

  return {
    async take(outcome, signal) {
      const chunks: Chunk[] = [];
      try {
        return await takeRows(outcome, chunks, signal);
      } catch (error) {
        await Promise.all(chunks.map(({ path }) => rm(path, { force: true })));
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
    chunks: Chunk[],
    signal: AbortSignal,
  ): Promise<SpooledResult> {
    const { columns, computedOn, statementTypeId, changed, state } = outcome;
    let first = { text: '', rowCount: 0 };
    let texts: string[] = [];
    let length = 0;
    let rowCount = 0;
    let firstIsFull = false;

    const flush = async () => {
      const text = texts.join(',');
      if (firstIsFull) {
        const path = join(directory, `${outcome.queryId}-${chunks.length}.json.gz`);
        chunks.push(await writeChunk(path, text, rowCount));
      } else {
        first = { text, rowCount };
        firstIsFull = true;
      }
      texts = [];
      length = 0;
      rowCount = 0;
    };

    for await (const batch of outcome.batches) {
      signal.throwIfAborted();
      for (const rows of portions(batch.rows)) {
        const text = JSON.stringify(rows).slice(1, -1);
        const limit = firstIsFull ? limits.chunkLength : limits.firstLength;
        if (length > 0 && length + text.length > limit) await flush();
        texts.push(text);
        length += text.length;
        rowCount += rows.length;
      }
    }
    if (rowCount > 0) await flush();
    const total = chunks.reduce((sum, chunk) => sum + chunk.rowCount, first.rowCount);
    return {
      columns,
      ...(computedOn ? { computedOn } : {}),
      statementTypeId,
      ...(changed ? { changed } : {}),
      state,
      rowCount: total,
      first,
      chunks,
    };
  }
}

/** The rows of a result again, in order, from memory and files. */
export async function* readRows(result: SpooledResult): AsyncGenerator<ResultBatch> {
  if (result.first.rowCount > 0) yield parseRows(result.first.text);
  for (const chunk of result.chunks) {
    const compressed = await readFile(chunk.path).catch((cause: unknown) => {
      throw new SluiceError('result_unavailable', 'the result is no longer kept', { cause });
    });
    yield parseRows((await promisify(gunzip)(compressed)).toString('utf8'));
  }
}

function parseRows(text: string): ResultBatch {
  return { rows: JSON.parse(`[${text}]`) as Cell[][] };
}

async function writeChunk(path: string, text: string, rowCount: number): Promise<Chunk> {
  // The fastest level: on the way to a driver, time counts for more than the last few percent of size.
  const compressed = await promisify(gzip)(text, { level: constants.Z_BEST_SPEED });
  try {
    await writeFile(path, compressed, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    await rm(path, { force: true });
    throw new SluiceError('result_unavailable', 'the relay could not keep the result', {
      cause,
      advice: 'ask the operator to look at the space in its spool directory, or narrow the query',
    });
  }
  return {
    path,
    rowCount,
    uncompressedSize: Buffer.byteLength(text),
    compressedSize: compressed.byteLength,
  };
}

/** A batch may be larger than a chunk ought to be. */
const rowsPerPortion = 1000;

function* portions<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += rowsPerPortion) {
    yield rows.slice(start, start + rowsPerPortion);
  }
}
