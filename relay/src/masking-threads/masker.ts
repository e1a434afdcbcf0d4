import { availableParallelism } from 'node:os';
import { serialize } from 'node:v8';
import { Piscina } from 'piscina';
import { type OpenedChunk, openedChunk } from '../encoding/index.ts';
import { SluiceError } from '../errors.ts';
import { compileMasks, type MaskChunk, type MaskingKeys, type MaskPlan } from '../masking/index.ts';
import { unpack } from '../packed.ts';
import { threadProgram } from '../thread-program.ts';
import type { MaskTask, PackedChunk } from './task.ts';

/** Masks results with the same code everywhere: small chunks on the calling thread, large ones on worker threads. */
export interface Masker {
  /** How many chunks are worth masking concurrently. */
  readonly atOnce: number;
  /** Prepares the masking of one result. */
  begin(plan: MaskPlan): MaskResult;
  close(): Promise<void>;
}

/**
 * Masks one chunk after the other and takes ownership of their bytes. Rejects with the reason of `signal` when it aborts.
 *
 * @throws SluiceError `internal` when the chunk cannot be masked or its worker thread has died.
 */
export interface MaskResult {
  bytes(bytes: Uint8Array, rowCount: number, signal: AbortSignal): Promise<Uint8Array>;
  /** The same, packed where it was masked: the bytes themselves, which are many times as many, stay in the thread. */
  packed(bytes: Uint8Array, rowCount: number, signal: AbortSignal): Promise<OpenedChunk>;
}

export interface MaskerLimits {
  readonly threads: number;
  /**
   * Chunks of at most this many masked cells and this many bytes are masked on the calling thread: a token takes about
   * a microsecond, a text that detectors search some ten.
   */
  readonly smallCells: number;
  readonly smallBytes: number;
  /** Heap limit of one thread. MB. */
  readonly memoryMb: number;
}

const defaultLimits: MaskerLimits = {
  threads: Math.min(4, Math.max(2, availableParallelism() - 1)),
  smallCells: 256,
  smallBytes: 32 * 1024,
  memoryMb: 256,
};

/** Creates a masker. It starts threads with the first large chunk, and stops them after five minutes without one. */
export function createMasker(keys: MaskingKeys, given: Partial<MaskerLimits> = {}): Masker {
  const limits = { ...defaultLimits, ...given };
  let pool: Piscina<MaskTask, Uint8Array | PackedChunk> | null = null;
  let results = 0;

  const start = () =>
    new Piscina<MaskTask, Uint8Array | PackedChunk>({
      filename: threadProgram(import.meta.url, 'in-thread'),
      workerData: keys,
      minThreads: 0,
      maxThreads: limits.threads,
      idleTimeout: IDLE_MS,
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
    });

  return {
    // One more than there are threads, so that all are busy while a chunk is being encoded or recorded.
    atOnce: limits.threads + 1,
    begin(plan) {
      const result = (results += 1);
      let here: Promise<MaskChunk> | null = null;
      let memory: SharedArrayBuffer | null = null;
      const isSmall = (bytes: Uint8Array, rowCount: number) =>
        rowCount * plan.masks.length <= limits.smallCells && bytes.byteLength <= limits.smallBytes;
      const maskHere = async (bytes: Uint8Array, rowCount: number) =>
        (await (here ??= compileMasks(plan, keys)))(bytes, rowCount);
      const onThread = async <Made>(
        bytes: Uint8Array,
        rowCount: number,
        packs: boolean,
        signal: AbortSignal,
      ): Promise<Made> => {
        // What is unpacked has a little room behind it. Small pieces of memory that others use, too, are copied.
        const isAll = bytes.byteLength * 2 > bytes.buffer.byteLength;
        const transferList = isAll ? [bytes.buffer as ArrayBuffer] : [];
        try {
          const task = { result, plan: (memory ??= shared(plan)), bytes, rowCount, packs };
          return (await (pool ??= start()).run(task, { transferList, signal })) as Made;
        } catch {
          signal.throwIfAborted();
          // A thread's error may quote the values it was masking, so it is not passed on.
          throw new SluiceError('internal', 'the result could not be masked, so nothing of it is shown', {
            advice: 'run it again, and tell the operator when it fails again',
          });
        }
      };
      return {
        async bytes(bytes, rowCount, signal) {
          signal.throwIfAborted();
          if (isSmall(bytes, rowCount)) return await maskHere(bytes, rowCount);
          return await onThread<Uint8Array>(bytes, rowCount, false, signal);
        },
        async packed(bytes, rowCount, signal) {
          signal.throwIfAborted();
          if (isSmall(bytes, rowCount)) return openedChunk(await maskHere(bytes, rowCount));
          const { gzip, byteLength, digest } = await onThread<PackedChunk>(bytes, rowCount, true, signal);
          return { gzip, byteLength, bytes: () => unpack(gzip), digest: async () => digest };
        },
      };
    },
    async close() {
      await pool?.destroy();
    },
  };
}

function shared(plan: MaskPlan): SharedArrayBuffer {
  const written = serialize(plan);
  const memory = new SharedArrayBuffer(written.byteLength);
  new Uint8Array(memory).set(written);
  return memory;
}

/** Almost nothing of a chunk outlives it; with less, it is looked through for that very often. MB. */
const YOUNG_MB = 24;
const IDLE_MS = 300_000;
