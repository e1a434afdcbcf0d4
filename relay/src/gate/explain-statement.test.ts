import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ExplainedWithin } from '../gate.ts';
import { type GateWorld, POLICY, startGate } from '../../../test/support/in-memory-gate.ts';

let world: GateWorld;
beforeEach(async () => {
  world = await startGate();
});
afterEach(() => world.close());

const explain = (sql: string, within: ExplainedWithin = {}) =>
  world.gate.explain(world.request(sql), within, new AbortController().signal);

const token = { output: 1, method: 'token', because: expect.any(String) };
const asked = expect.objectContaining({ approvers: ['owners'], needed: 1 });
const refused = expect.objectContaining({ code: 'blocked', rule: 'keep' });

it.each([
  ['allow', 'SELECT ID FROM CUSTOMERS', 'read', [], null, null],
  ['mask', 'SELECT ID, EMAIL FROM CUSTOMERS', 'read', [token], null, null],
  ['ask', 'DELETE FROM ORDERS WHERE ID = 5', 'change', [], asked, null],
  ['block', 'DROP TABLE CUSTOMERS', 'keep', [], null, refused],
])(
  'says that the policy would say %s, runs nothing, asks nobody and keeps a digest',
  async (effect, sql, rule, masks, asks, error) => {
    const told = await explain(sql);
    const { decision } = told;
    expect([decision.effect, decision.rule, decision.masks]).toEqual([effect, rule, masks]);
    expect(told.understanding).toMatchObject({ type: 'understanding', understood: true });
    expect([told.asks, told.error]).toEqual([asks, error]);
    expect(told.place).toMatchObject({ line: 1, start: decision.range.start });
    expect(world.events).toEqual([
      {
        type: 'notice',
        what: 'explained',
        detail: {
          sql: createHash('sha256').update(sql).digest('hex'),
          effect,
          rule,
          policyVersion: decision.policyVersion,
        },
      },
    ]);
    expect([world.journal, await world.approvals.open()]).toEqual([['notice'], []]);
  },
);

it('says what is done with columns beside returning them, and where', async () => {
  const { uses } = await explain("SELECT ID FROM CUSTOMERS\nWHERE NAME = 'x' ORDER BY SSN");
  expect(uses).toEqual([
    expect.objectContaining({ column: 'SHOP.PUBLIC.CUSTOMERS.NAME', as: 'equal', by: '=' }),
    expect.objectContaining({ column: 'SHOP.PUBLIC.CUSTOMERS.SSN', as: 'order' }),
  ]);
  expect(uses.map(({ place }) => [place.line, place.column])).toEqual([
    [2, 7],
    [2, 27],
  ]);
});

it('says of what is not understood what its client would be told', async () => {
  const { understanding, uses, error } = await explain('SELEC 1');
  expect([understanding.understood, uses, error]).toMatchObject([false, [], { code: 'statement_syntax' }]);
});

it('says every reason, each where it lies, and where each output is', async () => {
  const sql = "SELECT ID, EMAIL\nFROM CUSTOMERS WHERE EMAIL LIKE 'a%' ORDER BY SSN";
  const { decision, reasons, outputPlaces, state } = await explain(sql);
  expect([decision.effect, decision.rule]).toEqual(['block', 'uses']);
  const at = (text: string) => ({ start: sql.indexOf(text), end: sql.indexOf(text) + text.length });
  expect(reasons).toMatchObject([
    { effect: 'block', rule: 'uses', reason: expect.stringContaining('EMAIL'), place: { line: 2 } },
    { effect: 'block', rule: 'uses', reason: expect.stringContaining('SSN'), place: at('SSN') },
  ]);
  expect(reasons.map(({ advice }) => advice)).toEqual([expect.any(String), expect.any(String)]);
  expect(outputPlaces).toEqual([at('ID'), at('EMAIL')]);
  expect(state).toMatchObject({ database: 'SHOP', schema: 'PUBLIC' });
});

