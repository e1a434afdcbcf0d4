import type { NewChange } from '../unit-of-work.ts';
import type { Connection, Database } from './connection.ts';
import { type Feed, openFeed } from './feed.ts';
import { changesOn, keepChanges } from './sql/changes.ts';
import { portsOn } from './sql/ports.ts';
import { unreadable } from './store-error.ts';
import type { Store } from './store.ts';
import type { TextIndex } from './text-index.ts';
import { createTransactions } from './transactions.ts';

/** What a database has to be for a store to stand on it. */
export interface Adapter {
  /** Each query by itself; sees what has been committed. */
  readonly reader: Database;
  /** On the connection whose transaction is open. */
  readonly writer: Database;
  /**
   * Opens a transaction that nobody else can write beside, in whatever process.
   * @throws StoreError
   */
  begin(): Promise<{ readonly connection: Connection; end(): void }>;
  readonly texts: TextIndex;
  /** Tells other processes, with the commit, that there are changes. */
  wake(connection: Connection): Promise<void>;
  /** Calls back whenever another process may have made changes. */
  listen(onChanges: () => void): Promise<void>;
  compact(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told when changes could not be read; they are read when there are others. */
  readonly onError: (error: unknown) => void;
}

/** A store on a database whose schema is the newest. */
export async function storeOn(adapter: Adapter, { now, onError }: StoreOptions): Promise<Store> {
  const feed: Feed = await openFeed(changesOn(adapter.reader), onError);
  await adapter.listen(() => void feed.catchUp());
  const ports = portsOn(adapter.writer, adapter.texts);
  return {
    ...portsOn(adapter.reader, adapter.texts),
    transaction: createTransactions({
      ports,
      async begin() {
        const { connection, end } = await adapter.begin();
        return {
          run: async (statement) => void (await connection.query(statement, [])),
          async tell(changes: readonly NewChange[]) {
            await keepChanges(adapter.writer, changes, now());
            await adapter.wake(connection);
          },
          end,
        };
      },
      told: () => feed.catchUp(),
      onError,
    }),
    changes: { follow: feed.follow },
    compact: () => adapter.compact(),
    close: () => adapter.close(),
  };
}

/** Errors of reads as callers get to see them. */
export function forReaders(connection: Connection): Connection {
  return {
    query: (text, parameters) =>
      connection.query(text, parameters).catch((error: unknown) => {
        throw unreadable(error);
      }),
  };
}
