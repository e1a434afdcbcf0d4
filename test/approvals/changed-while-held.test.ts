import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StatementRequest } from '../../relay/src/gate.ts';
import { type ShopGate, startShopGate } from './shop-gate.ts';

let gate: ShopGate;
beforeEach(async () => {
  gate = await startShopGate();
  await asThemselves(
    'CREATE TABLE SCRATCH.TODO AS SELECT 1 AS ID',
    'CREATE VIEW SCRATCH.OPEN AS SELECT ID FROM SCRATCH.TODO',
  );
});
afterEach(() => gate.close());

/** From another session of the requester's: what they may do unasked. */
async function asThemselves(...statements: readonly string[]): Promise<void> {
  const session = { ...gate.session, id: crypto.randomUUID() as StatementRequest['session']['id'] };
  for (const sql of statements) {
    expect(await gate.send(gate.request(sql, { session }))).toMatchObject({ end: 'rows', asked: 0 });
  }
}
const fill = () =>
  asThemselves('INSERT INTO SCRATCH.TODO SELECT ID FROM PUBLIC.ORDERS WHERE ID BETWEEN 2 AND 40');
const orders = () => gate.see('SELECT * FROM ORDERS ORDER BY ID');
const ran = () => gate.events.filter(({ type }) => type === 'executed').length;

/** One row, by what is in a table of the requester's own; and forty, once they have filled it. */
const statements: readonly (readonly [string, number])[] = [
  ["UPDATE ORDERS SET STATUS = 'lost' WHERE ID IN (SELECT ID FROM SCRATCH.TODO)", 40],
  ["UPDATE ORDERS SET STATUS = 'lost' FROM SCRATCH.TODO T WHERE ORDERS.ID = T.ID", 40],
  ["UPDATE ORDERS SET STATUS = 'lost' WHERE ID <= (SELECT COUNT(*) FROM SCRATCH.TODO)", 40],
  ["UPDATE ORDERS SET STATUS = 'lost' WHERE ID IN (SELECT ID FROM SCRATCH.OPEN)", 40],
  ['DELETE FROM ORDERS WHERE EXISTS (SELECT 1 FROM SCRATCH.TODO T WHERE T.ID = ORDERS.ID)', 40],
  ['DELETE FROM ORDERS USING SCRATCH.TODO T WHERE ORDERS.ID = T.ID', 40],
  ["INSERT INTO ORDERS (ID, STATUS) SELECT 5000 + ID, 'new' FROM SCRATCH.TODO", 40],
  [
    "MERGE INTO ORDERS USING SCRATCH.TODO T ON ORDERS.ID = T.ID WHEN MATCHED THEN UPDATE SET STATUS = 'lost'",
    40,
  ],
  [
    'MERGE INTO ORDERS USING SCRATCH.TODO T ON ORDERS.ID = 5000 + T.ID WHEN NOT MATCHED THEN INSERT (ID) VALUES (5000 + T.ID)',
    40,
  ],
  ["EXECUTE IMMEDIATE 'DELETE FROM ORDERS WHERE ID IN (SELECT ID FROM SCRATCH.TODO)'", 40],
];

describe.each(statements)('%s', (sql, rows) => {
  it('is asked anew, with the new number, when it would change more than was shown', async () => {
    const before = await orders();
    const seen: unknown[] = [];
    const outcome = await gate.send(sql, async (id, time) => {
      const { estimate, plain, summary } = await gate.view(id);
      seen.push({ rows: estimate?.rows, why: plain.why, there: await orders() });
      expect(summary.mayChange).toContain('SHOP.SCRATCH.TODO');
      expect(plain.rows).toContain('counted at 2026-11-20T09:00:00.000Z');
      if (time === 1) await fill();
      await gate.decide(id, time === 1 ? 'approve' : 'deny');
    });
    expect(outcome).toMatchObject({ end: 'approval_denied', asked: 2 });
    const why =
      'It was approved for 1 row, would have affected more, and was rolled back: nothing has changed';
    expect(seen).toEqual([
      { rows: 1, why: 'an owner agrees first', there: before },
      { rows, why: `an owner agrees first. ${why}`, there: before },
    ]);
    expect(await orders()).toEqual(before);
    expect(gate.events).toContainEqual(
      expect.objectContaining({
        type: 'notice',
        what: 'rows_exceeded',
        detail: expect.objectContaining({ rows: '1' }),
      }),
    );
  });

  it('runs once for what was agreed to in the end', async () => {
    const [before, rowsBefore] = [ran(), await orders()];
    const outcome = await gate.send(sql, async (id, time) => {
      await gate.view(id);
      if (time === 1) await fill();
      await gate.decide(id, 'approve');
    });
    expect(outcome).toMatchObject({ end: 'rows', asked: 2 });
    expect(await orders()).not.toEqual(rowsBefore);
    // The one that was taken back, and the one that was not; what filled the table besides.
    expect(ran() - before).toBeGreaterThanOrEqual(3);
    expect(
      gate.events.filter((event) => event.type === 'approval_ended' && event.how === 'approved'),
    ).toHaveLength(2);
  });
});

