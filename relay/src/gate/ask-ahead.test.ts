import type { AccessTerms } from '@sluice/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GateWorld, POLICY, startGate } from '../../../test/support/in-memory-gate.ts';
import { answer, owners } from '../approval/testing.ts';
import { isAccess } from '../approval/index.ts';
import type { AheadOrder } from './ask-ahead.ts';

const ASKABLE = POLICY.replace('grant_up_to: 10m', 'grant_up_to: 10m, access_up_to: 4h, grant_rows: 100');
const DELETE = 'DELETE FROM ORDERS WHERE ID = ?';

let world: GateWorld;
beforeEach(async () => {
  world = await startGate('', { policy: ASKABLE });
});
afterEach(() => world.close());

const restart = async (...given: Parameters<typeof startGate>) => {
  await world.close();
  world = await startGate(...given);
};

const terms: AccessTerms = {
  purpose: 'ticket 4711: placed twice',
  seconds: 3_600,
  from: null,
  rows: 2,
  rowsInAll: 6,
  program: { application: 'JDBC', protocol: 'snowflake', agent: 'copilot', tokenClient: null },
};

const orderOf = (sql: string, change: Partial<AheadOrder> = {}): AheadOrder => ({
  session: world.session,
  queryId: '6a0e3f3e-3a39-4b5e-9c0b-0a6f6f9c1a11',
  sql,
  bindTypes: { '1': 'FIXED' },
  terms,
  state: { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: 'ANALYST' },
  ...change,
});
const ask = (order: AheadOrder) => world.gate.askAhead(order, new AbortController().signal);
const waiting = async () => (await world.approvals.open()).filter(isAccess);

describe('what people would be asked about', () => {
  it('is asked about now, on the record, and nothing runs', async () => {
    const asked = await ask(orderOf(DELETE));
    if (asked.outcome !== 'asked') throw new Error('nobody was asked');
    const { request } = asked.approval;
    expect(request).toMatchObject({
      kind: 'access',
      sql: DELETE,
      bindTypes: { '1': 'FIXED' },
      terms,
      queryId: orderOf(DELETE).queryId,
      objects: [{ name: 'SHOP.PUBLIC.ORDERS', access: 'write' }],
      decision: { effect: 'ask', rule: 'change' },
      understanding: { kind: { name: 'delete' } },
    });
    // It is on the asker's own session, in the state that the program's sessions begin with.
    expect(request.session).toMatchObject({ id: world.session.id, client: world.session.client });
    expect(request.session.state).toMatchObject({ schema: 'PUBLIC', role: 'ANALYST' });
    expect(world.journal).toEqual(['understanding', 'decision', 'access_asked']);
    expect((await waiting()).map(({ id }) => id)).toEqual([asked.approval.id]);
    // The session that it was understood in is gone.
    expect(world.warehouse.counts).toMatchObject({ opened: 1, closed: 1 });
  });

  it('is understood as in a session that has just begun: nothing that was set before is in it', async () => {
    await world.run(world.request("SET T = 'ORDERS'"));
    const refused = ask(orderOf('DELETE FROM IDENTIFIER($T) WHERE ID = ?'));
    await expect(refused).rejects.toMatchObject({ rule: 'not-understood' });
    world.warehouse.table('SHOP.SCRATCH.ORDERS', ['ID']);
    const state = { ...orderOf('').state, schema: 'SCRATCH' };
    const asked = await ask(orderOf(DELETE, { state }));
    expect(asked).toMatchObject({
      approval: { request: { objects: [{ name: 'SHOP.SCRATCH.ORDERS' }], session: { state } } },
    });
  });

  it('is decided on as from the program that it is for', async () => {
    const rule = (agent: string) =>
      `  - { name: theirs, effect: block, reason: so, when: { kinds: [dml], agents: [${agent}] } }\n`;
    const program = { ...terms.program, agent: 'reporter' };
    world.setPolicy(rule('reporter'));
    const asked = ask(orderOf(DELETE, { terms: { ...terms, program } }));
    await expect(asked).rejects.toMatchObject({ rule: 'theirs' });
    world.setPolicy(rule('copilot'));
    expect(await ask(orderOf(DELETE, { terms: { ...terms, program } }))).toMatchObject({ outcome: 'asked' });
  });

  it('is for those who may run something', async () => {
    world.faults.revoked = true;
    await expect(ask(orderOf(DELETE))).rejects.toMatchObject({ code: 'identity_revoked' });
    world.faults.revoked = false;
    world.clock.now = world.session.expiresAt;
    await expect(ask(orderOf(DELETE))).rejects.toMatchObject({ code: 'session_ended' });
    expect(world.journal).toEqual([]);
  });

  it('is not lifted by break-glass', async () => {
    world.setPolicy(
      'break_glass: [{ name: incident, groups: [analysts], lifts: [ask], reveal: [pii.email] }]',
    );
    const sql = 'DELETE FROM ORDERS WHERE ID = 5';
    const order = { reason: 'the shop is down', database: 'SHOP', schema: 'PUBLIC', minutes: 10 };
    await world.openings.open(world.session.identity, { ...order, sql });
    expect(await ask(orderOf(sql, { bindTypes: {} }))).toMatchObject({ outcome: 'asked' });
  });

  it('is asked about as far as the policy lets it', async () => {
    const long = ask(orderOf(DELETE, { terms: { ...terms, seconds: 4 * 3_600 + 1 } }));
    await expect(long).rejects.toMatchObject({ code: 'access_not_for_asking' });
    await restart();
    await expect(ask(orderOf(DELETE))).rejects.toMatchObject({ code: 'access_not_for_asking' });
    expect(await waiting()).toEqual([]);
  });
});

