import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StatementRequest } from '../../relay/src/gate.ts';
import { owners } from '../../relay/src/approval/testing.ts';
import { type ShopGate, startShopGate } from './shop-gate.ts';

let gate: ShopGate;
beforeEach(async () => {
  gate = await startShopGate();
});
afterEach(() => gate.close());

const MOVE = "UPDATE CUSTOMERS SET CITY = 'Bonn' WHERE ID = 1";
const LOOK_UP = "SELECT NAME, CITY FROM CUSTOMERS WHERE EMAIL = 'ada@example.com'";
const DROP_ORDER = 'DELETE FROM ORDERS WHERE ID = 3';
const REFUND = "INSERT INTO ORDERS (ID, STATUS) VALUES (9001, 'returned')";
const MERGE =
  "MERGE INTO ORDERS USING SCRATCH.TODO T ON ORDERS.ID = T.ID WHEN MATCHED THEN UPDATE SET STATUS = 'paid'";

/** One statement, approved with a grant for statements like it. */
const grantFor = async (sql: string, more: Parameters<ShopGate['decide']>[2] = {}) => {
  const terms = { mostRows: 1, grantSeconds: 600, grantRows: 10, ...more };
  const first = await gate.send(sql, (id) => gate.decide(id, 'approve', terms));
  expect(first).toMatchObject({ end: 'rows', asked: 1 });
};
const shopRows = async () => [
  await gate.see('SELECT * FROM CUSTOMERS ORDER BY ID'),
  await gate.see('SELECT * FROM ORDERS ORDER BY ID'),
  await gate.see('SELECT * FROM SUPPORT_TICKETS ORDER BY ID'),
];
const usesOfGrants = () =>
  gate.events.filter((event) => event.type === 'notice' && event.what === 'grant_used').length;
const scratch = async (...statements: readonly string[]) => {
  for (const sql of statements) expect(await gate.send(sql)).toMatchObject({ end: 'rows', asked: 0 });
};

const number = (value: string) => ({ type: 'FIXED', value });

it.each<[string, string, Partial<StatementRequest>?]>([
  [MOVE, "UPDATE CUSTOMERS SET CITY = 'Köln' WHERE ID = 2"],
  [MOVE, "update customers /* like it */ set city = 'it''s'\n where id = 12 ;"],
  [
    MOVE,
    'UPDATE CUSTOMERS SET CITY = ? WHERE ID = ?',
    { binds: { '1': { type: 'TEXT', value: 'x' }, '2': number('5') } },
  ],
  [DROP_ORDER, 'DELETE FROM ORDERS WHERE ID = 4'],
  [REFUND, "INSERT INTO ORDERS (ID, STATUS) VALUES (9002, 'paid')"],
  [LOOK_UP, "SELECT NAME, CITY FROM CUSTOMERS WHERE EMAIL = 'grace@example.com'"],
])('%s: a grant lets %s through, unasked', async (given, like, change = {}) => {
  await grantFor(given);
  expect(await gate.send(gate.request(like, change))).toMatchObject({ end: 'rows', asked: 0 });
});