const UPDATE = statements[0]![0];

it('runs when fewer rows are hit than were shown', async () => {
  await asThemselves('INSERT INTO SCRATCH.TODO VALUES (2), (3)');
  const outcome = await gate.send(UPDATE, async (id) => {
    expect((await gate.view(id)).estimate?.rows).toBe(3);
    await asThemselves('DELETE FROM SCRATCH.TODO WHERE ID > 1');
    await gate.decide(id, 'approve');
  });
  expect(outcome).toMatchObject({ end: 'rows', asked: 1 });
});

it('is asked about as often as its data runs ahead', async () => {
  const outcome = await gate.send(UPDATE, async (id, time) => {
    await gate.view(id);
    await asThemselves(`INSERT INTO SCRATCH.TODO VALUES (${time + 1})`);
    await gate.decide(id, time < 4 ? 'approve' : 'deny');
  });
  expect(outcome).toMatchObject({ end: 'approval_denied', asked: 4 });
  expect(await gate.see("SELECT COUNT(*) FROM ORDERS WHERE STATUS = 'lost'")).toEqual([['0']]);
});

it('lets an approver say how many rows, fewer or more than were shown', async () => {
  const few = await gate.send(UPDATE, async (id, time) => {
    await gate.decide(id, time === 1 ? 'approve' : 'deny', time === 1 ? { mostRows: 0 } : {});
  });
  expect(few).toMatchObject({ end: 'approval_denied', asked: 2 });
  const more = await gate.send(UPDATE, async (id) => {
    await gate.view(id);
    await fill();
    await gate.decide(id, 'approve', { mostRows: 40 });
  });
  expect(more).toMatchObject({ end: 'rows', asked: 1 });
});

it('says plainly when the number is not known, and keeps to what the approver says then', async () => {
  // Whom it hits depends on a masked column: how many they are is not told unasked.
  const sql = "UPDATE CUSTOMERS SET CITY = 'x' WHERE EMAIL LIKE '%a%'";
  const before = await gate.see('SELECT * FROM CUSTOMERS ORDER BY ID');
  const outcome = await gate.send(sql, async (id, time) => {
    const { plain, estimate, grant } = await gate.view(id);
    expect(estimate).toMatchObject({ rows: null, note: expect.stringContaining('cannot be counted') });
    expect(plain.rows).toBe(
      'How many rows it would change is not known. Your approval is for any number of rows, unless you set a limit.',
    );
    expect(grant).toMatchObject({ rows: null, rowsInAll: null });
    await gate.decide(id, time === 1 ? 'approve' : 'deny', time === 1 ? { mostRows: 1 } : {});
  });
  expect(outcome).toMatchObject({ end: 'approval_denied', asked: 2 });
  expect(await gate.see('SELECT * FROM CUSTOMERS ORDER BY ID')).toEqual(before);
  expect(await gate.send(sql, (id) => gate.decide(id, 'approve'))).toMatchObject({ end: 'rows', asked: 1 });
});

it('asks nobody about its own questions', async () => {
  const asked = () => gate.events.filter(({ type }) => type === 'approval_asked').length;
  await gate.send("UPDATE CUSTOMERS SET CITY = 'x' WHERE EMAIL = 'y'", async (id) => {
    await gate.view(id);
    await gate.decide(id, 'deny');
  });
  expect(asked()).toBe(1);
});

