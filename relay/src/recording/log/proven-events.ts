import { type Hash, includes, leafOf } from '../checkpoints/merkle.ts';
import { logTree } from '../checkpoints/log-tree.ts';
import type { AuthoredEvent, RecordReaders } from '../ports.ts';
import type { Authorship } from './authorship.ts';
import { storedHash } from './stored-hash.ts';

/** What decides anything by an event that is read by itself, believes it only as one that is proven. */
export interface ProvenEvents {
  /** @param within a transaction, for what is asked within one. */
  standingOf(row: AuthoredEvent, within?: ProvingReaders): Promise<Standing>;
  /** Whether a row is `proven`. */
  believes(row: AuthoredEvent, within?: ProvingReaders): Promise<boolean>;
}

/**
 * `proven`: whole, and an event that a relay of this store wrote in this place, or one of those that were checked there.
 * `unknown`: it may be of a relay that has a newer vault. `unproven`: anything else.
 */
export type Standing = 'proven' | 'unknown' | 'unproven';

export type ProvingReaders = Pick<RecordReaders, 'events' | 'checkpoints' | 'dataKeys'>;

/** @param options.checked how many events were compared with what was signed or appended, and the root over them. */
export function provenEvents(options: {
  readonly store: ProvingReaders;
  readonly log: string;
  readonly authorship: Pick<Authorship, 'authorOf'>;
  readonly checked: () => { readonly size: number; readonly root: Hash } | null;
}): ProvenEvents {
  const { store, log, authorship, checked } = options;
  const standingOf = async (row: AuthoredEvent, within: ProvingReaders = store): Promise<Standing> => {
    if (storedHash(row) !== row.hash) return 'unproven';
    const author = await authorship.authorOf(log, row, within.dataKeys);
    if (author === 'relay') return 'proven';
    const tree = checked();
    if (tree !== null && row.position < tree.size) {
      const { size, root } = tree;
      // Whatever the tables hold instead, it proves nothing.
      const proof = await logTree(within)
        .inclusionProof(row.position, size)
        .catch(() => null);
      if (proof !== null && includes(leafOf(row.hash), row.position, proof, size, root)) return 'proven';
    }
    return author === 'unknown' ? 'unknown' : 'unproven';
  };
  return { standingOf, believes: async (row, within) => (await standingOf(row, within)) === 'proven' };
}
