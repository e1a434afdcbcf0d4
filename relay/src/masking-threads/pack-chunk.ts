import { createHash } from 'node:crypto';
import { packSync } from '../packed.ts';
import type { PackedChunk } from './task.ts';

export function packed(bytes: Uint8Array): PackedChunk {
  return {
    gzip: packSync(bytes),
    byteLength: bytes.byteLength,
    digest: createHash('sha256').update(bytes).digest('base64'),
  };
}