/** What an agent with a grant would try next. None of it is within. */
const beyond: readonly (readonly [what: string, given: string, attempt: string])[] = [
  ['another column, from a constant', MOVE, "UPDATE CUSTOMERS SET EMAIL = 'eve@example.com' WHERE ID = 1"],
  ['a column more, from a constant', MOVE, "UPDATE CUSTOMERS SET CITY = 'x', IBAN = 'DE00' WHERE ID = 1"],
  ['a column more, from a column', MOVE, 'UPDATE CUSTOMERS SET CITY = COUNTRY WHERE ID = 1'],
  [
    'other columns, on all rows',
    MOVE,
    "UPDATE CUSTOMERS SET EMAIL = 'x', IBAN = 'y', CREDIT_LIMIT = 9 WHERE ID >= 0",
  ],
  ['a range', MOVE, "UPDATE CUSTOMERS SET CITY = 'x' WHERE ID >= 1"],
  ['an alternative that always holds', MOVE, "UPDATE CUSTOMERS SET CITY = 'x' WHERE ID = 1 OR TRUE"],
  ['an alternative of constants', MOVE, "UPDATE CUSTOMERS SET CITY = 'x' WHERE ID = 1 OR 1 = 1"],
  ['a column compared with itself', MOVE, "UPDATE CUSTOMERS SET CITY = 'x' WHERE ID = ID"],
  ['a list', MOVE, "UPDATE CUSTOMERS SET CITY = 'x' WHERE ID IN (1, 2)"],
  ['a negation', MOVE, "UPDATE CUSTOMERS SET CITY = 'x' WHERE NOT ID = 1"],
  ['a comment that opens no comment', MOVE, "UPDATE CUSTOMERS SET CITY = 'x' WHERE ID = 1 --\n OR ID > 0"],
  ['a predicate by another column', MOVE, "UPDATE CUSTOMERS SET CITY = 'x' WHERE NAME = 'x'"],
  ['a predicate by a masked column', MOVE, "UPDATE CUSTOMERS SET CITY = 'x' WHERE EMAIL = 'x'"],
  [
    'a sub-select as the value',
    MOVE,
    'UPDATE CUSTOMERS SET CITY = (SELECT MAX(EMAIL) FROM CUSTOMERS) WHERE ID = 1',
  ],
  [
    'a sub-select in the predicate',
    MOVE,
    "UPDATE CUSTOMERS SET CITY = 'x' WHERE ID = (SELECT MAX(ID) FROM CUSTOMERS)",
  ],
  ['a second table', MOVE, "UPDATE CUSTOMERS SET CITY = 'x' FROM ORDERS WHERE CUSTOMERS.ID = 1"],
  ['another table', MOVE, "UPDATE ORDERS SET STATUS = 'x' WHERE ID = 1"],
  ['no WHERE', MOVE, "UPDATE CUSTOMERS SET CITY = 'x'"],
  [
    'a MERGE',
    MOVE,
    "MERGE INTO CUSTOMERS USING (SELECT 1 AS X) S ON CUSTOMERS.ID = S.X WHEN MATCHED THEN UPDATE SET CITY = 'x'",
  ],
  ['a DELETE', MOVE, 'DELETE FROM CUSTOMERS WHERE ID = 1'],
  ['a function around the value', MOVE, "UPDATE CUSTOMERS SET CITY = UPPER('x') WHERE ID = 1"],
  ['a variable in place of a constant', MOVE, "UPDATE CUSTOMERS SET CITY = 'x' WHERE ID = $ROW"],
  ['a text that runs', MOVE, "EXECUTE IMMEDIATE 'UPDATE CUSTOMERS SET CITY = ''x'' WHERE ID = 1'"],
  ['a block', MOVE, "BEGIN UPDATE CUSTOMERS SET CITY = 'x' WHERE ID = 1; END"],
  ['a quoted name of another column', MOVE, 'UPDATE CUSTOMERS SET "EMAIL" = \'x\' WHERE ID = 1'],
  ['more rows of values', REFUND, "INSERT INTO ORDERS (ID, STATUS) VALUES (9002, 'x'), (9003, 'y')"],
  ['other columns of the row', REFUND, 'INSERT INTO ORDERS (ID, TOTAL) VALUES (9002, 5)'],
  ['rows of a query', REFUND, 'INSERT INTO ORDERS (ID, STATUS) SELECT ID, EMAIL FROM CUSTOMERS'],
  [
    'a sub-select among the values',
    REFUND,
    'INSERT INTO ORDERS (ID, STATUS) VALUES (9002, (SELECT MAX(NAME) FROM CUSTOMERS))',
  ],
  ['all of it overwritten', REFUND, "INSERT OVERWRITE INTO ORDERS (ID, STATUS) VALUES (9002, 'x')"],
  ['rows found in another table', DROP_ORDER, 'DELETE FROM ORDERS USING CUSTOMERS WHERE ORDERS.ID = 3'],
  ['another table with the same columns', DROP_ORDER, 'DELETE FROM SUPPORT_TICKETS WHERE ID = 4'],
  ['an emptied table', DROP_ORDER, 'TRUNCATE TABLE ORDERS'],
  ['another look-up', LOOK_UP, "SELECT NAME, CITY FROM CUSTOMERS WHERE IBAN = 'DE00'"],
  ['a pattern', LOOK_UP, "SELECT NAME, CITY FROM CUSTOMERS WHERE EMAIL LIKE 'a%'"],
  ['the other rows', LOOK_UP, "SELECT NAME, CITY FROM CUSTOMERS WHERE EMAIL <> 'ada@example.com'"],
  [
    'more guesses at once',
    LOOK_UP,
    "SELECT NAME, CITY FROM CUSTOMERS WHERE EMAIL IN ('a@example.com', 'b@example.com')",
  ],
  [
    'an ordering by what is masked',
    LOOK_UP,
    "SELECT NAME, CITY FROM CUSTOMERS WHERE EMAIL = 'x' ORDER BY IBAN",
  ],
  [
    'a look-up that is kept',
    LOOK_UP,
    "CREATE TABLE SCRATCH.FOUND AS SELECT NAME, CITY FROM CUSTOMERS WHERE EMAIL = 'x'",
  ],
];

