import { type CompiledQuery, type DatabaseConnection, type Dialect, Kysely, type QueryResult } from 'kysely';
import { StoreError } from './store-error.ts';
import type { Tables } from './tables.ts';

/** One connection to a database: what both adapters have in common below the SQL. */
export interface Connection {
  /**
   * Rejects with a `StoreError`.
   * @param rowsAs arrays of their columns take two thirds of the time of objects, for who reads very many.
   */
  query(text: string, parameters: readonly unknown[], rowsAs?: 'arrays'): Promise<Rows>;
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

/** Runs a query for its rows as arrays of their columns, in the order in which they were selected. */
export async function rowsAsArrays(
  db: Database,
  query: CompiledQuery,
): Promise<readonly (readonly unknown[])[]> {
  const compiled: ArraysQuery = { ...query, rowsAs: 'arrays' };
  return (await db.executeQuery(compiled)).rows as (readonly unknown[])[];
}

/** The query builder passes it through as it is. */
interface ArraysQuery extends CompiledQuery {
  readonly rowsAs?: 'arrays';
}

function asKyselys(connection: Connection): DatabaseConnection {
  return {
    async executeQuery<Row>({ sql, parameters, rowsAs }: ArraysQuery): Promise<QueryResult<Row>> {
      const { rows, changed } = await connection.query(sql, parameters, rowsAs);
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
