import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SluiceError } from '../../errors.ts';
import { writeDurably } from '../../write-durably.ts';

/** What a witness has cosigned last, of each log. */
export interface WitnessState {
  /** Null when it has cosigned nothing of this log. Throws when it cannot tell: then it must not cosign. */
  read(origin: string): Promise<Cosigned | null>;
  /** Resolves when it is on disk. */
  write(origin: string, cosigned: Cosigned): Promise<void>;
}

export interface Cosigned {
  readonly size: number;
  readonly root: Buffer;
  /** The checkpoint, to the byte. */
  readonly note: string;
  /** Keys that had signed the log before another one did, raw, base64: they sign it no more. */
  readonly retired: readonly string[];
}

/** In one file a log, which is replaced as a whole. */
export async function witnessStateIn(folder: string): Promise<WitnessState> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = (origin: string) =>
    join(folder, `${createHash('sha256').update(origin).digest('hex')}.json`);
  return {
    async read(origin) {
      const path = pathOf(origin);
      try {
        const kept = stateFile.parse(JSON.parse(await readFile(path, 'utf8')));
        if (kept.origin !== origin) throw new Error('it is of another log');
        const { size, root, note, retired } = kept;
        return { size, root: Buffer.from(root, 'hex'), note, retired };
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw new SluiceError(
          'config_invalid',
          `what this witness has cosigned, in \`${path}\`, cannot be read`,
          {
            advice:
              'restore the file from a copy: without it, the witness might cosign two histories of one log',
            cause,
          },
        );
      }
    },
    write: (origin, { size, root, note, retired }) =>
      writeDurably(
        pathOf(origin),
        `${JSON.stringify({ origin, size, root: root.toString('hex'), note, retired }, null, 2)}\n`,
      ),
  };
}

const stateFile = z.strictObject({
  origin: z.string(),
  size: z.int().min(0),
  root: z.string().regex(/^[0-9a-f]{64}$/),
  note: z.string(),
  // Absent in files of earlier versions.
  retired: z.array(z.string()).default([]),
});
