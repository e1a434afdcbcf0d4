import type { Broadcast } from '../broadcast.ts';
import type { SluiceError } from '../errors.ts';
import type { StoreSpace, TablesInspected } from '../recording/index.ts';
import type { NewChange } from '../unit-of-work.ts';
import type { Connection, Database } from './connection.ts';
import { type Feed, openFeed } from './feed.ts';
import { changesOn, keepChanges } from './sql/changes.ts';
import { portsOn } from './sql/ports.ts';
import type { MigrationProgress } from './migrate.ts';
import type { ReadersApart } from './reading-apart.ts';
import { StoreError, unreadable } from './store-error.ts';
import type { Store } from './store.ts';
import { createTransactions } from './transactions.ts';

/** What a database has to be for a store to stand on it. */
export interface Adapter {
  /** Each query by itself; sees what has been committed. */
  readonly reader: Database;
  /** The record as `reader` sees it, read where it holds up nothing else, within limits. */
  readonly apart: ReadersApart;
  /** On the connection whose transaction is open. */
  readonly writer: Database;
  /**
   * Opens a transaction that nobody else can write beside, in whatever process. `newest` is the number of the newest
   * change as the transaction sees it.
   * @throws StoreError
   */
  begin(): Promise<BegunTransaction>;
  /** Whether `reader` answers while a transaction is open; else it waits until it has ended. */
  readonly readsBeside: boolean;
  /** Tells other processes, with the commit, what there is to read. */
  wake(connection: Connection, news: News): Promise<void>;
  /** Calls back whenever another process may have written what is to be read. */
  listen(onNews: (news: News) => void): Promise<void>;
  readonly broadcast: Broadcast;
  space(): Promise<StoreSpace>;
  inspectTables(names: readonly string[]): Promise<TablesInspected>;
  /** One short step; answers whether there is more to do. */
  compact(): Promise<boolean>;
  close(): Promise<void>;
}

export interface BegunTransaction {
  readonly connection: Connection;
  readonly newest: number;
  end(): void;
}

/** That there are changes, or that the record has grown. */
export type News = 'changes' | 'record';

export interface StoreOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told when changes could not be read; they are read when there are others. */
  readonly onError: (error: unknown) => void;
  /** Told when something could not be written: once, whoever was refused by it. Must not throw. */
  readonly onOutage?: (error: SluiceError) => void;
  /** Told before each step that brings an older store to the newest schema. */
  readonly onMigration?: (progress: MigrationProgress) => void;
}

/** A store on a database whose schema is the newest. */
export async function storeOn(adapter: Adapter, { now, onError, onOutage }: StoreOptions): Promise<Store> {
  const feed: Feed = await openFeed(changesOn(adapter.reader), onError);
  await adapter.listen((news) => {
    if (news === 'changes') void feed.catchUp();
    else feed.recordGrew();
  });
  const ports = portsOn(adapter.writer);
  return {
    ...portsOn(adapter.reader),
    apart: adapter.apart,
    transaction: createTransactions({
      ports,
      async begin() {
        const { connection, end } = await beginAsOfNow(adapter, feed);
        return {
          run: async (statement) => void (await connection.query(statement, [])),
          async tell(changes: readonly NewChange[]) {
            await keepChanges(adapter.writer, changes, now());
            await adapter.wake(connection, 'changes');
          },
          tellOfRecord: () => adapter.wake(connection, 'record'),
          end,
        };
      },
      newestOf: feed.newestOf,
      told: () => feed.catchUp(),
      recordGrew: feed.recordGrew,
      onError,
      ...(onOutage === undefined ? {} : { onOutage }),
    }),
    changes: {
      follow: feed.follow,
      newest: feed.newest,
      followRecord: feed.followRecord,
      told: feed.told,
      since: feed.since,
    },
    broadcast: adapter.broadcast,
    space: () => adapter.space(),
    inspectTables: (names) => adapter.inspectTables(names),
    compact: () => adapter.compact(),
    async close() {
      // What is being read is read to its end: there is nothing to read from afterwards.
      await feed.close();
      await adapter.close();
    },
  };
}

/**
 * A transaction in which what this relay keeps in memory is not older than the store: what other relays have told by
 * then is taken in first. Notifications may be late, and nothing is decided by what they have not said yet.
 *
 * @throws StoreError when it cannot be taken in: nothing is written by somebody who does not know what holds.
 */
async function beginAsOfNow(adapter: Adapter, feed: Feed): Promise<BegunTransaction> {
  for (;;) {
    await feed.settled();
    const begun = await adapter.begin();
    if (begun.newest <= feed.newest()) return begun;
    if (adapter.readsBeside) {
      await feed.catchUp(begun.newest);
      if (begun.newest <= feed.newest()) return begun;
    }
    await begun.connection.query('ROLLBACK', []).catch(() => {});
    begun.end();
    if (!adapter.readsBeside) await feed.catchUp(begun.newest);
    if (begun.newest > feed.newest()) throw new StoreError('changes_unread');
  }
}

/** Errors of reads as callers get to see them. */
export function forReaders(connection: Connection): Connection {
  return {
    query: (text, parameters, rowsAs) =>
      connection.query(text, parameters, rowsAs).catch((error: unknown) => {
        throw unreadable(error);
      }),
  };
}
