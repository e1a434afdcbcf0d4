import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Checkpoint } from '../../recording/index.ts';
import { objectName, placeIn, type RecordedLog, SENT, type Witness, WitnessConflict } from './witness.ts';

export interface FileWitnessOptions {
  readonly name: string;
  readonly folder: string;
  readonly log: RecordedLog;
}

/**
 * Writes each checkpoint into a folder, once. What is there is never written again. Before the first one, it looks what is
 * there: a folder that has seen more of this log than the store holds was not there when the store was put back.
 */
export function fileWitness({ name, folder, log }: FileWitnessOptions): Witness {
  let hasLooked = false;
  const look = async (checkpoint: Checkpoint) => {
    const seen = await readdir(join(folder, checkpoint.log)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const newest = seen.flatMap((each) => placeIn(each) ?? []).toSorted((a, b) => b.size - a.size)[0];
    if (newest === undefined) return;
    const own = placeIn(objectName(checkpoint))!;
    const differs = newest.size === own.size && newest.root !== own.root;
    if (differs || newest.size > Math.max(own.size, await log.size())) {
      throw new WitnessConflict(
        `it has a checkpoint of ${newest.size} events that the store does not hold`,
        true,
      );
    }
  };

  return {
    name,
    async send(checkpoint) {
      if (!hasLooked) await look(checkpoint);
      hasLooked = true;
      const path = join(folder, objectName(checkpoint));
      await mkdir(dirname(path), { recursive: true });
      const part = `${path}.${randomUUID()}.part`;
      const file = await open(part, 'wx', 0o444);
      try {
        await file.writeFile(checkpoint.note);
        await file.sync();
      } finally {
        await file.close();
      }
      try {
        // Whole or not at all, and never in the place of another.
        await link(part, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        if (!isSameTree(await readFile(path, 'utf8'), checkpoint.note)) {
          throw new WitnessConflict(`the file \`${path}\` holds something else`, true);
        }
      } finally {
        await unlink(part);
      }
      return SENT;
    },
  };
}

/** Of the same log, size and root, whoever signed it when. */
function isSameTree(one: string, other: string): boolean {
  const tree = (note: string) => note.split('\n').slice(0, 3).join('\n');
  return tree(one) === tree(other);
}
