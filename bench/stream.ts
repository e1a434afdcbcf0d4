import { percentile, type Report } from './benchmark.ts';
import { memoryOf, processorMs, startAccount, type Way } from './programs.ts';
import { type Encoding, type Fetched, openReader } from './read-result.ts';
import { openNodeDriver, openPythonConnector } from './read-with-driver.ts';
import { openSmallStatements } from './small-statements.ts';

export interface StreamOptions {
  /** Of each result. */
  readonly rows: number;
  /** How often each is fetched, by the proxy and by the relay in turn. */
  readonly rounds: number;
}

const DEFAULTS: StreamOptions = { rows: 1_000_000, rounds: 3 };

/** Ten columns each, of the scripted account's EVENTS. What is masked in them is test/upstream/policy.yaml's to say. */
const RESULTS = {
  plain:
    'SELECT ID, PRODUCT_ID, TOTAL, STATUS, ORDER_DATE, CREATED_AT, COUNTRY, IS_PAID, WEIGHT, CITY FROM EVENTS',
  /** Two columns: a token and a part. */
  masked:
    'SELECT ID, PRODUCT_ID, TOTAL, STATUS, ORDER_DATE, CREATED_AT, COUNTRY, IS_PAID, EMAIL, CARD_NUMBER FROM EVENTS',
  /** Five: a token, a date, a number, paths of a document, and what detectors find in free text. */
  detected:
    'SELECT ID, PRODUCT_ID, TOTAL, STATUS, CITY, EMAIL, BIRTH_DATE, CREDIT_LIMIT, PROFILE, BODY FROM EVENTS',
} as const;

type Kind = keyof typeof RESULTS;

const KINDS = Object.keys(RESULTS) as readonly Kind[];
const ENCODINGS = ['json', 'arrow'] as const satisfies readonly Encoding[];

/**
 * Large results of a scripted Snowflake account, through a relay and through a bare Node proxy in turn: rows a second against the
 * proxy's, in each encoding. And what a small statement of another session waits for while a large result passes, beside what it
 * waits for in the quiet.
 */
