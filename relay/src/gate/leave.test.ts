import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GateWorld, startGate } from '../../../test/support/in-memory-gate.ts';
import { SluiceError } from '../errors.ts';

let world: GateWorld;
beforeEach(async () => {
  world = await startGate();
});
afterEach(() => world.close());

const DELETE = 'DELETE FROM ORDERS WHERE ID = 5';
const codeOf = (run: Promise<unknown>) =>
  run.then(
    () => 'rows',
    (error: SluiceError) => error.code,
  );
const ran = () => world.journal.filter((step) => step === 'RUN').length;
const notices = () => world.events.flatMap((event) => (event.type === 'notice' ? [event.what] : []));

describe('what people let through is of the objects that they were shown', () => {
  /** A column more: the statement means the same, and another table is meant. */
  const alter = () => world.warehouse.table('SHOP.PUBLIC.ORDERS', ['ID', 'STATUS', 'X']);

  it('and not of those that took their place just before it runs', async () => {
    world.between.approved = alter;
    expect(await codeOf(world.run(world.request(DELETE)))).toBe('session_changed');
    expect(ran()).toBe(0);
  });

  it('whatever else has changed', async () => {
    world.approvals.onChange(() => world.warehouse.table('SHOP.PUBLIC.OTHER', ['ID']));
    expect(await codeOf(world.run(world.request(DELETE)))).toBe('rows');
  });
});

it('a grant that is taken back after a statement has taken its rows lets it not run', async () => {
  const grant = { mostRows: 4, grantSeconds: 600, grantRows: 10 };
  await world.run(world.request(DELETE), (id) => world.decide(id, 'approve', grant));
  const [given] = await world.grants.list(world.session.identity);
  const { use } = world.grants;
  let takenBack: Promise<void> | null = null;
  world.grants.use = async (tx, request) => {
    const used = await use(tx, request);
    // Its turn is right after this transaction.
    takenBack = world.store.transaction((tx) => tx.grants.revoke(given!.id, world.clock.now));
    return used;
  };
  const before = ran();
  expect(await codeOf(world.run(world.request(DELETE)))).toBe('approval_void');
  expect(takenBack).not.toBeNull();
  expect(ran()).toBe(before);
});

describe('the rows of a grant', () => {
  const left = async () => (await world.grants.list(world.session.identity)).map(({ rowsLeft }) => rowsLeft);
  beforeEach(async () => {
    const grant = { mostRows: 4, grantSeconds: 600, grantRows: 10 };
    await world.run(world.request(DELETE), (id) => world.decide(id, 'approve', grant));
  });

  it.each([
    ['one, when the warehouse refuses', new SluiceError('statement_failed', 'division by zero'), 9],
    [
      'all that it may hit, when nobody knows what it did',
      new SluiceError('warehouse_unavailable', 'down'),
      6,
    ],
    ['all that it may hit, when it was stopped midway', new SluiceError('statement_cancelled', 'stopped'), 6],
  ])('count %s', async (_, fault, rest) => {
    world.warehouse.faults.run = fault;
    expect(await codeOf(world.run(world.request(DELETE)))).toBe(fault.code);
    expect(await left()).toEqual([rest]);
  });

  it('are those that were returned, when a result breaks off', async () => {
    const batches = [[['a'], ['b'], ['c']]];
    const breaks = new SluiceError('warehouse_unavailable', 'down');
    world.warehouse.answers.set(DELETE, { columns: ['number of rows deleted'], batches, breaks });
    await codeOf(world.run(world.request(DELETE)));
    expect(await left()).toEqual([7]);
  });

  it('are taken before it runs: nothing runs when that cannot be recorded', async () => {
    world.faults.record = 'notice';
    const before = ran();
    expect(await codeOf(world.run(world.request(DELETE)))).toBe('record_unavailable');
    expect(ran()).toBe(before);
  });

  it('are told to the warehouse', async () => {
    const told: (number | null)[] = [];
    world.warehouse.faults.beforeRun = ({ changesAtMost }) => void told.push(changesAtMost);
    await world.run(world.request(DELETE));
    await world.run(world.request("UPDATE ORDERS SET STATUS = 'x' WHERE ID = 5"));
    await world.run(world.request('SELECT ID FROM CUSTOMERS')).catch(() => {});
    expect(told).toEqual([4, null, null]);
  });
});

describe('a warehouse that took a change back', () => {
  const exceed = (times: number) => {
    let left = times;
    world.warehouse.faults.beforeRun = ({ changesAtMost }) => {
      if (changesAtMost === null || left === 0) return;
      left -= 1;
      throw new SluiceError('rows_exceeded', 'too many');
    };
  };

  it('has it asked about anew, and run once', async () => {
    exceed(2);
    const asked: string[] = [];
    await world.run(world.request(DELETE), async (id) => {
      asked.push(id);
      await world.decide(id, 'approve', { mostRows: asked.length });
    });
    expect(new Set(asked).size).toBe(3);
    expect(notices()).toEqual(['rows_exceeded', 'rows_exceeded']);
    const once = 'approval_asked approval_decided approval_ended decision carry executed running RUN';
    expect(world.journal.join(' ')).toBe(
      `statement understanding decision ${once} notice decision ${once} notice decision ${once} result`,
    );
  });

  it.each([
    ['is denied', (id: string) => world.decide(id, 'deny'), 'approval_denied'],
    ['is refused by now', () => world.setPolicy(FROZEN), 'blocked'],
  ])('and ends when it %s', async (_, then, code) => {
    exceed(1);
    let asked = 0;
    const end = world.run(world.request(DELETE), async (id) => {
      asked += 1;
      if (asked === 1) return await world.decide(id, 'approve', { mostRows: 1 });
      await then(id);
      // Too late, where it has been denied.
      await world.decide(id, 'approve').catch(() => {});
    });
    expect(await codeOf(end)).toBe(code);
    expect(ran()).toBe(1);
  });

  it('does not go on under the grant that it went beyond', async () => {
    const grant = { mostRows: 4, grantSeconds: 600, grantRows: 10 };
    await world.run(world.request(DELETE), (id) => world.decide(id, 'approve', grant));
    exceed(1);
    let asked = 0;
    await world.run(world.request(DELETE), async (id) => {
      asked += 1;
      await world.decide(id, 'approve', { mostRows: 9 });
    });
    expect(asked).toBe(1);
    expect(await world.grants.list(world.session.identity)).toMatchObject([{ rowsLeft: 9 }]);
  });
});

const FROZEN = '  - { name: frozen, effect: block, reason: the books are closed, when: { kinds: [dml] } }\n';
