import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createRelayClient, LONGEST_WAIT } from '@sluice/contract';
import snowflake from 'snowflake-sdk';
import { percentile, type Report } from './benchmark.ts';
import type { ProxyStarted } from './stream-proxy.ts';
import type { RelayStarted } from './stream-relay.ts';

export interface StreamOptions {
  /** Each has four rows in the results. */
  readonly customers: number;
  /** Of each result, through the relay and through the proxy in turn. */
  readonly rounds: number;
}

const DEFAULTS: StreamOptions = { customers: 50_000, rounds: 3 };

/** Ten columns each. What is masked in them is the demo policy's to say. */
const RESULTS = {
  plain: `SELECT I.ID, I.PRODUCT_ID, I.QUANTITY, O.CUSTOMER_ID, O.ORDER_DATE, O.STATUS, O.TOTAL, C.CITY, C.COUNTRY, C.CREATED_AT`,
  /** Two columns: a token and a part. */
  masked: `SELECT I.ID, I.PRODUCT_ID, I.QUANTITY, O.CUSTOMER_ID, O.ORDER_DATE, O.STATUS, O.TOTAL, C.EMAIL, C.CARD_NUMBER, C.CREATED_AT`,
  /** Six: a part, a token, a date, a number, paths of a document, and what detectors find in free text. */
  detected: `SELECT I.ID, I.PRODUCT_ID, I.QUANTITY, O.STATUS, C.NAME, C.EMAIL, C.BIRTH_DATE, C.CREDIT_LIMIT, C.PROFILE, T.BODY`,
} as const;

type Kind = keyof typeof RESULTS;

const FROM = `FROM ORDER_ITEMS I JOIN ORDERS O ON O.ID = I.ORDER_ID JOIN CUSTOMERS C ON C.ID = O.CUSTOMER_ID
  LEFT JOIN SUPPORT_TICKETS T ON T.CUSTOMER_ID = C.ID`;

/**
 * The real driver fetches large results through the relay, and the very same bytes from a server behind a bare Node
 * proxy, in turn. Relay and proxy have a process of their own each. The ratios are rows a second against the proxy's:
 * from the driver's request to its last row, what the embedded warehouse takes to make the rows included. The driver
 * gets JSON, which is what it can read; the other encoding has no client here. And how long the driver, and a program of
 * the API, wait for the first row.
 */
export async function stream(options: Partial<StreamOptions> = {}): Promise<Report> {
  const { customers, rounds } = { ...DEFAULTS, ...options };
  snowflake.configure({ logLevel: 'OFF' });
  const queries = Object.fromEntries(
    Object.entries(RESULTS).map(([kind, select]) => [kind, `${select} ${FROM}`]),
  );
  const relay = await start<RelayStarted>('stream-relay.ts', { customers });
  const idleRssMb = memoryOf(relay.process, 'VmRSS');
  const proxy = await start<ProxyStarted>('stream-proxy.ts', {
    ...relay.told,
    queries: Object.values(queries),
  });
  const took: Record<string, number[]> = {};
  const first: Record<string, number[]> = {};
  const worked: Record<string, number[]> = {};
  let rows = 0;
  try {
    // The first round warms up, and is left out.
    for (let round = -1; round < rounds; round += 1) {
      for (const [kind, sql] of Object.entries(queries)) {
        for (const [through, url] of [
          ['Proxy', proxy.told.url],
          ['Relay', relay.told.url],
        ] as const) {
          const before = processorMs(relay.process);
          const fetched = await fetchAll(url, relay.told.token, sql);
          rows = fetched.rows;
          if (round < 0) continue;
          (took[`${kind}${through}`] ??= []).push(fetched.ms);
          (first[`${kind}${through}`] ??= []).push(fetched.firstRowMs);
          if (through === 'Relay') (worked[kind] ??= []).push(processorMs(relay.process) - before);
        }
        const firstRowMs = await firstPage(relay.told, sql);
        if (round >= 0) (first[`${kind}Api`] ??= []).push(firstRowMs);
        console.error(`stream: ${kind}, round ${round + 1} of ${rounds}`);
      }
    }
    const peakRssMb = memoryOf(relay.process, 'VmHWM');
    const ms = (name: string) => percentile(took[name]!, 0.5);
    const ratio = (kind: Kind) => ms(`${kind}Proxy`) / ms(`${kind}Relay`);
    return {
      name: 'stream',
      figures: {
        rows,
        columns: 10,
        ...Object.fromEntries(Object.keys(took).map((name) => [`${name}Ms`, ms(name)])),
        ...Object.fromEntries(
          Object.entries(first).map(([name, each]) => [`${name}FirstRowMs`, percentile(each, 0.5)]),
        ),
        ...Object.fromEntries(
          Object.entries(worked).map(([kind, each]) => [`${kind}RelayProcessorMs`, percentile(each, 0.5)]),
        ),
        ...Object.fromEntries(
          Object.keys(RESULTS).map((kind) => [`${kind}RowsPerSecond`, (rows / ms(`${kind}Relay`)) * 1_000]),
        ),
        ...Object.fromEntries(
          proxy.told.bytes.map((bytes, index) => [`${Object.keys(RESULTS)[index]}Bytes`, bytes]),
        ),
        idleRssMb,
        peakRssMb,
      },
      ratios: {
        plainVsProxy: ratio('plain'),
        maskedVsProxy: ratio('masked'),
        detectedVsProxy: ratio('detected'),
      },
    };
  } finally {
    for (const { process } of [relay, proxy]) process.kill();
  }
}