it('gives its own reason where that is the only one, and none for what runs unasked', async () => {
  const { decision, place, reasons } = await explain('DELETE FROM ORDERS WHERE ID = 5');
  const { effect, rule, reason } = decision;
  expect(reasons).toEqual([{ effect, rule, reason, place, advice: expect.stringContaining('leave it out') }]);
  expect((await explain('SELECT ID, EMAIL FROM CUSTOMERS')).reasons).toEqual([]);
});

it('gives no reason that names what the person may not know of, beside a rule’s own words', async () => {
  const base = POLICY.replaceAll("names: ['SHOP.*.*']", "names: ['SHOP.PUBLIC.CUSTOMERS']")
    .replace('kinds: [query, set, unset, show, describe]', 'kinds: [set, unset]')
    .replace(/.*name: (change|scratch).*\n( {4}.*\n)*/g, '')
    .replace(
      /.*name: keep.*/,
      '  - { name: keep, effect: block, reason: it stays, when: { uses: [{ tags: [pii.ssn] }] } }',
    );
  world.setPolicy('', base);
  const asking = "SELECT ID FROM CUSTOMERS WHERE SSN = '1' AND NAME IN (SELECT STATUS FROM ORDERS)";
  const { decision, reasons, error } = await explain(asking);
  expect(error?.advice).toContain('CUSTOMERS.SSN IS NULL');
  expect(error?.advice).not.toContain('ORDERS');
  expect([decision.rule, reasons.map(({ rule }) => rule)]).toEqual(['keep', ['keep']]);
  expect(JSON.stringify(reasons)).not.toContain('ORDERS');
  // What they do know of, it names.
  const known = await explain("SELECT ID FROM CUSTOMERS WHERE SSN = '1' ORDER BY EMAIL");
  expect(known.reasons.map(({ rule }) => rule)).toEqual(['keep', 'uses', 'uses']);
});

it('looks names up where it is told to, and leaves the session where it is', async () => {
  const moved = await explain('SELECT ID FROM CUSTOMERS', { schema: 'ELSEWHERE' });
  expect([moved.error?.code, moved.state.schema]).toEqual(['object_unknown', 'ELSEWHERE']);
  expect((await explain('SELECT ID FROM PUBLIC.CUSTOMERS', { schema: 'ELSEWHERE' })).error).toBeNull();
  expect((await explain('SELECT ID FROM CUSTOMERS', { database: 'NOWHERE' })).error?.code).toBe(
    'object_unknown',
  );
  const { error, state } = await explain('SELECT ID FROM CUSTOMERS');
  expect([error, state.database, state.schema]).toEqual([null, 'SHOP', 'PUBLIC']);
});

it('does not say what break-glass would let through', async () => {
  world.setPolicy('break_glass: [{ name: incident, groups: [analysts], lifts: [ask], reveal: [pii.email] }]');
  const sql = 'DELETE FROM ORDERS WHERE ID = 5';
  const { identity } = world.session;
  const order = { reason: 'the shop is down', database: 'SHOP', schema: 'PUBLIC', minutes: 10 };
  await world.openings.open(identity, { ...order, sql });
  expect((await explain(sql)).decision.effect).toBe('ask');
});

it('is for those who may run something, as long as it can be recorded', async () => {
  const sql = 'SELECT ID FROM CUSTOMERS';
  world.faults.record = 'notice';
  await expect(explain(sql)).rejects.toMatchObject({ code: 'record_unavailable' });
  world.faults.revoked = true;
  await expect(explain(sql)).rejects.toMatchObject({ code: 'identity_revoked' });
  world.faults.revoked = false;
  world.clock.now = world.session.expiresAt;
  await expect(explain(sql)).rejects.toMatchObject({ code: 'session_ended' });
});

it('counts as what is recorded, and is over when that is used up', async () => {
  await world.close();
  world = await startGate('', { limits: { identity: { recordedBytesPerHour: 1 } } });
  await explain('SELECT ID FROM CUSTOMERS');
  // Before any work is done for it.
  const loads = world.warehouse.loads.length;
  await expect(explain('SELECT ID FROM ORDERS')).rejects.toMatchObject({ code: 'record_allowance_used' });
  expect(world.warehouse.loads).toHaveLength(loads);
});
