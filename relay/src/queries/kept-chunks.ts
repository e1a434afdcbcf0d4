import { addAbortSignal, Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import { isSluiceError, SluiceError } from '../errors.ts';
import type { MaskedKeptChunk } from '../gate.ts';
import { pack } from '../packed.ts';
import { createShares, type GiveBack } from './shares.ts';
import type { Chunk } from './spooled-result.ts';

export interface KeptChunkLimits {
  /** How much may be fetched, masked and sent at a time, for one identity and for all. Bytes, as chunks are listed. */
  readonly openBytes: { readonly each: number; readonly all: number };
  /** How long one fetch may take. Milliseconds. */
  readonly fetchMs: number;
  /**
   * How long a fetched chunk stays cached, and how much is cached, compressed: a driver that timed out asks again at
   * once, and a program may page through a chunk. Milliseconds, bytes.
   */
  readonly lingerMs: number;
  readonly lingerBytes: number;
  /** How long a client may take to read one chunk. Milliseconds. */
  readonly sendMs: number;
}

export const defaultKeptChunkLimits: KeptChunkLimits = {
  openBytes: { each: 48 * 1024 * 1024, all: 128 * 1024 * 1024 },
  fetchMs: 60_000,
  lingerMs: 15_000,
  lingerBytes: 8 * 1024 * 1024,
  sendMs: 600_000,
};

/** The query whose result the chunks belong to. */
export interface KeptFor {
  readonly queryId: string;
  /** The identity whose share of `openBytes` is used. */
  readonly identity: string;
  /** Aborts when the result is no longer kept. */
  readonly ended: AbortSignal;
  /** Called with a permanent error: nothing more of the result can be fetched. */
  readonly onBroken: (error: SluiceError) => void;
}

/** Codes of errors after which fetching again may succeed. */
const PASSING: ReadonlySet<string> = new Set(['warehouse_unavailable']);

interface Fetching {
  readonly compressed: Promise<Uint8Array>;
  /** The callers that wait for the fetch. */
  readonly asked: Set<AbortSignal | null>;
  /** Aborts a fetch that has not begun, once no caller waits for it. */
  readonly left: AbortController;
}

/**
 * Serves chunks of results that stay in their warehouse. Each chunk is fetched on request, once for all concurrent
 * requests. Memory is bounded, however many clients ask and however slowly they read.
 */
export function createKeptChunks(limits: KeptChunkLimits = defaultKeptChunkLimits) {
  const shares = createShares(limits.openBytes);
  const fetching = new Map<string, Fetching>();
  const lingering = new LRUCache<string, Uint8Array>({
    maxSize: limits.lingerBytes,
    sizeCalculation: ({ byteLength }) => byteLength,
    ttl: limits.lingerMs,
    ttlAutopurge: true,
  });

  return (chunks: readonly MaskedKeptChunk[], owner: KeptFor): readonly Chunk[] => {
    const { ended, identity } = owner;
    const keyOf = (index: number) => `${owner.queryId}/${index}`;
    const forget = () => chunks.forEach((_, index) => lingering.delete(keyOf(index)));
    if (chunks.length > 0) ended.addEventListener('abort', forget, { once: true });
    return chunks.map((chunk, index): Chunk => {
      const { rowCount, compressedSize, mostBytes } = chunk;
      return {
        rowCount,
        uncompressedSize: mostBytes,
        compressedSize: compressedSize ?? mostBytes,
        async open(signal) {
          if (ended.aborted) throw reasonOf(ended);
          try {
            const key = keyOf(index);
            const compressed = lingering.get(key) ?? (await fetched(key, chunk, owner, signal));
            const { byteLength } = compressed;
            const giveBack = await shares.take(identity, byteLength, either(ended, signal));
            return { size: byteLength, stream: sent(compressed, ended, giveBack) };
          } catch (error) {
            throw ended.aborted ? reasonOf(ended) : error;
          }
        },
        drop: async () => {},
      };
    });
  };

  /** Streams the bytes, and gives back their share when they have been read or `sendMs` has passed. */
  function sent(compressed: Uint8Array, ended: AbortSignal, giveBack: GiveBack): Readable {
    const stream = addAbortSignal(ended, Readable.from([compressed], { objectMode: false }));
    const timer = setTimeout(() => stream.destroy(), limits.sendMs);
    stream.once('close', () => {
      clearTimeout(timer);
      giveBack();
    });
    return stream;
  }

  async function fetched(
    key: string,
    chunk: MaskedKeptChunk,
    owner: KeptFor,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const own = fetching.get(key) ?? begin(key, chunk, owner);
    const asker = signal ?? null;
    own.asked.add(asker);
    const leave = () => {
      own.asked.delete(asker);
      if (own.asked.size === 0) own.left.abort(signal?.reason);
    };
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await own.compressed;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  function begin(key: string, chunk: MaskedKeptChunk, owner: KeptFor): Fetching {
    const left = new AbortController();
    const compressed = fetch(key, chunk, owner, left.signal).finally(() => fetching.delete(key));
    compressed.catch(() => {}); // no caller may be waiting any more
    const made = { compressed, left, asked: new Set<AbortSignal | null>() };
    fetching.set(key, made);
    return made;
  }

  async function fetch(
    key: string,
    chunk: MaskedKeptChunk,
    owner: KeptFor,
    left: AbortSignal,
  ): Promise<Uint8Array> {
    const giveBack = await shares.take(owner.identity, chunk.mostBytes, AbortSignal.any([owner.ended, left]));
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(tooSlow()), limits.fetchMs);
    try {
      // Once begun, the fetch continues even if no caller waits any more: a client that timed out asks again.
      const opened = await chunk.open(AbortSignal.any([owner.ended, late.signal]));
      const compressed = opened.gzip ?? (await pack(await opened.bytes()));
      owner.ended.throwIfAborted();
      lingering.set(key, compressed);
      return compressed;
    } catch (thrown) {
      if (owner.ended.aborted) throw reasonOf(owner.ended);
      const error = thrown as SluiceError;
      if (!PASSING.has(error.code)) owner.onBroken(error);
      throw error;
    } finally {
      clearTimeout(timer);
      giveBack();
    }
  }
}

function either(ended: AbortSignal, signal: AbortSignal | undefined): AbortSignal {
  return signal === undefined ? ended : AbortSignal.any([ended, signal]);
}

/** The error that ended a result, or `result_unavailable` when the signal gives no specific one. */
export function reasonOf({ reason }: AbortSignal): SluiceError {
  return isSluiceError(reason) ? reason : noLongerKept();
}

function noLongerKept(): SluiceError {
  return new SluiceError('result_unavailable', 'the result is no longer kept');
}

function tooSlow(): SluiceError {
  return new SluiceError(
    'warehouse_unavailable',
    'the warehouse did not give this part of the result in time',
    {
      advice: 'try again in a moment',
    },
  );
}
