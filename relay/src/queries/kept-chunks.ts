import { addAbortSignal, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { isSluiceError, SluiceError } from '../errors.ts';
import type { MaskedKeptChunk } from '../gate.ts';
import { createShares, type GiveBack } from './shares.ts';
import type { Chunk } from './spooled-result.ts';

export interface KeptChunkLimits {
  /** Of what is being fetched, masked and sent at a time, of one identity and of all. Bytes, as the chunks are listed. */
  readonly openBytes: { readonly each: number; readonly all: number };
  /** How long one fetch may take. Milliseconds. */
  readonly fetchMs: number;
  /**
   * How long what was fetched stays, and how much of it, compressed: a driver that has lost patience asks again at once, and
   * a program pages through it. Milliseconds, bytes.
   */
  readonly lingerMs: number;
  readonly lingerBytes: number;
  /** How long a client may take to read one. Milliseconds. */
  readonly sendMs: number;
}

export const defaultKeptChunkLimits: KeptChunkLimits = {
  openBytes: { each: 96 * 1024 * 1024, all: 256 * 1024 * 1024 },
  fetchMs: 60_000,
  lingerMs: 15_000,
  lingerBytes: 64 * 1024 * 1024,
  sendMs: 600_000,
};

/** Whose result it is, and until when. */
export interface KeptFor {
  readonly queryId: string;
  /** Who shares what may be open at a time. */
  readonly identity: string;
  /** Aborts when the result is no longer kept. */
  readonly ended: AbortSignal;
  /** Told of what ends the result: there will be nothing more of it. */
  readonly onBroken: (error: SluiceError) => void;
}

/** What a fetch may fail with, and be worth another. */
const PASSING: ReadonlySet<string> = new Set(['warehouse_unavailable']);

interface Fetching {
  readonly compressed: Promise<Buffer>;
  /** Aborts a fetch that has not begun, when the last who asked for it has left. */
  readonly asked: Set<AbortSignal | null>;
  readonly left: AbortController;
}

/**
 * Chunks of results that stay in their warehouse: each is fetched when it is asked for, once for all who ask at the
 * same time. What is in memory is bounded, however many ask, and however slowly they read.
 */
export function createKeptChunks(limits: KeptChunkLimits = defaultKeptChunkLimits) {
  const shares = createShares(limits.openBytes);
  const fetching = new Map<string, Fetching>();
  const lingering = new LRUCache<string, Buffer>({
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

  /** Until it has been read, or for as long as that may take. */
  function sent(compressed: Buffer, ended: AbortSignal, giveBack: GiveBack): Readable {
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
  ): Promise<Buffer> {
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
    compressed.catch(() => {}); // whoever asked may have left
    const made = { compressed, left, asked: new Set<AbortSignal | null>() };
    fetching.set(key, made);
    return made;
  }

  async function fetch(
    key: string,
    chunk: MaskedKeptChunk,
    owner: KeptFor,
    left: AbortSignal,
  ): Promise<Buffer> {
    const giveBack = await shares.take(owner.identity, chunk.mostBytes, AbortSignal.any([owner.ended, left]));
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(tooSlow()), limits.fetchMs);
    try {
      // It goes on when nobody waits any more: whoever lost patience with it asks again.
      const bytes = await chunk.open(AbortSignal.any([owner.ended, late.signal]));
      // The fastest level: on the way to a driver, time counts for more than the last few percent of size.
      const compressed = await promisify(gzip)(bytes, { level: constants.Z_BEST_SPEED });
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

/** Why a result is no longer kept, when there is more to say than that. */
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
