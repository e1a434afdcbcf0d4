import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { writeDurably } from './write-durably.ts';

/**
 * What a relay keeps in its data folder of what it knows, beside the database, whose administrator may be who changes that. A
 * relay does without it: then it knows what the database says, or reads more of the record.
 */
export interface KeptFile<T> {
  /** Null when there is none, or none that this version can read. */
  read(): Promise<T | null>;
  /** Resolves when it is on disk: whole, or not at all. */
  write(value: T): Promise<void>;
}

export function keptFile<T>(path: string, shape: z.ZodType<T>): KeptFile<T> {
  return {
    async read() {
      try {
        return shape.parse(JSON.parse(await readFile(path, 'utf8')));
      } catch {
        return null;
      }
    },
    write: (value) => writeDurably(path, `${JSON.stringify(value)}\n`),
  };
}
