import { setImmediate as nextTurn } from 'node:timers/promises';
import { storedHash } from '../log/stored-hash.ts';
import type { RecordReaders, StoredEvent } from '../ports.ts';
import { contradiction } from './contradiction.ts';
import { addLeaf, copyOf, type GrowingTree, leafHash, rootOf } from './merkle.ts';

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
}

/** @param from what was checked before; it is not read again. */
export function knownLog(store: Pick<RecordReaders, 'events'>, from: GrowingTree): KnownLog {
  const tree = copyOf(from);
  /** Hashes of events that this process has appended and not yet seen again, by position. */
  const own = new Map<number, string>();
  let size = from.size;

  return {
    appended(first, hashes) {
      for (const [index, hash] of hashes.entries()) own.set(first + index, hash);
      size = Math.max(size, first + hashes.length);
    },
    size: () => size,
    async catchUp(to, signed) {
      while (tree.size < to) {
        const page = await store.events.afterPosition({ after: tree.size - 1, within: to, limit: PAGE });
        if (page.length === 0) throw contradiction(`event ${tree.size} of the log is gone`);
        for (const row of page) {
          checkRow(row, tree.size, own.get(row.position));
          own.delete(row.position);
          addLeaf(tree, leafHash(Buffer.from(row.hash, 'hex')));
          const root = signed.get(tree.size);
          if (root !== undefined && root !== rootOf(tree.peaks).toString('hex')) {
            throw contradiction(`the first ${tree.size} events are not those that a checkpoint signs`);
          }
        }
        // Others have their turn.
        await nextTurn();
      }
      return copyOf(tree);
    },
    checked: () => copyOf(tree),
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

/** Rows read at once: so few that nobody waits long. */
const PAGE = 50;
