import { createRelayClient } from '@sluice/contract';
import { afterEach, expect, it } from 'vitest';
import { startApi } from '../../../test/support/start-api.ts';
import { ada, deleteRequest, holdNow } from '../approval/testing.ts';
import { approveCommand } from './approve.ts';
import { denyCommand } from './deny.ts';
import { pendingCommand, showPendingCommand } from './pending.ts';

let api: Awaited<ReturnType<typeof startApi>>;
afterEach(() => api.close());

const printed: string[] = [];
const print = (text: string) => void printed.push(text);
afterEach(() => printed.splice(0));

it('lists, shows and approves from a terminal', async () => {
  api = await startApi();
  const relay = createRelayClient({ url: api.url, token: 'olga' });
  await pendingCommand(relay, { json: false }, print);
  const { id, outcome } = await holdNow(api, deleteRequest());
  await pendingCommand(relay, { json: false }, print);
  await showPendingCommand(relay, { id, json: false }, print);
  await approveCommand(
    relay,
    { id, comment: 'fine', rows: null, grantMinutes: null, grantRows: null },
    print,
  );
  expect(await outcome).toMatchObject({ outcome: 'approved' });
  expect(printed[0]).toBe('nothing waits for a decision');
  expect(printed[1]).toBe(`${id}  0 of 1 approvals  until 2026-11-20 09:10 UTC  rule deletes`);
  expect(printed[2]).toMatch(/^ {2}"ada" \(ada at id.example, in analysts\) through "copilot" deletes from/);
  expect(printed).toContain('    1 | DELETE FROM orders WHERE id = ?');
  expect(printed).toContain('Bind 1 (FIXED): "17"');
  expect(printed.at(-1)).toBe('approved: it may run now');
});

it('denies with a reason and a proposal that the agent reads', async () => {
  api = await startApi();
  const { id, outcome } = await holdNow(api, deleteRequest());
  const relay = createRelayClient({ url: api.url, token: 'olga' });
  await denyCommand(relay, { id, reason: 'too wide', propose: 'DELETE FROM orders WHERE false' }, print);
  expect(await outcome).toMatchObject({ reason: 'too wide', proposal: 'DELETE FROM orders WHERE false' });
});

it('says what the relay said when it refuses', async () => {
  api = await startApi();
  const { id } = await holdNow(api, deleteRequest(ada, { approvers: ['analysts'] }));
  const own = approveCommand(
    createRelayClient({ url: api.url, token: 'ada' }),
    { id, comment: '', rows: null, grantMinutes: null, grantRows: null },
    print,
  );
  await expect(own).rejects.toThrow('nobody may decide on their own request');
  await expect(createRelayClient({ url: api.url, token: 'x' }).approvals.list()).rejects.toThrow(
    'the token is not valid',
  );
  await expect(createRelayClient({ url: 'http://127.0.0.1:1', token: 'x' }).approvals.list()).rejects.toThrow(
    'does not answer',
  );
});

it('lets no text of an agent drive the terminal', async () => {
  api = await startApi();
  const sql = 'DELETE FROM orders WHERE id = ? /* \u001b[2J\u001b[1;1H\u202e fine */';
  const { id } = await holdNow(api, { ...deleteRequest(), sql });
  await showPendingCommand(createRelayClient({ url: api.url, token: 'olga' }), { id, json: false }, print);
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  expect(printed.join('')).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/);
  expect(printed.join('\n')).toContain('WHERE id = ?');
});

it('prints what a grant covers, and gives what it printed', async () => {
  const estimate = async () => ({ rows: 2, bytes: null, partitions: null, note: '', at: 0 });
  api = await startApi({ estimate });
  const relay = createRelayClient({ url: api.url, token: 'olga' });
  const { id } = await holdNow(api, deleteRequest(ada, { grantUpToSeconds: 600 }));
  await expect.poll(async () => (await relay.approvals.read({ params: { id } })).estimate).not.toBeNull();
  const options = { id, comment: '', rows: null, grantMinutes: 10, grantRows: null };
  await expect(approveCommand(relay, { ...options, rows: 5 }, print)).rejects.toMatchObject({
    advice: 'say `--grant-rows`, too',
  });
  await approveCommand(relay, options, print);
  expect(printed.join('\n')).toContain('It changes SHOP.PUBLIC.ORDERS (delete of whole rows).');
  expect(printed).toContain('Given: at most 2 rows each and 20 in all, for 10 minutes');
  expect(await api.grants.list(ada)).toMatchObject([{ rows: 2, rowsInAll: 20 }]);
});

it('gives no grant for a number of rows that nobody knows or says', async () => {
  api = await startApi();
  const relay = createRelayClient({ url: api.url, token: 'olga' });
  const { id } = await holdNow(api, deleteRequest(ada, { grantUpToSeconds: 600 }));
  const options = { id, comment: '', rows: null, grantMinutes: 10, grantRows: null };
  await expect(approveCommand(relay, options, print)).rejects.toMatchObject({ code: 'request_malformed' });
  await approveCommand(relay, { ...options, rows: 3, grantRows: 7 }, print);
  expect(await api.grants.list(ada)).toMatchObject([{ rows: 3, rowsInAll: 7 }]);
});
