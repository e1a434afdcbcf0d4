import pg from 'pg';
import type { Connection, Rows } from '../connection.ts';
import { StoreError, type StoreProblem } from '../store-error.ts';
import { asValues } from '../values.ts';
import type { PostgresConnectionOptions } from './connection-options.ts';

/** A connection that somebody has to themselves. */
export interface PostgresLease {
  readonly connection: Connection;
  /** Gives it back; with `broken`, it is closed instead. */
  release(broken?: boolean): void;
}

export interface PostgresPool {
  /** @throws StoreError */
  acquire(): Promise<PostgresLease>;
  close(): Promise<void>;
}

/** Statements that stay prepared on each connection: more than the relay has. */
const MOST_NAMED = 500;

/**
 * What every session is set to. A commit is on disk when it returns (promise 1), whatever the server's default is; and
 * a relay that is gone does not hold the database for longer than this.
 */
const SETTINGS = [
  `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`,
  `SET lock_timeout = '5s'`,
  `SET idle_in_transaction_session_timeout = '30s'`,
  // What a policy would leave out is an error, and not left out.
  'SET row_security = off',
];

/** How long a statement may take. Milliseconds. */
const PATIENCE_MS = 60_000;

/**
 * Connections to one PostgreSQL database. What is lost is opened anew with the next query.
 *
 * @param patienceMs after which the server gives a statement up.
 */
export function connectPostgres(
  options: PostgresConnectionOptions,
  size: number,
  readOnly: boolean,
  patienceMs = PATIENCE_MS,
): PostgresPool {
  const pool = new pg.Pool({
    ...options,
    max: size,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'sluice',
    types: { getTypeParser },
    // The pool waits for it, though its types do not say so.
    onConnect: (client) => prepare(client, readOnly, patienceMs) as unknown as void,
  });
  // Of connections that nobody uses: the next who wants one gets another.
  pool.on('error', () => {});
  /** By text: the server keeps them prepared under these. */
  const names = new Map<string, string>();
  const nameOf = (text: string) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= MOST_NAMED) return known;
    const name = `sluice_${names.size}`;
    names.set(text, name);
    return name;
  };

  return {
    async acquire() {
      const client = await translating(pool.connect());
      const onError = () => {};
      client.on('error', onError);
      return {
        connection: {
          async query(text, parameters, rowsAs): Promise<Rows> {
            const values = [...asValues(parameters)];
            // What has no parameters is said once, or is a transaction's beginning or end.
            const name = values.length === 0 ? undefined : nameOf(text);
            const query = name === undefined ? { text, values } : { name, text, values };
            const rowMode = rowsAs === 'arrays' ? { rowMode: 'array' } : {};
            const { rows, rowCount } = await translating(client.query({ ...query, ...rowMode }));
            return { rows, changed: rowCount ?? 0 };
          },
        },
        release(broken = false) {
          client.off('error', onError);
          client.release(broken);
        },
      };
    },
    close: () => pool.end(),
  };
}

async function prepare(client: pg.ClientBase, readOnly: boolean, patienceMs: number): Promise<void> {
  await client.query(`SET statement_timeout = ${patienceMs}`);
  for (const setting of SETTINGS) await client.query(setting);
  if (!readOnly) return;
  await client.query('SET default_transaction_read_only = on');
  // Whoever made the database may have made functions that are called like the server's own, and would be found before them.
  await client.query(OWN_FIRST);
}

const OWN_FIRST = `SELECT pg_catalog.set_config('search_path',
  pg_catalog.concat('pg_catalog, ', pg_catalog.quote_ident(coalesce(pg_catalog.current_schema()::text, 'public'))), false)`;

/** https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat */
const INT8 = 20;

/** Whole numbers are numbers; beyond 2^53 they are none that the relay has written. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid !== INT8) return pg.types.getTypeParser(oid, format);
  return (text: string) => {
    const number = Number(text);
    if (!Number.isSafeInteger(number)) throw new StoreError('damaged');
    return number;
  };
}

async function translating<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof StoreError ? error : new StoreError(problemOf(error), withoutDetail(error));
  }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
function problemOf(error: unknown): StoreProblem {
  const code = codeOf(error);
  if (code === null) return 'lost';
  if (code === '23505') return 'taken';
  if (code === '53100') return 'full';
  if (code === '25006' || code === '42501') return 'read_only';
  if (code === '22021' || code === '22P05') return 'value';
  if (['55P03', '57014', '40P01', '40001'].includes(code)) return 'busy';
  if (['XX001', 'XX002'].includes(code)) return 'damaged';
  // Connections, resources, an operator's intervention; and authentication.
  if (/^(08|53|57P|58|28|3D|25P03)/.test(code)) return 'lost';
  return 'other';
}

/** The server's own, five characters; null for what never reached it. */
function codeOf(error: unknown): string | null {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** What a server says in detail may be the values of a row, and what a driver says, where it connects to. */
function withoutDetail(error: unknown): Error {
  const { code } = error as { code?: unknown };
  return new Error(`PostgreSQL: ${typeof code === 'string' ? code : 'unknown'}`);
}
