import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GateWorld, startGate } from '../../../test/support/in-memory-gate.ts';
import type { SluiceError } from '../errors.ts';

let world: GateWorld;
beforeEach(async () => {
  world = await startGate();
});
afterEach(() => world.close());

const STAR = 'SELECT * FROM CUSTOMERS';
const codeOf = (run: Promise<unknown>) =>
  run.then(
    () => 'rows',
    (error: SluiceError) => error.code,
  );
const ran = () => world.journal.filter((step) => step === 'RUN').length;

/** Does something between a statement's decision and its run, as another session may. */
function onceDecided(doing: () => void): void {
  world.between.decided = doing;
}

describe('what runs is what was decided on, whatever another session changes in between', () => {
  beforeEach(() => {
    world.warehouse.table('SHOP.PUBLIC.CUSTOMERS', ['ID', 'NAME']);
    world.warehouse.answers.set(STAR, { columns: ['ID', 'NAME'], batches: [[['1', 'Ada']]] });
  });

  it.each([
    ['nothing', () => {}, 'rows'],
    ['another table', () => world.warehouse.table('SHOP.PUBLIC.OTHER', ['ID']), 'rows'],
    [
      'the same table, made anew as it was',
      () => world.warehouse.table('SHOP.PUBLIC.CUSTOMERS', ['ID', 'NAME']),
      'rows',
    ],
    [
      'a sensitive column in the place of another',
      () => world.warehouse.table('SHOP.PUBLIC.CUSTOMERS', ['ID', 'EMAIL']),
      'session_changed',
    ],
    [
      'a column more',
      () => world.warehouse.table('SHOP.PUBLIC.CUSTOMERS', ['ID', 'NAME', 'SSN']),
      'session_changed',
    ],
    [
      'a column fewer, which the statement needs',
      () => world.warehouse.table('SHOP.PUBLIC.CUSTOMERS', []),
      'session_changed',
    ],
    [
      'the policy, which refuses it now, with the table',
      () => {
        world.warehouse.table('SHOP.PUBLIC.CUSTOMERS', ['ID', 'NAME']);
        world.setPolicy('  - { name: frozen, effect: block, reason: closed, when: { kinds: [query] } }');
      },
      'session_changed',
    ],
    [
      'the policy, which asks about it now, with the table',
      () => {
        world.warehouse.table('SHOP.PUBLIC.CUSTOMERS', ['ID', 'NAME']);
        world.setPolicy(
          '  - { name: look, effect: ask, reason: so, approvers: owners, when: { kinds: [query] } }',
        );
      },
      'session_changed',
    ],
  ])('%s', async (_, doing, end) => {
    onceDecided(doing);
    expect(await codeOf(world.run(world.request(STAR)))).toBe(end);
    expect(ran()).toBe(end === 'rows' ? 1 : 0);
    expect(world.journal.includes('executed')).toBe(end === 'rows');
  });

  it('is not decided anew for what it does not use', async () => {
    const doing = (name: string) => () => world.warehouse.table(`SHOP.PUBLIC.${name}`, ['ID', 'NAME']);
    const loadsAfter = async (name: string) => {
      onceDecided(doing(name));
      world.warehouse.loads.length = 0;
      await world.run(world.request(STAR));
      return world.warehouse.loads;
    };
    const used = ['SHOP.PUBLIC.CUSTOMERS'];
    // Once to decide, and once before it runs; a third time to decide anew.
    expect(await loadsAfter('OTHER')).toEqual([used, used]);
    expect(await loadsAfter('CUSTOMERS')).toEqual([used, used, used]);
  });

  it('is looked at in every object that it uses', async () => {
    const sql = 'SELECT A.NAME FROM CUSTOMERS A JOIN ORDERS B ON A.ID = B.ID';
    for (const [name, columns] of [
      ['CUSTOMERS', ['ID', 'SSN']],
      ['ORDERS', ['STATUS']],
    ] as const) {
      onceDecided(() => world.warehouse.table(`SHOP.PUBLIC.${name}`, columns));
      expect(await codeOf(world.run(world.request(sql)))).toBe('session_changed');
      expect(world.journal).not.toContain('executed');
      world.warehouse.table('SHOP.PUBLIC.CUSTOMERS', ['ID', 'NAME']);
      world.warehouse.table('SHOP.PUBLIC.ORDERS', ['ID', 'STATUS']);
    }
  });

  it('is looked up nowhere when it uses nothing', async () => {
    await world.run(world.request('SELECT 1')).catch(() => {});
    expect(world.warehouse.loads.flat()).toEqual([]);
  });

  it('is told to whoever sent it, who may send it again', async () => {
    onceDecided(() => world.warehouse.table('SHOP.PUBLIC.CUSTOMERS', ['ID', 'EMAIL']));
    await expect(world.run(world.request(STAR))).rejects.toMatchObject({
      code: 'session_changed',
      advice: 'send the statement again',
    });
    expect(world.events.at(-1)).toMatchObject({ type: 'error', code: 'session_changed' });
  });
});