export async function stream(options: Partial<StreamOptions> = {}): Promise<Report> {
  const { rows, rounds } = { ...DEFAULTS, ...options };
  const { ways, relay, proxy, stop } = await startAccount(rows);
  try {
    const proxied = await openReader(ways.proxy);
    const relayed = await openReader(ways.relay);
    const beside = await openSmallStatements(ways.relay);
    const idleRssMb = memoryOf(relay, 'VmRSS');
    const took: Record<string, number[]> = {};
    const first: Record<string, number[]> = {};
    const worked: Record<string, number[]> = {};
    const bytes: Record<string, number> = {};
    const answered: Record<string, number> = {};
    const add = (to: Record<string, number[]>, name: string, value: number) =>
      void (to[name] ??= []).push(value);

    // The first round warms up, and the account makes its rows in it: it is left out.
    for (let round = -1; round < rounds; round += 1) {
      for (const kind of KINDS) {
        for (const encoding of ENCODINGS) {
          const name = `${kind}${encoding === 'json' ? 'Json' : 'Arrow'}`;
          const proxyBefore = processorMs(proxy);
          const straight = await proxied.read(RESULTS[kind], encoding);
          const proxyWorked = processorMs(proxy) - proxyBefore;
          const before = processorMs(relay);
          const through = await relayed.read(RESULTS[kind], encoding);
          check(kind, straight, through, rows);
          bytes[`${name}Bytes`] = straight.bytes;
          if (through.encoding !== encoding) answered[`${name}IsAnsweredInJson`] = 1;
          if (round < 0) continue;
          add(took, `${name}Proxy`, straight.ms);
          add(took, `${name}Relay`, through.ms);
          add(first, `${name}Proxy`, straight.firstMs);
          add(first, `${name}Relay`, through.firstMs);
          add(worked, `${name}Proxy`, proxyWorked);
          add(worked, `${name}Relay`, processorMs(relay) - before);
        }
        console.error(`stream: ${kind}, round ${round + 1} of ${rounds}`);
      }
    }
    const peakRssMb = memoryOf(relay, 'VmHWM');
    const driven = await withDrivers(ways, rows, rounds);

    const quiet = await beside.run(100);
    const large = relayed.read(RESULTS.masked, 'json');
    const busy = await beside.run(10_000, large);
    await large;
    await beside.close();

    const ms = (name: string) => percentile(took[name]!, 0.5);
    const ratio = (kind: Kind) =>
      Math.min(
        ...['Json', 'Arrow'].map((encoding) => ms(`${kind}${encoding}Proxy`) / ms(`${kind}${encoding}Relay`)),
      );
    const named = (of: Record<string, number[]>, suffix: string) =>
      Object.fromEntries(
        Object.entries(of).map(([name, each]) => [`${name}${suffix}`, percentile(each, 0.5)]),
      );
    return {
      name: 'stream',
      figures: {
        rows,
        columns: 10,
        ...named(took, 'Ms'),
        ...named(first, 'FirstRowMs'),
        ...named(worked, 'ProcessorMs'),
        ...Object.fromEntries(
          Object.entries(took)
            .filter(([name]) => name.endsWith('Relay'))
            .map(([name, each]) => [`${name}RowsPerSecond`, (rows / percentile(each, 0.5)) * 1_000]),
        ),
        ...bytes,
        ...answered,
        ...named(driven, 'Ms'),
        quietMedianMs: percentile(quiet, 0.5),
        quietP99Ms: percentile(quiet, 0.99),
        besideMedianMs: percentile(busy, 0.5),
        besideP99Ms: percentile(busy, 0.99),
        idleRssMb,
        peakRssMb,
      },
      ratios: {
        plainVsProxy: ratio('plain'),
        maskedVsProxy: ratio('masked'),
        detectedVsProxy: ratio('detected'),
        ...Object.fromEntries(
          Object.keys(driven)
            .filter((name) => name.endsWith('Relay'))
            .map((name) => name.slice(0, -'Relay'.length))
            .map((name) => [
              `${name}VsProxy`,
              percentile(driven[`${name}Proxy`]!, 0.5) / percentile(driven[`${name}Relay`]!, 0.5),
            ]),
        ),
        besideVsQuiet: percentile(busy, 0.5) / percentile(quiet, 0.5),
      },
    };
  } finally {
    await stop();
  }
}

/** The same results as drivers make values of them, by the proxy and by the relay in turn. Milliseconds. */
async function withDrivers(
  ways: { readonly proxy: Way; readonly relay: Way },
  rows: number,
  rounds: number,
): Promise<Record<string, number[]>> {
  const took: Record<string, number[]> = {};
  const drivers = {
    Node: { proxy: await openNodeDriver(ways.proxy), relay: await openNodeDriver(ways.relay) },
    Python: { proxy: openPythonConnector(ways.proxy), relay: openPythonConnector(ways.relay) },
  };
  for (const [driver, { proxy, relay }] of Object.entries(drivers)) {
    if (proxy === null || relay === null) continue;
    for (const kind of KINDS) {
      for (let round = -1; round < rounds; round += 1) {
        for (const [way, reader] of [['Proxy', proxy] as const, ['Relay', relay] as const]) {
          const read = await reader.read(RESULTS[kind]);
          if (read.rows !== rows)
            throw new Error(`the ${driver} driver has read ${read.rows} rows of ${rows}`);
          if (round >= 0) (took[`${kind}${driver}${way}`] ??= []).push(read.ms);
        }
      }
      console.error(`stream: ${kind} with the ${driver} driver`);
    }
    proxy.close();
    relay.close();
  }
  return took;
}

/** A result that is not whole, or not masked, is no measurement. */
function check(kind: Kind, straight: Fetched, through: Fetched, rows: number): void {
  if (straight.rows !== rows || through.rows !== rows)
    throw new Error(`${straight.rows} and ${through.rows} rows of ${rows}`);
  const address = 'customer.';
  if (kind !== 'plain' && (!straight.sample.includes(address) || through.sample.includes(address)))
    throw new Error(`the relay's ${through.encoding} rows are not masked`);
}