interface Started<Told> {
  readonly process: ChildProcess;
  readonly told: Told;
}

/** A process of its own, which says in one line of JSON how it is reached. */
async function start<Told>(file: string, order: object): Promise<Started<Told>> {
  const child = spawn(process.execPath, [new URL(file, import.meta.url).pathname, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { process: child, told: JSON.parse(line) as Told };
}

/** From the driver's request to its first row and its last. */
async function fetchAll(
  url: string,
  token: string,
  sql: string,
): Promise<{ ms: number; firstRowMs: number; rows: number }> {
  const connection = snowflake.createConnection({
    account: 'sluice',
    accessUrl: url,
    authenticator: 'OAUTH',
    token,
  });
  await connection.connectAsync(() => {});
  try {
    const began = performance.now();
    const statement = await new Promise<snowflake.RowStatement>((resolve, reject) => {
      const asked = connection.execute({
        sqlText: sql,
        streamResult: true,
        complete: (error, done) => (error ? reject(error) : resolve(done)),
      });
      // Also a statement that waits for people, whom a benchmark does not have.
      const late = setTimeout(() => asked.cancel(() => {}), LATE_MS);
      late.unref();
    });
    let firstRowMs = 0;
    let rows = 0;
    for await (const _ of statement.streamRows()) {
      if (rows === 0) firstRowMs = performance.now() - began;
      rows += 1;
    }
    return { ms: performance.now() - began, firstRowMs, rows };
  } finally {
    await new Promise<void>((resolve) => connection.destroy(() => resolve()));
  }
}

/** From a program's request to the API, for a first page of 1,000 rows, to these. */
async function firstPage({ url, token }: RelayStarted, sql: string): Promise<number> {
  const client = createRelayClient({ url, token });
  const began = performance.now();
  let view = await client.statements.submit({ body: { sql, wait: LONGEST_WAIT } });
  while (view.phase !== 'succeeded') {
    if (view.phase === 'failed' || performance.now() - began > LATE_MS) throw new Error(JSON.stringify(view));
    view = await client.statements.read({ params: { id: view.id }, query: { wait: LONGEST_WAIT } });
  }
  if (view.rows.length === 0) throw new Error('there are no rows');
  return performance.now() - began;
}

/** More than any of these takes, on however busy a machine. */
const LATE_MS = 300_000;

/** Processor time of a process so far, all of its threads together: what others do on the machine is not in it. Linux tells, in ticks of 10 ms. */
function processorMs({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory of a process, now or at its highest. MB; Linux tells. */
function memoryOf({ pid }: ChildProcess, what: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024);
}