it.each(beyond)('%s is beyond a grant: %s', async (_, given, attempt) => {
  if (attempt.includes('$ROW')) await scratch('SET ROW = 1');
  await grantFor(given);
  const before = await shopRows();
  const outcome = await gate.send(attempt);
  expect(outcome.end).not.toBe('rows');
  expect(['approval_denied', 'blocked', 'statement_syntax']).toContain(outcome.end);
  expect(await shopRows()).toEqual(before);
  // Not even for a moment: nothing was run under it and taken back.
  expect(usesOfGrants()).toBe(0);
  // The grant itself is still there: it was not for lack of it.
  expect(await gate.send(given.replace('9001', '9010').replace('ID = 3', 'ID = 5'))).toMatchObject({
    asked: 0,
  });
});

describe('a grant is used by who it was given to', () => {
  const ada = () => gate.session;
  it.each<[string, () => StatementRequest['session']]>([
    ['by another agent', () => ({ ...ada(), client: { ...ada().client, agent: 'cursor' } })],
    ['by no agent', () => ({ ...ada(), client: { ...ada().client, agent: null } })],
    [
      'with another driver',
      () => ({ ...ada(), client: { ...ada().client, application: 'PythonConnector' } }),
    ],
    ['over another protocol', () => ({ ...ada(), client: { ...ada().client, protocol: 'mcp' } })],
    [
      'with a token of another client',
      () => ({ ...ada(), identity: { ...ada().identity, tokenClient: 'ci' } }),
    ],
    ['under another role', () => ({ ...ada(), state: { ...ada().state, role: 'ADMIN' } })],
    [
      'by somebody else',
      () => ({ ...ada(), identity: { ...ada().identity, ...pick(owners[1]), groups: ['analysts'] } }),
    ],
  ])('not %s', async (_, other) => {
    await grantFor(MOVE);
    const session = { ...other(), id: crypto.randomUUID() as StatementRequest['session']['id'] };
    expect(await gate.send(gate.request(MOVE, { session }))).toMatchObject({
      asked: 1,
      end: 'approval_denied',
    });
  });

  it('but in another session of theirs', async () => {
    await grantFor(MOVE);
    const session = { ...ada(), id: crypto.randomUUID() as StatementRequest['session']['id'] };
    expect(await gate.send(gate.request(MOVE, { session }))).toMatchObject({ asked: 0, end: 'rows' });
  });
});

function pick({ id, subject, name, person }: (typeof owners)[1]) {
  return { id, subject, name, person };
}

it('does not cover a statement that reads a temporary table in place of the one that was read', async () => {
  await scratch('CREATE TABLE SCRATCH.TODO AS SELECT 1 AS ID');
  await grantFor(MERGE);
  expect(await gate.send(MERGE)).toMatchObject({ end: 'rows', asked: 0 });
  await scratch('CREATE TEMPORARY TABLE SCRATCH.TODO AS SELECT 2 AS ID');
  expect(await gate.send(MERGE)).toMatchObject({ end: 'approval_denied', asked: 1 });
});

