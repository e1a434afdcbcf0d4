import { type CompiledQuery, type DatabaseConnection, type Dialect, Kysely, type QueryResult } from 'kysely';
import { StoreError } from './store-error.ts';
import type { Tables } from './tables.ts';

/** One connection to a database: what both adapters have in common below the SQL. */
export interface Connection {
  /** Rejects with a `StoreError`. */
  query(text: string, parameters: readonly unknown[]): Promise<Rows>;
}

export interface Rows {
  readonly rows: readonly unknown[];
  /** How many rows a statement changed. */
  readonly changed: number;
}

/** A database, and how to hold one of its connections. */
export interface Connections {
  acquire(): Promise<Lease>;
}

export interface Lease {
  readonly connection: Connection;
  release(): void;
}

export type Database = Kysely<Tables>;

/** The query builder on connections of ours: transactions are the store's own, not the builder's. */
export function builderOn(
  parts: Pick<Dialect, 'createAdapter' | 'createQueryCompiler' | 'createIntrospector'>,
  connections: Connections,
): Database {
  const leases = new WeakMap<DatabaseConnection, Lease>();
  return new Kysely<Tables>({
    dialect: {
      ...parts,
      createDriver: () => ({
        init: async () => {},
        async acquireConnection() {
          const lease = await connections.acquire();
          const connection = asKyselys(lease.connection);
          leases.set(connection, lease);
          return connection;
        },
        async releaseConnection(connection) {
          leases.get(connection)?.release();
        },
        beginTransaction: never,
        commitTransaction: never,
        rollbackTransaction: never,
        destroy: async () => {},
      }),
    },
  });
}

function asKyselys(connection: Connection): DatabaseConnection {
  return {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const { rows, changed } = await connection.query(sql, parameters);
      return { rows: rows as Row[], numAffectedRows: BigInt(changed) };
    },
    streamQuery() {
      throw new StoreError('other', new Error('results are read page by page'));
    },
  };
}

async function never(): Promise<never> {
  throw new StoreError('other', new Error('transactions are the store’s'));
}

/** One after the other, in the order asked. */
export function createMutex(): () => Promise<() => void> {
  let last = Promise.resolve();
  return async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = last;
    last = promise;
    await before;
    return resolve;
  };
}
