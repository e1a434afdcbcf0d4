import { deserialize } from 'node:v8';
import { workerData } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { move } from 'piscina';
import { compileMasks, type MaskChunk, type MaskingKeys, type MaskPlan } from '../masking/index.ts';
import type { MaskTask } from './task.ts';

/** Runs in a thread of its own: masks chunks of results, of whichever comes. */
const keys = workerData as MaskingKeys;
/** Of the latest results: chunks of several may come in turn, and each remembers some megabytes of values. */
const ready = new LRUCache<number, Promise<MaskChunk>>({ max: 8 });

export default async function mask({
  result,
  plan,
  bytes,
  rowCount,
}: MaskTask): Promise<Uint8Array | ReturnType<typeof move>> {
  let masks = ready.get(result);
  if (masks === undefined) {
    masks = compileMasks(deserialize(Buffer.from(new Uint8Array(plan))) as MaskPlan, keys);
    ready.set(result, masks);
  }
  const masked = (await masks)(bytes, rowCount);
  // What shares its memory with others is copied.
  return masked.byteLength === masked.buffer.byteLength ? move(masked) : masked;
}
