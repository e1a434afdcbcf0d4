import { createRelayClient, type RelayClient } from '@sluice/contract';
import { type Demo, startDemo } from '@sluice/demo';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askForAccess, cancelAccess, listAccess, revokeAccess } from './access.ts';
import { approveCommand } from './approve.ts';
import { showPendingCommand } from './pending.ts';
import { runCli } from './cli.ts';

let demo: Demo;
let ada: RelayClient;
let grace: RelayClient;
beforeAll(async () => {
  demo = await startDemo({ customers: 10 });
  ada = createRelayClient({ url: demo.relay.url, token: await demo.tokenFor('ada') });
  grace = createRelayClient({ url: demo.relay.url, token: await demo.decidingTokenFor('grace') });
});
afterAll(() => demo.close());

const SQL = "UPDATE ORDERS SET STATUS = 'seen' WHERE ID = 3";
const order = (sql: string) => ({
  version: 1 as const,
  sql,
  purpose: 'ticket 4711, "urgently"',
  seconds: 1800,
  rows: 1,
  rowsInAll: 10,
});

async function terminal(
  command: (terminal: { print: (text: string) => void; width: null }) => Promise<unknown>,
): Promise<string> {
  const lines: string[] = [];
  await command({ print: (text) => void lines.push(text), width: null });
  return lines.join('\n');
}

it('asks, lists, cancels, approves for less, and takes back, at a terminal', async () => {
  const now = Date.now();
  const ask = (sql: string) =>
    terminal((to) => askForAccess(ada, { order: order(sql), json: false, now }, to));
  const list = () => terminal((to) => listAccess(ada, { json: false, now: Date.now() }, to));
  expect(await list()).toBe('there is no access, and none is asked for');
  const asked = await ask(SQL);
  expect(asked).toMatch(/^asked: [0-9a-f]{8}, 1 of data-leads, security must agree; in 60 min it expires\n/);
  const id = /^asked: (\w+)/.exec(asked)![1]!;
  expect(await list()).toContain(`${id}  asked for, in `);
  await terminal(({ print }) => cancelAccess(ada, { id, json: false }, print));
  expect(await list()).toBe('there is no access, and none is asked for');

  const again = /^asked: (\w+)/.exec(await ask(SQL))![1]!;
  const page = await terminal(({ print }) => showPendingCommand(grace, { id: again, json: false }, print));
  expect(page).toContain('ACCESS ASKED FOR AHEAD: no statement waits for you.');
  expect(page).toContain('Asked for, in their own words, for: "ticket 4711, \\"urgently\\""');
  const less = { id: again, comment: '', rows: 1, grantMinutes: 10, grantRows: 2, json: false };
  const approved = await terminal(({ print }) => approveCommand(grace, less, print));
  expect(approved).toContain(
    'Given: less than was asked for: at most 1 rows each, at most 2 rows in all, for 10 minutes',
  );
  expect(approved).toContain('approved: the access is given');
  const has = await list();
  expect(has).toMatch(/^[0-9a-f]{8} {2}given, in 10 min it ends, 2 rows left/);
  await terminal(({ print }) => revokeAccess(grace, { id: has.slice(0, 8), json: false }, print));
  expect(await list()).toBe('there is no access, and none is asked for');
});

it('says so when nobody has to be asked, and why when it is refused', async () => {
  const ask = (sql: string) =>
    terminal((to) => askForAccess(ada, { order: order(sql), json: false, now: 0 }, to));
  expect(await ask('SELECT EMAIL FROM CUSTOMERS')).toMatch(
    /^nothing to ask for: nobody is asked about this statement\nIt would run, and some of its result be masked/,
  );
  await expect(ask('DROP TABLE ORDERS')).rejects.toMatchObject({ code: 'blocked' });
});

it('takes whole numbers, hours and times', async () => {
  const given = ['access', 'ask', SQL, '--purpose', 'ticket 4711', '--url', demo.relay.url, '--token', 'x'];
  for (const wrong of [
    [],
    ['--rows', '0'],
    ['--rows', 'x'],
    ['--rows', '1', '--hours', '-1'],
    ['--rows', '1', '--from', 'soon'],
  ])
    expect(await runCli([...given, ...wrong])).toBe(2);
});
