import type { StageTransfer } from '../upstream.ts';
import { s3Storage, type StorageParts } from './s3.ts';
import type { StageAnswer } from '../answers/stage-answer.ts';

/** What may be done with a stage's files, of what PUT or GET was answered with. */
export function stageTransfer(answer: StageAnswer, parts: StorageParts): StageTransfer {
  const { materials, place, sources, overwrite, autoCompress, sourceCompression, parallel } = answer;
  const storage = s3Storage(place, parts);
  if (answer.what === 'download') {
    const files = sources.map((name, index) => ({
      name,
      get: (signal: AbortSignal) => storage.get(name, materials[index] ?? null, signal),
    }));
    return { what: 'download', local: answer.local, parallel, files };
  }
  return {
    what: 'upload',
    local: sources[0] ?? '',
    overwrite,
    autoCompress,
    sourceCompression,
    parallel,
    has: (name, signal) => storage.has(name, signal),
    put: (name, file, signal) => storage.put(name, file, materials[0] ?? null, signal),
  };
}
