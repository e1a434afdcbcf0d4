import { setImmediate as nextTurn } from 'node:timers/promises';
import { NEVER_REDACTED } from '../log/seal-event.ts';
import { storedHash } from '../log/stored-hash.ts';
import type { RecordReaders, StoredEvent } from '../ports.ts';
import { contradiction } from './contradiction.ts';
import { addLeaf, copyOf, type GrowingTree, leafOf, rootOf } from './merkle.ts';

/**
 * The log as this process knows it, whatever the store says: its tree grows with what was appended here, and with what
 * other relays on the store have appended, once it has been read and checked.
 */
export interface KnownLog {
  /** Takes in what this process has just made durable. */
  appended(first: number, hashes: readonly string[]): void;
  /** The store holds at least as many events. */
  size(): number;
  /**
   * Reads the rows up to `size`, checks each, and returns the tree over them.
   *
   * @param signed checkpoints on the way, by size: the tree must have the root that they sign.
   * @throws SluiceError `record_contradicted` when a row is not the event that was appended.
   */
  catchUp(size: number, signed: ReadonlyMap<number, string>): Promise<GrowingTree>;
  /** What has been checked so far. */
  checked(): GrowingTree;
  /** The root over all events, hex; null while there are some of others that have not been read. */
  root(): string | null;
}

export interface KnownLogOptions {
  /**
   * How many events there were when this process became the only one that keeps this record. What says what may be missing, or
   * whose keys sign, is then its own to append; null where other relays append as well.
   */
  readonly aloneFrom: number | null;
}

/** @param from what was checked before; it is not read again. */
export function knownLog(
  store: Pick<RecordReaders, 'events'>,
  from: GrowingTree,
  { aloneFrom }: KnownLogOptions = { aloneFrom: null },
): KnownLog {
  const tree = copyOf(from);
  /** The tree over what was appended too, while it is known without a gap. */
  let whole: GrowingTree | null = null;
  /** Hashes of events that this process has appended and not yet seen again, by position. */
  const own = new Map<number, string>();
  let size = from.size;

  return {
    appended(first, hashes) {
      for (const [index, hash] of hashes.entries()) own.set(first + index, hash);
      size = Math.max(size, first + hashes.length);
      if (whole?.size !== first) whole = null;
      else for (const hash of hashes) addLeaf(whole, leafOf(hash));
    },
    size: () => size,
    async catchUp(to, signed) {
      while (tree.size < to) {
        const page = await store.events.afterPosition({ after: tree.size - 1, within: to, limit: PAGE });
        if (page.length === 0) throw contradiction(`event ${tree.size} of the log is gone`);
        for (const row of page) {
          const appended = own.get(row.position);
          checkRow(row, tree.size, appended);
          const isForeign = appended === undefined && aloneFrom !== null && row.position >= aloneFrom;
          if (isForeign && OF_RELAYS.has(row.type))
            throw contradiction(`${named(row)} was not appended by the relay`);
          own.delete(row.position);
          addLeaf(tree, leafOf(row.hash));
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
    checked: () => copyOf(tree),
    root: () => (whole === null ? null : rootOf(whole.peaks).toString('hex')),
  };
}

/** @throws SluiceError `record_contradicted` unless the row is a whole event at this position, with this hash. */
export function checkRow(row: StoredEvent, position: number, hash: string | undefined): void {
  if (row.position !== position) throw contradiction(`event ${position} of the log is gone`);
  if (hash !== undefined && row.hash !== hash)
    throw contradiction(`${named(row)} is not the one that was appended`);
  if (storedHash(row) !== row.hash) throw contradiction(`${named(row)} was altered`);
}

function named({ position, session, seq }: StoredEvent): string {
  return `event ${position} of the log (session ${session}, event ${seq})`;
}

/** Events that say what may be missing, and whose keys sign: with them, a rewritten record would prove itself. */
const OF_RELAYS: ReadonlySet<string> = new Set(NEVER_REDACTED);

/** Rows read at once: so few that nobody waits long. */
const PAGE = 50;
