import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Postgres, postgresPrograms, startPostgres } from '../../../test/support/postgres.ts';
import { openStore, openStoreToRead, type Store, type StoreConfig } from './index.ts';
import { openTestStore } from './testing/open-test-store.ts';

const write = (store: Store, identity = 'ada') =>
  store.transaction((tx) => tx.usage.add(identity as never, '2026-01-01', { rows: 1, bytes: 0 }));
const refused = (problem: string) => ({ code: 'record_unavailable', cause: { problem } });

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sluice-faults-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

describe('SQLite', () => {
  it('refuses everything on a full disk, what waits too, and goes on when there is room', async () => {
    const { store, connection } = await openTestStore(join(folder(), 'a.db'));
    const { rows } = await connection.query('PRAGMA page_count', []);
    connection.exec(`PRAGMA max_page_count = ${(rows[0] as { page_count: number }).page_count}`);
    const large = { address: 'a', dataKey: 'k', sealed: new Uint8Array(1_000_000) };
    const outcomes = await Promise.allSettled([
      write(store),
      store.transaction((tx) => tx.payloads.put(large, 0)),
      write(store, 'grace'),
    ]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: refused('full') });
    }
    expect(await store.usage.since('')).toEqual([]);
    connection.exec('PRAGMA max_page_count = 1000000');
    await write(store);
    expect(await store.usage.since('')).toHaveLength(1);
    await store.close();
  });

  it('refuses where it may only read', async () => {
    const { store, connection } = await openTestStore();
    connection.exec('PRAGMA query_only = ON');
    await expect(write(store)).rejects.toMatchObject(refused('read_only'));
    expect(await store.usage.since('')).toEqual([]);
    await store.close();
  });

  it('waits for another process that holds it, with the event loop free, and not for ever', async () => {
    const path = join(folder(), 'a.db');
    const { store } = await openTestStore(path);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 10);
    const waiting = write(store);
    await sleep(300);
    other.exec('COMMIT');
    await waiting;
    expect(turns, 'while it waited').toBeGreaterThan(0);
    other.exec('BEGIN IMMEDIATE');
    await expect(write(store)).rejects.toMatchObject(refused('busy'));
    clearInterval(timer);
    other.exec('COMMIT');
    other.close();
    await write(store);
    await store.close();
  });

  it('is not made by who only wants to look', async () => {
    const files = { database: join(folder(), 'none.db') };
    await expect(openStoreToRead({ kind: 'sqlite' }, files)).rejects.toMatchObject(refused('lost'));
  });
});

const programs = postgresPrograms();
describe('PostgreSQL', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    if (programs !== null) postgres = await startPostgres(programs);
  });
  afterAll(async () => await postgres?.close());
  const errors: unknown[] = [];
  async function open(url: string): Promise<Store> {
    process.env['SLUICE_TEST_FAULTS'] = url;
    const config: StoreConfig = {
      kind: 'postgres',
      url: { env: 'SLUICE_TEST_FAULTS' },
      tls: null,
      allowPlain: false,
      poolSize: 4,
    };
    const store = await openStore(
      config,
      { database: '' },
      { now: Date.now, onError: (error) => errors.push(error) },
    );
    onTestFinished(() => store.close());
    return store;
  }
  const newDatabase = async (skip: (why: string) => void): Promise<string> => {
    if (programs === null) skip('PostgreSQL is not installed here');
    return postgres.newDatabase();
  };
  /** Two relays, of which one tells what the other is told: the first time, it has arrived. */
  async function oneTells(url: string) {
    const [one, other] = [await open(url), await open(url)];
    const told: (string | undefined)[] = [];
    one.changes.follow('tag', (change) => void told.push(change?.key));
    const tell = (key: string) => other.transaction(async (tx) => tx.tell({ topic: 'tag', key }));
    await tell('1');
    await expect.poll(() => told).toEqual(['1']);
    return { told, tell };
  }

  it('hears of what it missed while its connections were lost', async ({ skip }) => {
    const url = await newDatabase(skip);
    const { told, tell } = await oneTells(url);
    await postgres.disconnect(url);
    // What was lost is opened anew; the other may have to try once more.
    for (const key of ['2', '3']) {
      const done = () =>
        tell(key).then(
          () => true,
          () => false,
        );
      await expect.poll(done).toBe(true);
    }
    await expect.poll(() => told).toEqual(['1', '2', '3']);
  });

  it('reads what was changed while it could not listen, though nobody says so any more', async ({ skip }) => {
    const url = await newDatabase(skip);
    await postgres.query(url, 'CREATE ROLE admin SUPERUSER LOGIN');
    const asAdmin = url.replace('sluice:its-password', 'admin');
    const { told, tell } = await oneTells(url);
    // Who listens is cut off and cannot come back; who writes has a connection still.
    const cutOff = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'";
    await postgres.query(asAdmin, `ALTER ROLE sluice NOLOGIN; ${cutOff}`);
    await tell('2');
    await postgres.query(asAdmin, 'ALTER ROLE sluice LOGIN');
    await expect.poll(() => told, { timeout: 10_000 }).toEqual(['1', '2']);
    await postgres.query(url, 'DROP ROLE admin');
  });

  it('says that it does not answer, and goes on when it does', async ({ skip }) => {
    const url = await newDatabase(skip);
    const store = await open(url);
    await write(store);
    await postgres.stop();
    await expect(write(store)).rejects.toMatchObject(refused('lost'));
    await expect(store.usage.since('')).rejects.toMatchObject(refused('lost'));
    await postgres.start();
    await expect
      .poll(() =>
        write(store).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    expect(await store.usage.since('')).toMatchObject([{ rows: 2 }]);
  });

  it('refuses where it may only read, and says nothing of where that is', async ({ skip }) => {
    const url = await newDatabase(skip);
    const store = await open(url);
    const name = new URL(url).pathname.slice(1);
    await postgres.query(url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await postgres.disconnect(url);
    const refusal = () => write(store).catch((thrown: unknown) => thrown);
    await expect.poll(refusal).toMatchObject(refused('read_only'));
    await postgres.stop();
    const lost: unknown = await write(store).catch((thrown: unknown) => thrown);
    await postgres.start();
    const said = (thrown: unknown): string =>
      thrown instanceof Error ? `${thrown.message} ${thrown.stack} ${said(thrown.cause)}` : String(thrown);
    expect(said(lost)).not.toMatch(/its-password|127\.0\.0\.1/);
    for (const told of errors) expect(said(told)).not.toMatch(/its-password|127\.0\.0\.1/);
  });

  it('tells who was away for too long that changes were missed', async ({ skip }) => {
    const url = await newDatabase(skip);
    const { told, tell } = await oneTells(url);
    // As a day later: they are gone, whoever has not read them.
    await postgres.query(url, 'UPDATE change_head SET number = 7');
    await tell('8');
    await expect.poll(() => told).toEqual(['1', undefined, '8']);
  });
});
