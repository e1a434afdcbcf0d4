import { z } from 'zod';
import { readPrivateFile, removePrivateFile, writePrivateFile } from '../secrets/private-file.ts';
import { NOTHING_SEEN, type Seen } from './pending.ts';

/** What somebody had heard of at one relay, from one start of the app to the next: so that they are told what they missed. */
export interface SeenFile {
  read(person: string): Promise<Seen>;
  write(person: string, seen: Seen): Promise<void>;
  forget(): Promise<void>;
}

const ids = z.array(z.uuid()).max(2_000);
const file = z.strictObject({
  version: z.literal(1),
  person: z.string(),
  newest: z.iso.datetime({ precision: 3 }).nullable(),
  ids,
  waiting: ids,
});

export function seenFile(path: string): SeenFile {
  return {
    async read(person) {
      try {
        const kept = await readPrivateFile(path);
        const seen = kept === null ? null : file.parse(JSON.parse(kept.toString('utf8')));
        return seen?.person === person ? seen : NOTHING_SEEN;
      } catch {
        // Nobody is told what they missed, this once.
        return NOTHING_SEEN;
      }
    },
    write: async (person, { newest, ids, waiting }) =>
      await writePrivateFile(path, JSON.stringify({ version: 1, person, newest, ids, waiting })),
    forget: async () => await removePrivateFile(path),
  };
}