describe('what nobody would be asked about', () => {
  it.each(['SELECT ID FROM CUSTOMERS', 'SELECT EMAIL FROM CUSTOMERS'])('is let through: %s', async (sql) => {
    const { outcome, ...rest } = await ask(orderOf(sql, { bindTypes: {} }));
    expect([outcome, rest]).toMatchObject([
      'allowed',
      { explanation: { decision: { rule: 'read' }, error: null, asks: null } },
    ]);
    expect(world.events).toMatchObject([{ type: 'notice', what: 'explained' }]);
  });

  it.each([
    ['DROP TABLE CUSTOMERS', 'keep'],
    ['SELEC 1', 'not-understood'],
  ])('is refused: %s', async (sql, rule) => {
    await expect(ask(orderOf(sql, { bindTypes: {} }))).rejects.toMatchObject({ rule });
    expect(world.events).toMatchObject([{ type: 'notice', what: 'explained', detail: { rule } }]);
  });
});

describe('there is a limit', () => {
  const other = (column: string) => `UPDATE ORDERS SET ${column} = ? WHERE ID = 1`;

  it('to what waits, together with statements that are held', async () => {
    await restart('', { policy: ASKABLE, limits: { identity: { held: 2 } } });
    await ask(orderOf(DELETE));
    const { id } = world.session.identity;
    const release = world.limits.held.take(id);
    await expect(ask(orderOf(other('STATUS')))).rejects.toMatchObject({ code: 'too_many_held' });
    release();
    await ask(orderOf(other('STATUS')));
    await expect(ask(orderOf(other('ID')))).rejects.toMatchObject({ code: 'too_many_held' });
    // It takes no place from what is held later.
    for (const free of [world.limits.held.take(id), world.limits.held.take(id)]) free();
    expect(await waiting()).toHaveLength(2);
  });

  it('to what is recorded: the text, twice, and what it means', async () => {
    const most = 3 * Buffer.byteLength(DELETE);
    await restart('', { policy: ASKABLE, limits: { identity: { recordedBytesPerHour: most + 1 } } });
    await ask(orderOf(DELETE));
    await ask(orderOf(other('STATUS')));
    await restart('', { policy: ASKABLE, limits: { identity: { recordedBytesPerHour: most } } });
    await ask(orderOf(DELETE));
    await expect(ask(orderOf(other('STATUS')))).rejects.toMatchObject({ code: 'record_allowance_used' });
    // No work is done for it then.
    expect(world.warehouse.counts.opened).toBe(1);
  });
});

describe('somebody who agrees', () => {
  const approve = async () => {
    const [found] = await waiting();
    const { id } = found!;
    const { binding } = await world.approvals.find(owners[0], id);
    const change = { mostRows: 2, grantSeconds: 3_600, grantRows: 6 };
    return await world.approvals.decide(owners[0], id, answer({ binding }, 'approve', change));
  };

  it('agrees to what it means now', async () => {
    await ask(orderOf(DELETE));
    expect(await approve()).toMatchObject({ state: { phase: 'granted' } });
  });

  it.each<[string, () => unknown]>([
    [
      'the policy refuses it by now',
      () => world.setPolicy('  - { name: no, effect: block, reason: closed, when: { kinds: [dml] } }'),
    ],
    ['its table is another one', () => world.warehouse.table('SHOP.PUBLIC.ORDERS', ['ID', 'STATUS', 'X'])],
  ])('does not agree once %s', async (_, change) => {
    await ask(orderOf(DELETE));
    change();
    await expect(approve()).rejects.toMatchObject({ code: 'approval_void' });
    expect(await waiting()).toEqual([]);
  });
});