it('stops the result of a query at what was shown', async () => {
  const sql = 'SELECT NAME FROM CUSTOMERS WHERE ID IN (SELECT ID FROM SCRATCH.TODO)';
  gate.setPolicy(
    "  - { name: names, effect: ask, reason: so, approvers: owners, when: { kinds: [select], agents: [copilot], objects: [{ names: ['*.PUBLIC.CUSTOMERS'] }] } }\n",
  );
  const outcome = await gate.send(sql, async (id) => {
    await gate.view(id);
    await fill();
    await gate.decide(id, 'approve', { mostRows: 1 });
  });
  expect(outcome).toMatchObject({ end: 'rows_exceeded', rows: [], asked: 1 });
});

it('is on the record: what was counted and when, before anybody decides', async () => {
  await gate.send(UPDATE, async (id) => {
    await gate.view(id);
    await gate.decide(id, 'deny');
  });
  const types = gate.events.map((event) => (event.type === 'notice' ? event.what : event.type));
  expect(types.indexOf('approval_estimated')).toBeLessThan(types.indexOf('approval_decided'));
  expect(gate.events.find((event) => event.type === 'notice')).toMatchObject({
    what: 'approval_estimated',
    detail: { rows: '1', at: '2026-11-20T09:00:00.000Z' },
  });
});

describe('in a transaction of the session', () => {
  it('leaves what came before it when it would change more, and goes on once it is agreed to', async () => {
    await gate.send('BEGIN');
    await gate.send('INSERT INTO SCRATCH.TODO VALUES (2)');
    const outcome = await gate.send(UPDATE, async (id, time) => {
      await gate.view(id);
      if (time === 1) await gate.send('INSERT INTO SCRATCH.TODO VALUES (3)');
      await gate.decide(id, 'approve');
    });
    expect(outcome).toMatchObject({ end: 'rows', asked: 2 });
    const lost = "SELECT COUNT(*) FROM ORDERS WHERE STATUS = 'lost'";
    expect(await gate.see(lost)).toEqual([['0']]);
    await gate.send('COMMIT');
    expect(await gate.see(lost)).toEqual([['3']]);
  });
});

describe('a restart while it is asked about anew', () => {
  it('goes on with that request, and an approval that was used up stays so', async () => {
    const { store, clock, shop } = gate;
    const request = gate.request(UPDATE);
    const { promise, resolve } = Promise.withResolvers<string>();
    const first = gate.send(request, async (id, time) => {
      if (time > 1) return resolve(id);
      await gate.view(id);
      await fill();
      await gate.decide(id, 'approve');
    });
    const second = await promise;
    gate.approvals.stop();
    expect(await first).toMatchObject({ end: 'relay_stopping', asked: 2 });

    const next = await startShopGate({ store, clock, warehouse: shop });
    expect((await next.approvals.held()).map(({ id }) => id)).toEqual([second]);
    // Under the second approval, which is for as many as were shown with it.
    const resumed = { ...request, resumed: true } as const;
    const outcome = await next.send(resumed, async (id) => {
      expect(id).toBe(second);
      await next.decide(id, 'approve', { mostRows: 40 });
    });
    expect(outcome).toMatchObject({ end: 'rows', asked: 1 });
    expect(await gate.see("SELECT COUNT(*) FROM ORDERS WHERE STATUS = 'lost'")).toEqual([['40']]);
    expect((await next.send(resumed)).end).toBe('approval_void');
  });
});

it.each(statements)(
  'is another when a temporary table has come before one that it names: %s',
  async (sql) => {
    // Sessions see their own temporary tables alone, in place of those that the approver knows of.
    const shadow = 'CREATE TEMPORARY TABLE SCRATCH.TODO AS SELECT 2 AS ID';
    const before = await orders();
    const outcome = await gate.send(sql, async (id) => {
      await gate.view(id);
      expect(await gate.send(shadow)).toMatchObject({ end: 'rows', asked: 0 });
      await gate.decide(id, 'approve');
    });
    expect(outcome).toMatchObject({ end: 'approval_void', asked: 1 });
    expect(await orders()).toEqual(before);
  },
);

