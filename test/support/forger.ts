import { randomBytes, randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { compareLeave } from '../../relay/src/approval/index.ts';
import { NINE } from '../../relay/src/approval/testing.ts';
import { recordedApprovals } from '../../relay/src/approval/testing/recorded-approvals.ts';
import { headInMemory, highWaterInMemory, vaultOf, verifyStore } from '../../relay/src/recording/index.ts';
import { newSigner, openTestRecord } from '../../relay/src/recording/testing/open-test-record.ts';
import { openStore } from '../../relay/src/store/index.ts';
import { openTestStore, type TestStore } from '../../relay/src/store/testing/open-test-store.ts';
import type { Postgres } from './postgres.ts';

export type Row = Readonly<Record<string, unknown>>;
export type Content = Record<string, unknown>;

/** What a relay's people decide with, and somebody who writes to its database and has no key of the relays. */
export type Forger = Awaited<ReturnType<typeof startForger>>;

const signer = newSigner();
const onError = (error: unknown) => {
  throw error;
};

/** @param postgres where the database is to be there; null for SQLite. */
export async function startForger(postgres: Postgres | null) {
  const { beneath, run } = postgres === null ? await sqlite() : await onPostgres(postgres);
  const clock = { now: NINE };
  const now = () => clock.now;
  const kept = {
    beneath,
    now,
    vault: vaultOf(new Map([['shared', randomBytes(32)]])),
    signers: [signer] as const,
    heads: headInMemory(),
    highWater: highWaterInMemory(),
  };
  /** The notices of what the relay has refused. */
  const refused: string[] = [];
  const start = async () => {
    const record = await openTestRecord(kept);
    const onRefusedRow = (what: string) => void refused.push(what);
    const desk = await recordedApprovals({ ...record, now, onError, onRefusedRow });
    return { recorder: record.recorder, desk };
  };
  let relay = await start();

  /** A row of a table, with what it holds. */
  const rowOf = async (table: string, id: string) => {
    const [row] = await run(`SELECT * FROM ${table} WHERE id = '${id}'`);
    return { ...row, content: JSON.parse(row!['content'] as string) as Content } as Row & {
      readonly content: Content;
    };
  };

  return {
    run,
    clock,
    publicKey: signer.publicKey,
    refused,
    /** Of the relay that runs now. */
    desk: () => relay.desk,
    recorder: () => relay.recorder,
    restart: async () => {
      relay = await start();
    },
    rowOf,
    add: (table: string, row: Row) =>
      run(
        `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${Object.values(row).map(literal).join()})`,
      ),
    async change(table: string, id: string, columns: Row, content: Content = {}) {
      const before = await rowOf(table, id);
      const all = { ...columns, content: { ...before.content, ...content } };
      const set = Object.entries(all).map(([name, value]) => `${name} = ${literal(value)}`);
      await run(`UPDATE ${table} SET ${set.join()} WHERE id = '${id}'`);
    },
    removeEvent: (position: number) => run(`DELETE FROM recorded_event WHERE position = ${position}`),
    newestPosition: async () =>
      Number((await run('SELECT max(position) AS newest FROM recorded_event'))[0]!['newest']),
    /** Whether who verifies the store, without any key, finds that the table or the log is not what was recorded. */
    async isFound(table: string) {
      await relay.recorder.checkpoint().catch(() => {});
      const { store } = relay.desk;
      if (!(await verifyStore(store, [signer.publicKey])).intact) return true;
      return (await compareLeave(store, clock.now)).some((wrong) => wrong.table === table);
    },
  };
}

type Run = (text: string) => Promise<readonly Row[]>;

async function sqlite(): Promise<{ beneath: TestStore; run: Run }> {
  const beneath = await openTestStore();
  return { beneath, run: async (text) => (await beneath.connection.query(text, [])).rows as Row[] };
}

async function onPostgres(postgres: Postgres): Promise<{ beneath: TestStore; run: Run }> {
  const url = await postgres.newDatabase();
  const name = `SLUICE_TEST_${randomUUID().replaceAll('-', '')}`;
  process.env[name] = url;
  const config = { kind: 'postgres', url: { env: name }, tls: null, allowPlain: false, poolSize: 4 } as const;
  const store = await openStore(config, { database: '' }, { now: Date.now, onError });
  onTestFinished(async () => {
    await store.close();
    delete process.env[name];
  });
  return { beneath: { store } as unknown as TestStore, run: (text) => postgres.query(url, text) };
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `'${text.replaceAll("'", "''")}'`;
}
