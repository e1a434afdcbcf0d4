import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GateWorld, POLICY, policyOf, startGate } from '../../../test/support/in-memory-gate.ts';
import { ada } from '../approval/testing.ts';
import type { Somebody } from '../gate.ts';

const CUSTOMERS = { database: 'SHOP', schema: 'PUBLIC', name: 'CUSTOMERS' };
const { signal } = new AbortController();

let world: GateWorld;
beforeEach(async () => {
  world = await startGate();
  world.warehouse.listed.push('CUSTOMERS', 'ORDERS');
});
afterEach(() => world.close());

const somebody: Somebody = { person: ada, client: { application: 'api', protocol: 'api', agent: 'copilot' } };
const newId = () => randomUUID();

describe('what somebody may do', () => {
  const ask = <Done>(
    work: Parameters<typeof world.gate.asSomebody<Done>>[2],
    change: Partial<Parameters<typeof world.gate.asSomebody>[1]> = {},
    who = somebody,
  ) => world.gate.asSomebody(who, { newId, ...change }, work, signal);

  it('is what the policy says of an object, column by column, and by which rules', async () => {
    world.setPolicy(
      "  - { name: support, effect: mask, when: { groups: [analysts], objects: [{ access: [read], names: ['SHOP.*.*'] }] }, masks: { pii.ssn: { method: 'null' } } }\n",
    );
    const found = await ask(async (access) => await access.object(CUSTOMERS));
    expect(found).toMatchObject({ name: CUSTOMERS, type: 'table', decision: { effect: 'mask' } });
    expect(
      found?.columns.map(({ name, tags, mask, rules }) => [name, tags.length, mask?.method, rules]),
    ).toEqual([
      ['ID', 0, undefined, []],
      ['NAME', 0, undefined, []],
      ['EMAIL', 1, 'token', []],
      ['SSN', 1, 'null', ['support']],
    ]);
    expect(await ask(async (access) => await access.object({ ...CUSTOMERS, name: 'NONE' }))).toBeNull();
  });

  it('is all that they may reach, in order', async () => {
    const page = await ask(async (access) => await access.objects({ after: null, most: 5 }));
    expect(page.objects.map(({ name }) => name.name)).toEqual(['CUSTOMERS', 'ORDERS']);
    expect(page.next).toBeNull();
    // Dropped since it was listed.
    world.warehouse.listed.push('PHANTOM');
    const again = await ask(async (access) => await access.objects({ after: null, most: 5 }));
    expect(again.objects).toHaveLength(2);
    const nobody = POLICY.replaceAll("names: ['SHOP.*.*']", "names: ['OTHER.*.*']")
      .replaceAll("names: ['SHOP.SCRATCH.*']", "names: ['OTHER.SCRATCH.*']")
      .replace('kinds: [query, set, unset, show, describe]', 'kinds: [set]')
      .replace(/.*name: change.*\n/, '');
    world.setPolicy('', nobody);
    const none = await ask(async (access) => await access.objects({ after: null, most: 5 }));
    expect(none.objects).toEqual([]);
  });

  it('is what a statement of theirs would come to; nothing runs, and nothing is asked or recorded', async () => {
    const explain = async (sql: string) =>
      (await ask(async (access) => await access.statement(sql))).decision;
    expect(await explain('SELECT EMAIL FROM CUSTOMERS')).toMatchObject({ effect: 'mask', rule: 'read' });
    expect(await explain('DELETE FROM ORDERS WHERE ID = 5')).toMatchObject({ effect: 'ask', rule: 'change' });
    expect(await explain('DROP TABLE ORDERS')).toMatchObject({ effect: 'block', rule: 'keep' });
    expect(world.journal).toEqual([]);
    // Each in a session of its own, which is gone.
    expect(world.warehouse.counts).toMatchObject({ opened: 3, closed: 3 });
  });

  it('is not what they have opened by break-glass', async () => {
    world.setPolicy(
      'break_glass: [{ name: incident, groups: [analysts], lifts: [ask], reveal: [pii.email] }]',
    );
    const sql = 'DELETE FROM ORDERS WHERE ID = 5';
    await world.openings.open(ada, { reason: 'down', sql, minutes: 10, database: 'SHOP', schema: 'PUBLIC' });
    const { decision } = await ask(async (access) => await access.statement(sql));
    expect(decision.effect).toBe('ask');
  });

  it('is as a draft says, where there is one', async () => {
    const policy = policyOf('  - { name: shut, effect: block, reason: so, when: { kinds: [query] } }\n');
    const explain = async (change: object) =>
      (await ask(async (access) => await access.statement('SELECT ID FROM ORDERS'), change)).decision.rule;
    expect([await explain({ policy }), await explain({})]).toEqual(['shut', 'read']);
  });

  it('is theirs, and their program’s', async () => {
    const rule = (when: string) => `  - { name: theirs, effect: block, reason: so, when: { ${when} } }\n`;
    const rules = ['groups: [analysts]', 'agents: [copilot]'];
    const seen: string[] = [];
    for (const when of rules) {
      world.setPolicy(rule(when));
      const { decision } = await ask(async (access) => await access.statement('SELECT ID FROM ORDERS'));
      seen.push(decision.rule);
    }
    expect(seen).toEqual(['theirs', 'theirs']);
    world.setPolicy(rule('groups: [leads]'));
    const { decision } = await ask(async (access) => await access.statement('SELECT ID FROM ORDERS'));
    expect(decision.rule).toBe('read');
  });
});

