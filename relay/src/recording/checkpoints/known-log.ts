import { setImmediate as nextTurn } from 'node:timers/promises';
import { SluiceError } from '../../errors.ts';
import type { Authorship } from '../log/authorship.ts';
import type { AuthoredEvent, RecordReaders, StoredEvent } from '../ports.ts';
import { contradiction } from './contradiction.ts';
import { addLeaf, copyOf, type GrowingTree, type Hash, leafOf, rootOf } from './merkle.ts';
import { inRow, readLogPage } from './read-record.ts';
import type { Removals } from './removals.ts';
import { nameOf } from './row-check.ts';

/**
 * The log as this process knows it, whatever the store says: its tree grows with what was appended here, and with what
 * other relays on the store have appended, once it has been read and checked.
 */
export interface KnownLog {
  /** The tree over the events that were checked earlier, and are not read. */
  readonly start: GrowingTree;
  /** Takes in what this process has just made durable. */
  appended(first: number, hashes: readonly string[]): void;
  /** The store holds at least as many events. */
  size(): number;
  /**
   * Reads the rows up to `size`, checks each, and returns the tree over them. What this process has not appended must have been
   * written by a relay of this store, unless `proven` says that it was.
   *
   * @param signed what was signed or marked on the way, by size: the tree must have that root.
   * @param limits.proven the events before this one are those of a root in `signed` that the store's administrator cannot have
   *   made; they need no MAC.
   * @throws SluiceError `record_contradicted` when a row is not the event that was appended, nobody who may has written it,
   *   or something of it is gone that nobody has removed.
   */
  catchUp(
    size: number,
    signed: ReadonlyMap<number, string>,
    limits?: { readonly proven?: number | undefined },
  ): Promise<GrowingTree>;
  /** What has been checked so far. */
  checked(): { readonly size: number; readonly root: Hash };
  /** The root over all events, hex; null while there are some of others that have not been read. */
  root(): string | null;
}

export interface KnownLogOptions {
  /** The log's name. */
  readonly log: string;
  readonly authorship: Pick<Authorship, 'authorOf'>;
  readonly removals: Removals;
  /** Told of an event without a MAC, which may be of an earlier version: throws unless it is to be taken as it is. */
  readonly onUnmarked: (row: StoredEvent) => void;
  /** Told of each event, once it was checked. */
  readonly onRow?: (row: StoredEvent) => void;
}

/** @param from what was checked before; it is not read again. */
export function knownLog(
  store: Pick<RecordReaders, 'events'>,
  from: GrowingTree,
  { log, authorship, removals, onUnmarked, onRow = () => {} }: KnownLogOptions,
): KnownLog {
  const tree = copyOf(from);
  /** The tree over what was appended too, while it is known without a gap. */
  let whole: GrowingTree | null = null;
  /** Hashes of events that this process has appended and not yet seen again, by position. */
  const own = new Map<number, string>();
  let size = from.size;

  const requireAuthor = async (row: AuthoredEvent) => {
    const author = await authorship.authorOf(log, row);
    switch (author) {
      case 'relay':
        return;
      case 'other':
        throw contradiction(`${nameOf(row)} was not written by a relay of this store`);
      case 'unmarked':
        onUnmarked(row);
        return;
      case 'unknown':
        throw unknownAuthor(row);
      default:
        author satisfies never;
    }
  };

  return {
    start: from,
    appended(first, hashes) {
      for (const [index, hash] of hashes.entries()) own.set(first + index, hash);
      size = Math.max(size, first + hashes.length);
      if (whole?.size !== first) whole = null;
      else for (const hash of hashes) addLeaf(whole, leafOf(hash));
    },
    size: () => size,
    async catchUp(to, signed, { proven = 0 } = {}) {
      // Only what is compared with a root on the way.
      const unquestioned = proven <= to && signed.has(proven) ? proven : 0;
      while (tree.size < to) {
        const asked = { after: tree.size - 1, within: to, limit: PAGE };
        const page = await readLogPage(store.events, asked, (position) => own.get(position));
        await removals.require(page);
        for (const row of page) {
          const appended = own.get(row.position);
          if (appended === undefined && row.position >= unquestioned) await requireAuthor(row);
          own.delete(row.position);
          addLeaf(tree, leafOf(row.hash));
          inRow(nameOf(row), () => onRow(row));
          const root = signed.get(tree.size);
          if (root !== undefined && root !== rootOf(tree.peaks).toString('hex')) {
            throw contradiction(
              `the first ${tree.size} events are not those that were signed or acknowledged`,
            );
          }
        }
        // Others have their turn.
        await nextTurn();
      }
      if (tree.size === size) whole ??= copyOf(tree);
      return copyOf(tree);
    },
    checked: () => ({ size: tree.size, root: rootOf(tree.peaks) }),
    root: () => (whole === null ? null : rootOf(whole.peaks).toString('hex')),
  };
}

/** Not a contradiction: another relay may have a newer vault already, and signs what it has written. */
function unknownAuthor(row: StoredEvent): SluiceError {
  return new SluiceError(
    'config_invalid',
    `${nameOf(row)} was written with a payload key that this relay does not have`,
    { advice: 'give every relay on the store the same payload key file, and restart this one' },
  );
}

/** Rows read at once: so few that nobody waits long. */
const PAGE = 50;
