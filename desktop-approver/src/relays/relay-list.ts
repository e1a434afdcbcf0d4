import { rename } from 'node:fs/promises';
import { z } from 'zod';
import { inTurn } from '../in-turn.ts';
import { readPrivateFile, writePrivateFile } from '../secrets/private-file.ts';
import type { RelayId } from './relay.ts';
import { relayAddress } from '@sluice/sign-in';

/** A relay that the app was told of. */
export type ListedRelay = z.infer<typeof listed>;

/** The relays that the app was told of, in a file that its person may read. */
export interface RelayList {
  /** In the order in which they were added. */
  all(): readonly ListedRelay[];
  /** Where the file was laid aside since it could not be read; null when it could. */
  readonly laidAside: string | null;
  add(relay: ListedRelay): Promise<void>;
  change(id: RelayId, change: Partial<Pick<ListedRelay, 'name' | 'issuer'>>): Promise<void>;
  remove(id: RelayId): Promise<void>;
}

const id = z
  .string()
  .regex(/^[a-z][a-z\d]{0,30}$/)
  // It has an origin of the app's own.
  .refine((id) => id !== 'local')
  .transform((id) => id as RelayId);

const listed = z.strictObject({
  id,
  url: z.string().refine(isAddress),
  /** Null: its host. */
  name: z.string().min(1).max(100).nullable(),
  /** Where its person signed in the last time. */
  issuer: z.string().max(2_000).nullable(),
});

const file = z.strictObject({
  version: z.literal(1),
  relays: z
    .array(listed)
    .max(100)
    .refine((relays) => new Set(relays.map(({ id }) => id)).size === relays.length),
});

/** What cannot be read is laid aside, not overwritten, and the list is empty. */
export async function openRelayList(path: string): Promise<RelayList> {
  const kept = await readPrivateFile(path);
  const read = kept === null ? { relays: [] } : parse(kept.toString('utf8'));
  const aside = `${path}.damaged`;
  if (read === null) await rename(path, aside);
  let relays: readonly ListedRelay[] = read?.relays ?? [];
  const turn = inTurn();

  /** What is not on disk is not in the list. */
  const become = async (change: (relays: readonly ListedRelay[]) => readonly ListedRelay[]) =>
    await turn(async () => {
      const next = change(relays);
      await writePrivateFile(path, `${JSON.stringify({ version: 1, relays: next }, null, 2)}\n`);
      relays = next;
    });

  return {
    all: () => relays,
    laidAside: read === null ? aside : null,
    add: async (relay) => await become((relays) => [...relays, listed.parse(relay)]),
    change: async (id, change) =>
      await become((relays) =>
        relays.map((relay) => (relay.id === id ? listed.parse({ ...relay, ...change }) : relay)),
      ),
    remove: async (id) => await become((relays) => relays.filter((relay) => relay.id !== id)),
  };
}

function parse(text: string): z.infer<typeof file> | null {
  try {
    return file.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** As it would be written here: whoever edits the file by hand gets past no check. */
function isAddress(url: string): boolean {
  try {
    return relayAddress(url) === url;
  } catch {
    return false;
  }
}