describe('the catalog for whoever looks after the policy', () => {
  it('is all that there is, with its tags and the rules that name it', async () => {
    world.setPolicy(
      "  - { name: mine, effect: block, reason: so, when: { objects: [{ names: ['SHOP.PUBLIC.ORDERS'] }] } }\n",
    );
    const { objects, next } = await world.gate.lookOver(
      async (overview) => await overview.covered({ after: null, most: 5 }),
      signal,
    );
    expect(next).toBeNull();
    expect(
      objects.map(({ name, type, columns }) => [name.name, type, columns.map(({ tags }) => tags)]),
    ).toEqual([
      ['CUSTOMERS', 'table', [[], [], [{ tag: 'pii.email' }], [{ tag: 'pii.ssn' }]]],
      ['ORDERS', 'table', [[], []]],
    ]);
    expect(objects[1]?.rules).toContain('mine');
    expect(objects[0]?.rules).not.toContain('mine');
    expect(world.warehouse.counts).toMatchObject({ opened: 1, closed: 1 });
  });

  it('has no functions, and nothing that was dropped since; of nothing it asks nothing', async () => {
    world.warehouse.listed.push('PHANTOM', 'F');
    const name = { ...CUSTOMERS, name: 'F' };
    world.warehouse.add({ type: 'function', name, version: '1', overloads: [] } as never);
    const covered = async () =>
      await world.gate.lookOver(async (overview) => await overview.covered({ after: null, most: 9 }), signal);
    expect((await covered()).objects.map(({ name }) => name.name)).toEqual(['CUSTOMERS', 'ORDERS']);
    world.warehouse.listed.length = 0;
    world.warehouse.loads.length = 0;
    expect(await covered()).toEqual({ objects: [], next: null });
    expect(world.warehouse.loads).toEqual([]);
  });

  it('says what a text means with it, unless that is too long to be read here', async () => {
    const understand = async (sql: string) =>
      await world.gate.lookOver(
        async (overview) => await overview.understand(sql, { database: 'SHOP', schema: 'PUBLIC' } as never),
        signal,
      );
    const sql = 'SELECT EMAIL FROM CUSTOMERS';
    expect(await understand(sql)).toMatchObject([{ understood: true, outputs: [{ name: 'EMAIL' }] }]);
    expect(await understand('SELEC')).toMatchObject([{ understood: false }]);
    const padded = (length: number) => sql + ' '.repeat(length - sql.length);
    expect(await understand(padded(16 * 1_024))).toHaveLength(1);
    expect(await understand(padded(16 * 1_024 + 1))).toEqual([]);
  });
});