describe('the rows of a grant', () => {
  it('end: one after the other does not walk over the table', async () => {
    await grantFor(MOVE, { grantRows: 3 });
    const asked: number[] = [];
    for (let id = 2; id <= 6; id += 1) {
      const outcome = await gate.send(`UPDATE CUSTOMERS SET CITY = 'Ulm' WHERE ID = ${id}`);
      asked.push(outcome.asked);
    }
    expect(asked).toEqual([0, 0, 0, 1, 1]);
    expect(await gate.see("SELECT COUNT(*) FROM CUSTOMERS WHERE CITY = 'Ulm'")).toEqual([['3']]);
  });

  it('end with guesses that hit nothing, too', async () => {
    await grantFor(LOOK_UP, { grantRows: 3 });
    const guesses = await series(
      5,
      (n) => `SELECT NAME, CITY FROM CUSTOMERS WHERE EMAIL = 'guess${n}@example.com'`,
    );
    expect(guesses.map(({ asked }) => asked)).toEqual([0, 0, 0, 1, 1]);
  });

  it('are not shared by statements that are sent at once', async () => {
    await grantFor(MOVE, { grantRows: 4 });
    const outcomes = await Promise.all(
      Array.from({ length: 9 }, (_, index) => {
        const session = { ...gate.session, id: crypto.randomUUID() as StatementRequest['session']['id'] };
        return gate.send(
          gate.request(`UPDATE CUSTOMERS SET CITY = 'Ulm' WHERE ID = ${index + 2}`, { session }),
        );
      }),
    );
    expect(outcomes.filter(({ asked }) => asked === 0)).toHaveLength(4);
    expect(await gate.see("SELECT COUNT(*) FROM CUSTOMERS WHERE CITY = 'Ulm'")).toEqual([['4']]);
  });

  it('are counted on after a restart', async () => {
    await grantFor(MOVE, { grantRows: 2 });
    expect(await gate.send(MOVE)).toMatchObject({ asked: 0 });
    const { store, clock, shop } = gate;
    const next = await startShopGate({ store, clock, warehouse: shop });
    expect(await next.send(next.request(MOVE))).toMatchObject({ asked: 0, end: 'rows' });
    expect(await next.send(next.request(MOVE))).toMatchObject({ asked: 1 });
  });

  it('bound what one statement changes, whatever its predicate hits by then', async () => {
    await scratch('CREATE TABLE SCRATCH.TODO AS SELECT 1 AS ID');
    await grantFor(MERGE);
    await scratch('INSERT INTO SCRATCH.TODO SELECT ID FROM ORDERS WHERE ID BETWEEN 2 AND 20');
    const before = await shopRows();
    const outcome = await gate.send(MERGE, async (id) => {
      const { plain, estimate, summary } = await gate.view(id);
      expect(estimate?.rows).toBe(20);
      expect(plain.why).toContain('approved for 1 row, would have affected more, and was rolled back');
      expect(summary.mayChange).toEqual(['SHOP.SCRATCH.TODO']);
      await gate.decide(id, 'deny');
    });
    expect(outcome).toMatchObject({ asked: 1, end: 'approval_denied' });
    expect(await shopRows()).toEqual(before);
  });

  it('bound what one query returns', async () => {
    await scratch('CREATE TABLE SCRATCH.TODO AS SELECT 1 AS ID');
    const read = "SELECT NAME FROM CUSTOMERS WHERE EMAIL = 'x' OR ID IN (SELECT ID FROM SCRATCH.TODO)";
    await grantFor(read);
    await scratch('INSERT INTO SCRATCH.TODO VALUES (2), (3)');
    expect(await gate.send(read)).toMatchObject({ asked: 0, end: 'rows_exceeded', rows: [] });
  });

  it('bound all rows of an array bind together', async () => {
    await grantFor('UPDATE CUSTOMERS SET CITY = ? WHERE ID = ?'.replace('?', "'a'").replace('?', '1'));
    const binds = { '1': { type: 'TEXT', value: ['x', 'y'] }, '2': { type: 'FIXED', value: ['1', '2'] } };
    const request = gate.request('UPDATE CUSTOMERS SET CITY = ? WHERE ID = ?', { binds });
    const before = await shopRows();
    expect(await gate.send(request)).toMatchObject({ asked: 1, end: 'approval_denied' });
    expect(await shopRows()).toEqual(before);
  });
});

