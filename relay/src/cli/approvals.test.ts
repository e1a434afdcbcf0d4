import { createRelayClient } from '@sluice/contract';
import { afterEach, expect, it } from 'vitest';
import { startApi } from '../../../test/support/start-api.ts';
import { ada, deleteRequest, holdNow } from '../approval/testing.ts';
import { approveCommand } from './approve.ts';
import { breakGlassCommand } from './break-glass.ts';
import { denyCommand } from './deny.ts';
import { unpainted } from './paint.ts';
import { pendingCommand, showPendingCommand } from './pending.ts';

let api: Awaited<ReturnType<typeof startApi>>;
afterEach(() => api.close());

const printed: string[] = [];
const print = (text: string) => void printed.push(text);
const terminal = { print, program: 'sluice', width: 80, paint: { printed: unpainted, noted: unpainted } };
/** Of the relay's clock, a request that is asked about expires ten minutes later. */
const NOW = Date.parse('2026-11-20T09:00:30Z');
afterEach(() => printed.splice(0));

it('lists, shows and approves from a terminal', async () => {
  api = await startApi();
  const relay = createRelayClient({ url: api.url, token: 'olga' });
  await pendingCommand(relay, { json: false, now: NOW }, terminal);
  const { id, outcome } = await holdNow(api, deleteRequest());
  await pendingCommand(relay, { json: false, now: NOW }, terminal);
  await showPendingCommand(relay, { id, json: false }, print);
  await approveCommand(
    relay,
    { id, comment: 'fine', rows: null, grantMinutes: null, grantRows: null, json: false },
    print,
  );
  expect(await outcome).toMatchObject({ outcome: 'approved' });
  expect(printed.slice(0, 2)).toEqual([
    'nothing waits for a decision',
    expect.stringMatching(/^a statement that the policy asks about waits here until/),
  ]);
  expect(printed[2]).toBe('so does access that somebody asks for ahead');
  expect(printed[3]).toBe('ID        KIND  EXPIRES    AGREED  RULE     WHO  WITH');
  expect(printed[4]).toBe(`${id.slice(0, 8)}  held  in 10 min  0 of 1  deletes  ada  copilot`);
  expect(printed[5]).toBe('  "DELETE FROM orders WHERE id = ?"');
  expect(printed[6]).toMatch(/^ {4}"ada" \(ada at id.example, in analysts\) through "copilot" deletes from/);
  expect(printed).toContain('    1 | DELETE FROM orders WHERE id = ?');
  expect(printed).toContain('Bind 1 (FIXED): "17"');
  expect(printed).toContain('approved: it may run now, once');
});

it('denies with a reason and a proposal that the agent reads', async () => {
  api = await startApi();
  const { id, outcome } = await holdNow(api, deleteRequest());
  const relay = createRelayClient({ url: api.url, token: 'olga' });
  await denyCommand(
    relay,
    { id, reason: 'too wide', propose: 'DELETE FROM orders WHERE false', json: false },
    print,
  );
  expect(await outcome).toMatchObject({ reason: 'too wide', proposal: 'DELETE FROM orders WHERE false' });
});

it('says what the relay said when it refuses', async () => {
  api = await startApi();
  const { id } = await holdNow(api, deleteRequest(ada, { approvers: ['analysts'] }));
  const own = approveCommand(
    createRelayClient({ url: api.url, token: 'ada' }),
    { id, comment: '', rows: null, grantMinutes: null, grantRows: null, json: false },
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
  await expect
    .poll(async () => await relay.approvals.read({ params: { id } }))
    .toMatchObject({ estimate: { rows: 2 } });
  const options = { id, comment: '', rows: null, grantMinutes: 10, grantRows: null, json: false };
  await expect(approveCommand(relay, { ...options, rows: 5 }, print)).rejects.toMatchObject({
    advice: 'give `--grant-rows`, too',
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
  const options = { id, comment: '', rows: null, grantMinutes: 10, grantRows: null, json: false };
  await expect(approveCommand(relay, options, print)).rejects.toMatchObject({ code: 'request_malformed' });
  await approveCommand(relay, { ...options, rows: 3, grantRows: 7 }, print);
  expect(await api.grants.list(ada)).toMatchObject([{ rows: 3, rowsInAll: 7 }]);
});

it('takes the beginning of an id, when it is of one request that waits', async () => {
  api = await startApi();
  const relay = createRelayClient({ url: api.url, token: 'olga' });
  const { id, outcome } = await holdNow(api, deleteRequest());
  const options = { comment: '', rows: null, grantMinutes: null, grantRows: null, json: true };
  // Fewer characters could be another request's, sent until its id begins so.
  const bad = [id.slice(0, 7), `${id.slice(0, 8)}'`, ''];
  for (const typed of bad) {
    await expect(approveCommand(relay, { id: typed, ...options }, print)).rejects.toThrow('is not an id');
  }
  await expect(approveCommand(relay, { id: '00000000', ...options }, print)).rejects.toMatchObject({
    message: 'no id of requests that wait begins with `00000000`',
    advice: 'see `sluice pending`',
  });
  const { approvals, ...listed } = await relay.approvals.list();
  const twins = {
    approvals: {
      ...relay.approvals,
      list: async () => ({ ...listed, approvals: [...approvals, ...approvals] }),
    },
  };
  await expect(approveCommand(twins, { id: id.slice(0, 8), ...options }, print)).rejects.toThrow(
    '2 of the requests that wait begin with',
  );
  await approveCommand(relay, { id: id.slice(0, 8).toUpperCase(), ...options }, print);
  expect(await outcome).toMatchObject({ outcome: 'approved' });
  expect(JSON.parse(printed.at(-1)!)).toMatchObject({ id, phase: 'approved' });
});

it.each([false, true])('opens break-glass for one text, and says until when; as JSON: %s', async (json) => {
  api = await startApi();
  const relay = createRelayClient({ url: api.url, token: 'ada' });
  await breakGlassCommand(
    relay,
    { order: { reason: 'the shop is down', sql: 'DELETE FROM t' }, json },
    print,
  );
  const [said = ''] = printed;
  const until = json ? (JSON.parse(said) as { until: string }).until : /until (\S+):/.exec(said)?.[1];
  expect(Date.parse(until ?? '')).toBeGreaterThan(0);
});
