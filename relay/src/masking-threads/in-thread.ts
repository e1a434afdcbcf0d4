import { deserialize } from 'node:v8';
import { workerData } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { move } from 'piscina';
import { compileMasks, type MaskChunk, type MaskingKeys, type MaskPlan } from '../masking/index.ts';
import { packed } from './pack-chunk.ts';
import type { MaskTask, PackedChunk } from './task.ts';

/** Runs in a worker thread and masks chunks of any results. */
const keys = workerData as MaskingKeys;
/** Compiled masks of the latest results. Chunks of several results may alternate; each result caches some megabytes. */
const ready = new LRUCache<number, Promise<MaskChunk>>({ max: 8 });

/** Memory of which nothing is read any more. A thread has few objects, so that it would be long before V8 looked which of them are garbage. */
function giveBack({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

export default async function mask({
  result,
  plan,
  bytes,
  rowCount,
  packs,
}: MaskTask): Promise<Uint8Array | PackedChunk | ReturnType<typeof move>> {
  let masks = ready.get(result);
  if (masks === undefined) {
    masks = compileMasks(deserialize(Buffer.from(new Uint8Array(plan))) as MaskPlan, keys);
    ready.set(result, masks);
  }
  const masked = (await masks)(bytes, rowCount);
  if (masked.buffer !== bytes.buffer) giveBack(bytes);
  if (packs) {
    const made = packed(masked);
    giveBack(masked);
    return made;
  }
  // Bytes that share a buffer with other data are copied.
  return masked.byteLength === masked.buffer.byteLength ? move(masked) : masked;
}
