import { availableParallelism } from 'node:os';
import { serialize } from 'node:v8';
import { Piscina } from 'piscina';
import { SluiceError } from '../errors.ts';
import { compileMasks, type MaskChunk, type MaskingKeys, type MaskPlan } from '../masking/index.ts';
import { threadProgram } from '../thread-program.ts';
import type { MaskTask } from './task.ts';

/** Masks results: small chunks where it is called, large ones on threads, all by the same function. */
export interface Masker {
  /** Chunks that are worth masking at the same time. */
  readonly atOnce: number;
  /** Makes ready what one result is masked with. */
  begin(plan: MaskPlan): MaskResult;
  close(): Promise<void>;
}

/**
 * Masks one chunk; its bytes are handed over. Rejects with `internal` when it cannot be masked, or the thread it was
 * masked on has died, and with what `signal` is aborted for.
 */
export type MaskResult = (bytes: Uint8Array, rowCount: number, signal: AbortSignal) => Promise<Uint8Array>;

export interface MaskerLimits {
  readonly threads: number;
  /** Up to so many masked cells, and bytes, a chunk is masked where it is called. A token takes some ten microseconds. */
  readonly smallCells: number;
  readonly smallBytes: number;
  /** Of one thread's heap. MB. */
  readonly memoryMb: number;
}

const defaultLimits: MaskerLimits = {
  threads: Math.min(4, Math.max(1, availableParallelism() - 1)),
  smallCells: 256,
  smallBytes: 32 * 1024,
  memoryMb: 256,
};

/** Threads are started with the first large chunk, and end when there has been none for a while. */
export function createMasker(keys: MaskingKeys, given: Partial<MaskerLimits> = {}): Masker {
  const limits = { ...defaultLimits, ...given };
  let pool: Piscina<MaskTask, Uint8Array> | null = null;
  let results = 0;

  const start = () =>
    new Piscina<MaskTask, Uint8Array>({
      filename: threadProgram(import.meta.url, 'in-thread'),
      workerData: keys,
      minThreads: 0,
      maxThreads: limits.threads,
      idleTimeout: IDLE_MS,
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
    });

  return {
    // While one is being encoded, or recorded, the threads have something to do.
    atOnce: limits.threads + 1,
    begin(plan) {
      const result = (results += 1);
      let here: Promise<MaskChunk> | null = null;
      let packed: SharedArrayBuffer | null = null;
      return async (bytes, rowCount, signal) => {
        signal.throwIfAborted();
        const isSmall =
          rowCount * plan.masks.length <= limits.smallCells && bytes.byteLength <= limits.smallBytes;
        if (isSmall) return (await (here ??= compileMasks(plan, keys)))(bytes, rowCount);
        const transferList =
          bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer as ArrayBuffer] : [];
        try {
          const task = { result, plan: (packed ??= shared(plan)), bytes, rowCount };
          return await (pool ??= start()).run(task, { transferList, signal });
        } catch {
          signal.throwIfAborted();
          // What a thread fails with may quote what it was masking: nothing of it is passed on.
          throw new SluiceError('internal', 'the result could not be masked, so nothing of it is shown', {
            advice: 'run it again, and tell the operator when it fails again',
          });
        }
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

/** Next to nothing of a chunk outlives it: a larger young generation would only be more memory. */
const YOUNG_MB = 16;
const IDLE_MS = 300_000;