describe('the session’s parameters', () => {
  const DELETE = "DELETE FROM ORDERS WHERE TO_VARCHAR(DATE_TRUNC('week', ORDER_DATE)) = '2024-01-01'";

  it.each([
    'ALTER SESSION SET WEEK_START = 7',
    "ALTER SESSION SET DATE_OUTPUT_FORMAT = 'YYYY-DD-MM'",
    "ALTER SESSION SET TIMEZONE = 'Asia/Tokyo'",
  ])('are those that it was approved under, or nothing runs: %s', async (sql) => {
    const before = await orders();
    const outcome = await gate.send(DELETE, async (id) => {
      expect((await gate.send(sql)).end).toBe('rows');
      await gate.decide(id, 'approve');
    });
    expect(outcome).toMatchObject({ end: 'approval_void', asked: 1 });
    expect(await orders()).toEqual(before);
  });

  it('that change no meaning are no reason to ask again', async () => {
    const outcome = await gate.send(DELETE, async (id) => {
      await gate.send("ALTER SESSION SET QUERY_TAG = 'x', ROWS_PER_RESULTSET = 5");
      await gate.decide(id, 'approve');
    });
    expect(outcome).toMatchObject({ end: 'rows', asked: 1 });
  });

  it('are shown to who decides, and a grant is for none of them', async () => {
    await gate.send('ALTER SESSION SET WEEK_START = 7');
    const outcome = await gate.send(DELETE, async (id) => {
      const { parameters, grant } = await gate.view(id);
      expect(parameters).toEqual([{ name: 'WEEK_START', value: '7' }]);
      expect(grant).toBeNull();
      await gate.decide(id, 'deny');
    });
    expect(outcome.end).toBe('approval_denied');
  });
});

describe('in an open transaction', () => {
  const CHANGE = "UPDATE ORDERS SET STATUS = 'lost' WHERE ID = 1";
  const status = async () => (await gate.see('SELECT STATUS FROM ORDERS WHERE ID = 1'))[0]![0];

  it('what was approved is of the transaction, and goes with it', async () => {
    const before = await status();
    await gate.send('BEGIN');
    expect(await gate.send(CHANGE, (id) => gate.decide(id, 'approve'))).toMatchObject({
      end: 'rows',
      asked: 1,
    });
    expect(await status()).toBe(before);
    await gate.send('ROLLBACK');
    expect(await status()).toBe(before);
  });

  it('what is held does not hold the others up, and runs by itself once the transaction has ended', async () => {
    await gate.send('BEGIN');
    await gate.send('INSERT INTO SCRATCH.TODO VALUES (77)');
    const outcome = await gate.send(CHANGE, async (id) => {
      expect((await gate.send('ROLLBACK')).end).toBe('rows');
      await gate.decide(id, 'approve');
    });
    expect(outcome).toMatchObject({ end: 'rows', asked: 1 });
    expect([await status(), await gate.see('SELECT ID FROM SCRATCH.TODO')]).toEqual(['lost', [['1']]]);
  });

  it('that DDL commits, the record says so', async () => {
    await gate.send('BEGIN');
    await gate.send('INSERT INTO SCRATCH.TODO VALUES (78)');
    await gate.send('CREATE TABLE SCRATCH.OTHER (A INT)');
    expect(gate.events).toContainEqual(
      expect.objectContaining({ type: 'notice', what: 'transaction_committed' }),
    );
    await gate.send('ROLLBACK');
    expect(await gate.see('SELECT ID FROM SCRATCH.TODO ORDER BY 1')).toEqual([['1'], ['78']]);
  });

  it('that the first change began, the record says so', async () => {
    await gate.send('ALTER SESSION SET AUTOCOMMIT = FALSE');
    await gate.send('INSERT INTO SCRATCH.TODO VALUES (79)');
    expect(gate.events).toContainEqual(
      expect.objectContaining({ type: 'notice', what: 'transaction_begun' }),
    );
    expect(await gate.see('SELECT ID FROM SCRATCH.TODO')).toEqual([['1']]);
    await gate.send('COMMIT');
    expect(await gate.see('SELECT ID FROM SCRATCH.TODO ORDER BY 1')).toEqual([['1'], ['79']]);
  });
});
