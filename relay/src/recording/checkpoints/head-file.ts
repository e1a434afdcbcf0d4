import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SluiceError } from '../../errors.ts';
import { writeDurably } from '../../write-durably.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { unwritten } from './high-water.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** What a relay knows of its log without its store. See docs/witnesses.md, "The signed head". */
export const signedHead = z.strictObject({
  /** The checkpoint that it signed last, or took over. */
  note: z.string().refine((note) => parseCheckpoint(note) !== null),
  /** Roots of that tree's full subtrees, the largest first. */
  peaks: z.array(digest),
  /** Whether every event after them has a MAC: those of earlier versions have none. */
  authored: z.literal(true).optional(),
  /** The position of the relay session's newest event: without it, nobody would miss what a relay has said there last. */
  relayEnd: z.int().min(0).optional(),
  /** Fingerprints of keys that have signed what has been lost since. They never sign this log again. */
  neverSign: z.array(digest),
  /** Why nothing is signed; null while the store holds what was signed. */
  contradiction: z.strictObject({ at: z.iso.datetime({ precision: 3 }), why: z.string() }).nullable(),
});

export type SignedHead = z.infer<typeof signedHead>;

/** Where a relay keeps its signed head: outside of the database, whose administrator may be who rewrites it. */
export interface HeadFile {
  /** Null when there is none yet. Throws `config_invalid` when there is one that cannot be read. */
  read(): Promise<SignedHead | null>;
  /** Resolves when it is on disk: whole, or not at all. */
  write(head: SignedHead): Promise<void>;
}

export function headFile(path: string): HeadFile {
  return {
    async read() {
      try {
        return signedHead.parse(JSON.parse(await readFile(path, 'utf8')));
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw new SluiceError('config_invalid', `the signed head in \`${path}\` cannot be read`, {
          advice:
            'restore the file from a copy; without it, nobody can tell whether the record was rewritten',
          cause,
        });
      }
    },
    async write(head) {
      try {
        await writeDurably(path, `${JSON.stringify(head)}\n`);
      } catch (cause) {
        throw new SluiceError('record_unavailable', `the signed head in \`${path}\` cannot be written`, {
          advice: 'see that the disk of the data folder is well and has room; until then, nothing is signed',
          cause: unwritten('signed-head', cause),
        });
      }
    },
  };
}

/** For tests and benchmarks, whose record ends with the process. */
export function headInMemory(): HeadFile {
  let kept: SignedHead | null = null;
  return {
    read: async () => kept,
    async write(head) {
      kept = head;
    },
  };
}
