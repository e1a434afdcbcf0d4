import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from 'snowflake-sdk';
import { percentile, type Report, timeInTurnAsync } from './benchmark.ts';
import { processorMs, startAccount } from './programs.ts';
import { connectNodeDriver } from './read-with-driver.ts';

/** As many as it takes until a program that runs for months would be as it stays. */
const ROUNDS = 2_000;
const SQL = 'SELECT ID, EMAIL, CITY FROM CUSTOMERS WHERE ID = 7';

/**
 * The round trip of one small SELECT of which a column is masked: the same driver straight to a scripted Snowflake account, through a
 * bare Node proxy, and through a relay whose record is durable before and after. The account answers at once, which a real one
 * never does: what is measured is what the relay adds. Two durable writes are in it, and what the disk takes for one is measured
 * beside it (`durableWrite..Ms`).
 */
export async function latency(): Promise<Report> {
  const { ways, relay, stop } = await startAccount(1_000);
  try {
    const [direct, proxy, through] = await Promise.all([
      connectNodeDriver(ways.direct),
      connectNodeDriver(ways.proxy),
      connectNodeDriver(ways.relay),
    ]);
    const disk = await openDisk();
    const before = processorMs(relay);
    const times = await timeInTurnAsync(
      {
        direct: () => select(direct, 'customer.7@example.com'),
        proxy: () => select(proxy, 'customer.7@example.com'),
        relay: () => select(through, /^tok_/),
        durable: () => disk.write(),
      },
      ROUNDS,
    );
    await disk.close();
    const relayProcessorMs = (processorMs(relay) - before) / (ROUNDS * 1.1);
    const of = (name: string, p: number) => percentile(times[name]!, p);
    const added = (p: number) => of('relay', p) - of('direct', p);
    return {
      name: 'latency',
      figures: {
        directMedianMs: of('direct', 0.5),
        directP99Ms: of('direct', 0.99),
        proxyMedianMs: of('proxy', 0.5),
        proxyP99Ms: of('proxy', 0.99),
        relayMedianMs: of('relay', 0.5),
        relayP99Ms: of('relay', 0.99),
        addedMedianMs: added(0.5),
        durableWriteMedianMs: of('durable', 0.5),
        durableWriteP99Ms: of('durable', 0.99),
        relayProcessorMs,
      },
      ratios: {
        medianVsDirect: of('relay', 0.5) / of('direct', 0.5),
        p99VsDirect: of('relay', 0.99) / of('direct', 0.99),
        medianVsProxy: of('relay', 0.5) / of('proxy', 0.5),
      },
    };
  } finally {
    await stop();
  }
}

/** Appends a page to a file until it is on the disk, as a commit does. */
async function openDisk() {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const file = await open(join(folder, 'pages'), 'a');
  const page = Buffer.alloc(4_096);
  return {
    async write(): Promise<void> {
      await file.write(page);
      await file.datasync();
    },
    async close(): Promise<void> {
      await file.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** @param email - as it has to come: a mask that is missing is no measurement. */
async function select(connection: Connection, email: string | RegExp): Promise<void> {
  const rows = await new Promise<Record<string, unknown>[]>((resolve, reject) => {
    connection.execute({
      sqlText: SQL,
      complete: (error, _, rows) => (error ? reject(error) : resolve(rows ?? [])),
    });
  });
  const seen = String(rows[0]?.['EMAIL']);
  if (typeof email === 'string' ? seen !== email : !email.test(seen))
    throw new Error(`the answer has ${seen} for an e-mail address`);
}