describe('a grant ends', () => {
  it.each<[string, () => unknown]>([
    ['with its time', () => (gate.clock.now += 600_000)],
    [
      'when it is taken back',
      async () => {
        const [grant] = await gate.grants.list(gate.olga);
        await gate.grants.revoke(gate.olga, grant!.id);
      },
    ],
    ['with its giver', () => gate.approvals.revoked(({ id }) => id === gate.olga.id)],
    ['with another policy', () => gate.setPolicy('# changed\n')],
    [
      'when its table is altered',
      async () => {
        await gate.see('ALTER TABLE CUSTOMERS ADD COLUMN NOTE VARCHAR');
      },
    ],
  ])('%s', async (_, end) => {
    await grantFor(MOVE);
    await end();
    expect(await gate.send(MOVE)).toMatchObject({ asked: 1 });
  });

  it('when a view that it reads is another one', async () => {
    await scratch('CREATE VIEW SCRATCH.V AS SELECT ID, CITY FROM PUBLIC.CUSTOMERS WHERE ID = 1');
    const update = "UPDATE ORDERS SET STATUS = 'x' WHERE ID IN (SELECT ID FROM SCRATCH.V)";
    await grantFor(update);
    await scratch('CREATE OR REPLACE VIEW SCRATCH.V AS SELECT ID, CITY FROM PUBLIC.CUSTOMERS WHERE ID = 2');
    expect(await gate.send(update)).toMatchObject({ asked: 1 });
  });

  it('when a name means another table', async () => {
    await grantFor(DROP_ORDER);
    await scratch('CREATE TABLE SCRATCH.ORDERS AS SELECT * FROM PUBLIC.ORDERS', 'USE SCHEMA SCRATCH');
    // That one is theirs; no grant is used for it.
    expect(await gate.send(DROP_ORDER)).toMatchObject({ asked: 0, end: 'rows' });
    expect(usesOfGrants()).toBe(0);
  });
});

it('is not used for what is only described, nor by several statements in one text', async () => {
  await grantFor(MOVE);
  await gate.send(gate.request(MOVE, { describeOnly: true }));
  expect((await gate.send(`${MOVE}; ${MOVE}`)).end).toBe('statement_count');
  const [grant] = await gate.grants.list(gate.olga);
  expect(grant?.rowsLeft).toBe(10);
});

it('is shown in words before it is given, without anybody’s values', async () => {
  await gate.send(MOVE, async (id) => {
    const { grant } = await gate.view(id);
    expect(grant).toEqual({
      covers: [
        'The same statement, with any value in the place of each ?: "UPDATE CUSTOMERS SET CITY = ? WHERE ID = ?"',
        'It changes SHOP.PUBLIC.CUSTOMERS (update of CITY).',
        'It uses SHOP.PUBLIC.CUSTOMERS.ID (equal, by =).',
        'Every statement may change or return at most 1 row each, and 10 in all; one that hits none counts as one.',
        'For "ada" (ada at id.example), with "JavaScript", by the agent "copilot", under the role ANALYST, for at most 3600 seconds.',
        'Anything else, and any change of these tables, of the policy or of the role, is asked about anew.',
      ],
      rows: 1,
      rowsInAll: 10,
      rowsUpTo: 50,
    });
    await gate.decide(id, 'deny');
  });
});

async function series(count: number, sqlOf: (index: number) => string) {
  const outcomes = [];
  for (let index = 0; index < count; index += 1) outcomes.push(await gate.send(sqlOf(index)));
  return outcomes;
}
