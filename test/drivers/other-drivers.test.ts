import { execFile } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startDemo } from '@sluice/demo';
import { apiClient, nextPending } from '../support/api.ts';
import { conversation, POLLS } from './conversation.ts';
import { driversSee } from './drivers-see.ts';
import {
  clientProgram,
  type DriverProgram,
  goProgram,
  javaProgram,
  orSkip,
  pythonProgram,
} from './other-drivers.ts';
import { startScriptedRelay } from './scripted-relay.ts';

const run = promisify(execFile);

/** Milliseconds for a conversation, in which a statement is held twice. */
const PATIENCE = POLLS * 2_000 + 90_000;

interface Driver {
  readonly name: string;
  readonly open: () => Promise<DriverProgram>;
  /** What it sees that others see otherwise, of `conversation.ts`. */
  readonly scripted: object;
  /** The types of its own that an ID, a text and a date have at the shop. */
  readonly types: readonly [id: string, text: string, date: string, amount: string];
  readonly held: number;
  /** What it sees beside the others at the shop. */
  readonly shop?: object;
}

/** @param invalidToken - what the connector makes of the relay's 390303. */
const python = (name: string, open: Driver['open'], invalidToken = 390303): Driver => ({
  name,
  open,
  scripted: driversSee.python(invalidToken),
  types: ['int', 'str', 'date', 'Decimal'],
  shop: {
    mistakes: [
      [
        1003,
        '42000',
        expect.stringContaining("\nsyntax error line 1 at position 0 unexpected 'SELEC'.") as string,
      ],
      [2003, '42S02', "SQL compilation error:\nObject 'SHOP.PUBLIC.NOPE' does not exist or not authorized"],
      [904, '42000', "SQL compilation error: error line 2 at position 1\ninvalid identifier 'NOPE'"],
    ],
  },
  // Once synchronously, once asynchronously: no poll and no retry ran it again.
  held: 2,
});

const drivers: readonly Driver[] = [
  python('the Python connector', pythonProgram),
  python('the Python connector, version 4', () => clientProgram('connector-4', 'python/conversation.py')),
  python(
    'the Python connector, version 3',
    () => clientProgram('connector-3', 'python/conversation.py'),
    250001,
  ),
  {
    name: 'gosnowflake',
    open: goProgram,
    scripted: driversSee.go,
    types: ['FIXED', 'TEXT', 'DATE', 'FIXED'],
    held: 1,
  },
  {
    name: 'JDBC',
    open: javaProgram,
    scripted: driversSee.java,
    types: ['NUMBER', 'VARCHAR', 'DATE', 'NUMBER'],
    held: 1,
  },
];

describe.each(drivers)('$name', ({ open, scripted, types, held, shop = {} }) => {
  let program: DriverProgram;
  // Go compiles the driver here when its build cache was emptied.
  beforeAll(async () => void (program = await open()), 600_000);

  it('reads every type, waits, cancels, binds and fetches chunks', { timeout: PATIENCE }, async (test) => {
    const { command, args } = orSkip(program, test);
    const gate = conversation();
    const relay = await startScriptedRelay(gate.run, {
      options: { longPollMs: 500 },
      spool: { firstBytes: 64 * 1024, chunkBytes: 1024 * 1024 },
    });
    onTestFinished(() => relay.close());
    const asked = requests(gate.polled);
    const child = start(command, [...args, 'scripted', String(relay.port), 'ada-token']);
    gate.whenEndless(() => child.stdin.write('cancel\n'));
    const saw = await child.saw;
    expect(saw).toEqual({
      ...scripted,
      held: 'released',
      inserted: 1,
      insertedMany: 3,
      many: 200_000,
      manyInOrder: true,
    });
    await expect.poll(() => gate.cancelled.length).toBe(1);
    expect(gate.seen.filter(({ sql }) => sql === 'SELECT held')).toHaveLength(held);
    expect(asked.filter((url) => url.startsWith('/results/')).length, 'chunks').toBeGreaterThan(1);
    await test.annotate(String((saw as { driver: unknown }).driver), 'driver');
  });

  it('is masked, refused, approved and denied at the shop', { timeout: PATIENCE }, async (test) => {
    const { command, args } = orSkip(program, test);
    const demo = await startDemo({ customers: 200, logLevel: 'silent', longPollMs: 500 });
    onTestFinished(() => demo.close());
    const asked = requests();
    const child = start(command, [...args, 'shop', new URL(demo.relay.url).port, await demo.tokenFor('ada')]);
    const [, saw] = await Promise.all([
      decideTwice(demo.relay.url, await demo.decidingTokenFor('grace')),
      child.saw,
    ]);
    const [id, text, date, amount] = types;
    expect(saw).toEqual({
      masked: [
        '7',
        expect.stringMatching(/^[A-Z]\*+ \*+$/),
        expect.stringMatching(/^tok_/),
        expect.stringMatching(/^\*{12}\d{4}$/),
        expect.stringMatching(/^\d{4}-01-01$/),
        expect.stringMatching(/^\d+000(\.00)?$/),
      ],
      types: [id, text, text, text, date, amount],
      refused: [3001, '42501', expect.stringContaining('blocked by rule `uses`') as string],
      approved: 1,
      after: 'seen',
      denied: [3001, '42501', expect.stringContaining('keep that order') as string],
      many: 150_000,
      manyInOrder: true,
      files: [2, '1,one\n2,two\n'],
      ...shop,
    });
    expect(asked.filter((url) => url.startsWith('/results/')).length, 'chunks').toBeGreaterThan(1);
  });
});

/** Somebody else lets the UPDATE run, and not the DELETE. */
async function decideTwice(url: string, token: string): Promise<void> {
  const grace = apiClient(url, token);
  const update = await nextPending(grace);
  expect(update).toMatchObject({ rule: 'change-data', requester: { subject: 'ada' } });
  await grace.decide(update, 'approve', '');
  await grace.decide(await nextPending(grace), 'deny', 'keep that order');
}

/** Runs the program, and reads the one JSON object that it prints. */
function start(command: string, args: readonly string[]) {
  const running = run(command, args, {
    env: { ...process.env, NO_PROXY: '127.0.0.1' },
    timeout: PATIENCE,
  });
  const stdin = running.child.stdin!;
  // It may have ended by itself, and then says why.
  stdin.on('error', () => {});
  return { stdin, saw: running.then(({ stdout }) => JSON.parse(stdout) as unknown) };
}

/** The URLs that are asked for from now on, and a call for each poll: this process is the relay's too. */
function requests(polled: () => void = () => {}): readonly string[] {
  const urls: string[] = [];
  const listener = (message: unknown) => {
    const { url = '' } = (message as { readonly request: IncomingMessage }).request;
    urls.push(url);
    if (/^\/monitoring\/|\/result(\?|$)/.test(url)) polled();
  };
  subscribe('http.server.request.start', listener);
  onTestFinished(() => void unsubscribe('http.server.request.start', listener));
  return urls;
}
