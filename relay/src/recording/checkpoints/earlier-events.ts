import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SluiceError } from '../../errors.ts';
import { inTurn } from '../../in-turn.ts';
import type { RecordReaders } from '../ports.ts';
import { contradiction } from './contradiction.ts';
import { type LogFacts, logFacts } from './log-facts.ts';
import { logTree } from './log-tree.ts';
import { addLeaf, copyOf, type GrowingTree, rootOf, leafOf } from './merkle.ts';
import { foundIn } from './read-record.ts';
import { checkRow } from './row-check.ts';

/** What was recorded before the relay started, and is read again only as far back as somebody needs to know it. */
export interface EarlierEvents {
  /** The first position from which on everything is known. */
  from(): number;
  /**
   * Makes known what was recorded from this position on. A million events take some seconds, once.
   *
   * @throws SluiceError `record_contradicted` when an event is not the one that was signed.
   */
  readFrom(position: number, signal?: AbortSignal): Promise<void>;
}

/**
 * @param known the tree that was signed when the relay started: what stands under it is proved by it.
 * @param facts takes in what was read.
 * @param onFound told of what the store holds in the place of what was signed.
 */
export function earlierEvents(
  store: Pick<RecordReaders, 'events' | 'checkpoints'>,
  known: GrowingTree,
  facts: Pick<LogFacts, 'precede'>,
  onFound: (error: SluiceError) => Promise<void>,
): EarlierEvents {
  /** Over the events that have not been read. */
  let tree = copyOf(known);
  const turn = inTurn();

  const read = async (position: number, signal: AbortSignal | undefined) => {
    if (position >= tree.size) return;
    const before = await logTree(store).growing(position);
    const growing = copyOf(before);
    const found = logFacts();
    while (growing.size < tree.size) {
      signal?.throwIfAborted();
      const limit = Math.min(PAGE, tree.size - growing.size);
      const page = await store.events.page({ from: growing.size, skip: 0, limit });
      if (page.length === 0) throw contradiction(`event ${growing.size} of the log is gone`);
      for (const row of page) {
        checkRow(row, growing.size, undefined);
        addLeaf(growing, leafOf(row.hash));
        found.read(row);
      }
      // Others have their turn.
      await nextTurn();
    }
    // The subtrees before them were taken from the store: the root shows that these are right, too.
    if (!rootOf(growing.peaks).equals(rootOf(tree.peaks)))
      throw contradiction(`of its first ${tree.size} events, some are not those that were signed`);
    facts.precede(found, tree.size);
    tree = before;
  };

  return {
    from: () => tree.size,
    readFrom: (position, signal) =>
      turn(async () => {
        try {
          await read(position, signal);
        } catch (error) {
          const found = signal?.aborted === true ? null : foundIn(error);
          if (found !== null) await onFound(found);
          throw found ?? error;
        }
      }),
  };
}

/** Rows read at once: some milliseconds. */
const PAGE = 256;
