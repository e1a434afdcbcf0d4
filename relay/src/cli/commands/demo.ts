import { type Command, InvalidArgumentError } from 'commander';
import { SluiceError } from '../../errors.ts';
import { revealed, shown, wordsShown } from '../../text/index.ts';
import { withDemo } from '../../with-demo.ts';
import type { Terminal } from '../terminal.ts';
import { claimPlace, type DemoPlace, findDemo, runningDemos } from '../demo-place.ts';
import type { Paint } from '../paint.ts';
import { portOption, requireFreePort } from '../port.ts';
import { onStop, stopped } from '../stopping.ts';
import { jsonLine } from '../terminal-text.ts';
import { tokensOf } from './relay-options.ts';

/** Long enough to try things for a day. Seconds. */
const TOKEN_SECONDS = 24 * 3_600;
const HOST = '127.0.0.1';

interface DemoFlags {
  readonly port: number;
  readonly customers: number;
  readonly data?: string;
}

export function demoCommands(program: Command, terminal: Terminal): void {
  const demo = program
    .command('demo')
    .description('run a relay with a made-up shop, a policy and people of its own')
    .option('--port <port>', 'where it listens; 0 for any free port', portOption, 8765)
    .option('--customers <number>', 'how large the shop is', shopSize, 100_000)
    .option('--data <folder>', 'keep its data there; by default it is deleted at the end')
    .action(async (options: DemoFlags) => await runDemo(options, terminal));

  demo
    .command('token')
    .description('print a token of a person of the running demo, for a driver or an agent')
    .argument('<person>', 'for example ada')
    .option('--decide', 'a token for deciding, which cannot run SQL')
    .option('--url <url>', 'which demo, if several are running')
    .action((person: string, { decide, url }: { decide?: true; url?: string }) => {
      terminal.print(tokensOf(findDemo(url), person)[decide === true ? 'decide' : 'run']);
    });

  demo
    .command('list')
    .description('list the running demos')
    .option('--json', 'one JSON object per line')
    .action(async ({ json }: { json?: true }) => {
      const demos = runningDemos();
      if (json === true) for (const one of demos) terminal.print(jsonLine(withoutTokens(one)));
      else if (demos.length === 0) terminal.print('no demo is running; start one with `npx sluice demo`');
      else for (const line of await demoTable(demos, terminal.paint.printed)) terminal.print(line);
    });
}

/** Runs until it is stopped, and leaves nothing behind. */
async function runDemo({ port, customers, data }: DemoFlags, { print, note }: Terminal): Promise<void> {
  const { startDemo } = await withDemo(() => import('@sluice/demo'));
  if (port !== 0) await requirePort(port);
  refuseSharedData(data);
  const place = claimPlace();
  // Writing to a closed terminal fails; that must not prevent the cleanup.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  process.once('exit', place.leave);
  const stopping = onStop(place.leave);
  try {
    print(`Filling a shop with ${customers.toLocaleString('en')} customers ...`);
    const demo = await startDemo({
      port,
      customers,
      data: data ?? place.data,
      log: (line) => note(line.trimEnd()),
    });
    try {
      const people = await Promise.all(
        demo.people.map(async ({ subject, groups }) => ({
          subject,
          groups: [...groups],
          tokens: {
            run: await demo.tokenFor(subject, TOKEN_SECONDS),
            decide: await demo.decidingTokenFor(subject, TOKEN_SECONDS),
          },
        })),
      );
      const at = { url: demo.relay.url, data: demo.data, startedAt: Date.now(), people };
      place.announce(at);
      print(welcome(at, demo.issuer, data === undefined));
      await stopped(stopping);
      print('Stopping ...');
    } finally {
      await demo.close();
    }
  } finally {
    place.leave();
    stopping.done();
  }
}

/** Refuses a port that is in use, and names the demo that listens on it, if it is one. */
async function requirePort(port: number): Promise<void> {
  await requireFreePort(HOST, port).catch((error: unknown) => {
    const other = runningDemos().find(({ url }) => new URL(url).port === String(port));
    if (other === undefined) throw error;
    throw new SluiceError('config_invalid', `a demo is running at \`${other.url}\` already`, {
      advice: 'use that one, or start another with `npx sluice demo --port 0`',
    });
  });
}

function refuseSharedData(data: string | undefined): void {
  const other = runningDemos().find((one) => one.data === data);
  if (other === undefined) return;
  throw new SluiceError('config_invalid', `the demo at \`${other.url}\` keeps its record there`, {
    advice: 'name another folder with --data',
  });
}

function welcome({ url, data, people }: DemoPlace, issuer: string, isTemporary: boolean): string {
  const all = people.map(({ subject, groups }) => `${subject} (${groups.join(', ')})`).join(', ');
  return `
The relay listens on   ${url}   (drivers, MCP at /mcp, and /api)
Decide in a browser at ${url}/console
Its issuer is          ${issuer}
Who can sign in        ${all}
Its record is in       ${data}${isTemporary ? ', until it stops' : ''}

Try, in another terminal:

  npx sluice sql --as ada "SELECT NAME, EMAIL, CARD_NUMBER FROM CUSTOMERS LIMIT 3"
  npx sluice sql --as ada "UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 1"
  npx sluice pending --as grace

Any Snowflake driver, with \`npx sluice demo token ada\` as its token; in Python:

  import snowflake.connector, subprocess
  token = subprocess.check_output("npx sluice demo token ada", shell=True, text=True).strip()
  connection = snowflake.connector.connect(account="sluice", host="${new URL(url).hostname}", port=${new URL(url).port},
      protocol="http", authenticator="oauth", token=token)
  print(connection.cursor().execute("SELECT NAME, EMAIL FROM CUSTOMERS LIMIT 3").fetchall())

Ctrl-C stops it.`;
}

async function demoTable(demos: readonly DemoPlace[], paint: Paint): Promise<readonly string[]> {
  const { tableLines } = await import('../table.ts');
  const columns = [
    { title: shown`URL` },
    { title: shown`SINCE` },
    { title: shown`PEOPLE` },
    { title: shown`DATA` },
  ];
  const rows = demos.map(({ url, startedAt, people, data }) => [
    revealed(url),
    revealed(new Date(startedAt).toISOString()),
    wordsShown(people.map(({ subject }) => subject)),
    revealed(data),
  ]);
  return tableLines(columns, rows, paint);
}

function withoutTokens({ people, ...place }: DemoPlace): object {
  return { ...place, people: people.map(({ subject, groups }) => ({ subject, groups })) };
}

/** Parses `--customers`. */
function shopSize(text: string): number {
  if (/^\d{1,8}$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('it is a whole number from 1 to 99999999.');
}
