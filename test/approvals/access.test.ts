import { randomUUID } from 'node:crypto';
import type { AccessTerms } from '@sluice/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AheadOrder } from '../../relay/src/gate.ts';
import { ada, person } from '../../relay/src/approval/testing.ts';
import { type ShopGate, startShopGate } from './shop-gate.ts';

let gate: ShopGate;
beforeEach(async () => {
  gate = await startShopGate();
});
afterEach(() => gate.close());

const MOVE = "UPDATE CUSTOMERS SET CITY = 'Bonn' WHERE ID = 1";
const LIKE_IT = "UPDATE CUSTOMERS SET CITY = 'Ulm' WHERE ID = 2";

/** As the program that the session is of would need it. */
const order = (
  sql: string,
  terms: Partial<AccessTerms> = {},
  more: Partial<AheadOrder> = {},
): AheadOrder => ({
  session: gate.session,
  queryId: randomUUID(),
  sql,
  bindTypes: {},
  terms: {
    purpose: 'ticket 4711: people who have moved',
    seconds: 3600,
    from: null,
    rows: 1,
    rowsInAll: 5,
    program: { application: 'JavaScript', protocol: 'snowflake', agent: 'copilot', tokenClient: null },
    ...terms,
  },
  state: gate.session.state,
  ...more,
});
const ask = async (...given: Parameters<typeof order>) =>
  await gate.gate.askAhead(order(...given), new AbortController().signal);
/** The id of the request; fails when nobody is asked. */
const asked = async (...given: Parameters<typeof order>) => {
  const answer = await ask(...given);
  if (answer.outcome !== 'asked') throw new Error('nobody is asked');
  return answer.approval.id;
};
const given = async (...order: Parameters<typeof asked>) =>
  await gate.decide(await asked(...order), 'approve');
const codeOf = async (work: Promise<unknown>) =>
  await work.then(
    () => null,
    (error: { code: string }) => error.code,
  );
const scratch = async (...statements: readonly string[]) => {
  for (const sql of statements) expect(await gate.send(sql)).toMatchObject({ end: 'rows', asked: 0 });
};
const runs = () => gate.journal.filter((what) => what === 'RUN' || what === 'executed').length;

describe('access ahead', () => {
  it('lets statements of the shape run unasked, and nothing of the example', async () => {
    const before = await gate.see('SELECT ID, CITY FROM CUSTOMERS ORDER BY ID');
    await given(MOVE);
    // Nothing has run for it: neither the example nor a count of its rows.
    expect(await gate.see('SELECT ID, CITY FROM CUSTOMERS ORDER BY ID')).toEqual(before);
    expect(runs()).toBe(0);
    expect(await gate.send(LIKE_IT)).toMatchObject({ end: 'rows', asked: 0 });
    expect(await gate.see('SELECT CITY FROM CUSTOMERS WHERE ID = 2')).toEqual([['Ulm']]);
    const bind = { '1': { type: 'TEXT', value: 'Jena' }, '2': { type: 'FIXED', value: '3' } };
    const bound = gate.request('UPDATE CUSTOMERS SET CITY = ? WHERE ID = ?', { binds: bind });
    expect(await gate.send(bound)).toMatchObject({ end: 'rows', asked: 0 });
  });

  it('lets nothing run before it is given', async () => {
    await asked(MOVE);
    expect(await gate.send(LIKE_IT)).toMatchObject({ end: 'approval_denied', asked: 1 });
  });

  it('is asked for by an example with binds, too, when their types are said', async () => {
    await given(
      'UPDATE CUSTOMERS SET CITY = ? WHERE ID = ?',
      {},
      { bindTypes: { '1': 'TEXT', '2': 'FIXED' } },
    );
    expect(await gate.send(LIKE_IT)).toMatchObject({ end: 'rows', asked: 0 });
  });

  it('shows what is masked masked, and looks somebody up', async () => {
    await given("SELECT NAME, EMAIL FROM CUSTOMERS WHERE EMAIL = 'nobody@example.com'");
    const [[email]] = (await gate.see('SELECT EMAIL FROM CUSTOMERS WHERE ID = 4')) as [[string]];
    const found = await gate.send(`SELECT NAME, EMAIL FROM CUSTOMERS WHERE EMAIL = '${email}'`);
    expect(found).toMatchObject({ end: 'rows', asked: 0 });
    expect(found.rows).toHaveLength(1);
    expect(JSON.stringify(found.rows)).not.toContain(email);
  });

  it('is over when its time is, or its rows are', async () => {
    await given(MOVE, { rowsInAll: 2 });
    expect(await gate.send(LIKE_IT)).toMatchObject({ asked: 0 });
    expect(await gate.send(LIKE_IT)).toMatchObject({ asked: 0 });
    expect(await gate.send(LIKE_IT)).toMatchObject({ asked: 1 });
    await given(MOVE);
    expect(await gate.send(LIKE_IT)).toMatchObject({ asked: 0 });
    gate.clock.now += 3_600_000 - 1;
    const session = { ...gate.session, expiresAt: gate.clock.now + 3_600_000 };
    expect(await gate.send(gate.request(LIKE_IT, { session }))).toMatchObject({ asked: 0 });
    gate.clock.now += 1;
    expect(await gate.send(gate.request(LIKE_IT, { session }))).toMatchObject({ asked: 1 });
  });

  it('is for as many rows as were agreed to: a change of more is rolled back, and asked about', async () => {
    await scratch('CREATE TABLE SCRATCH.TODO AS SELECT 1 AS ID');
    const merge =
      "MERGE INTO ORDERS USING SCRATCH.TODO T ON ORDERS.ID = T.ID WHEN MATCHED THEN UPDATE SET STATUS = 'paid'";
    const answer = await ask(merge);
    if (answer.outcome !== 'asked') throw new Error('nobody is asked');
    expect(answer.approval.request.mayChange).toEqual(['SHOP.SCRATCH.TODO']);
    await gate.decide(answer.approval.id, 'approve');
    expect(await gate.send(merge)).toMatchObject({ end: 'rows', asked: 0 });
    await scratch('INSERT INTO SCRATCH.TODO SELECT ID FROM ORDERS WHERE ID BETWEEN 2 AND 9');
    expect(await gate.send(merge)).toMatchObject({ end: 'approval_denied', asked: 1 });
  });
});

describe('what need not or may not be asked for', () => {
  it('is said to be let through as it is', async () => {
    expect(await ask('SELECT ID, EMAIL FROM CUSTOMERS WHERE ID = 1')).toMatchObject({
      outcome: 'allowed',
      explanation: { decision: { effect: 'mask', masks: [{ output: 1, method: 'token' }] } },
    });
    expect(await gate.approvals.pending(gate.olga)).toEqual([]);
  });

  it.each<[string, string, string]>([
    ['a refused one', 'DROP TABLE CUSTOMERS', 'blocked'],
    ['one of what is not there', 'SELECT A FROM NOWHERE', 'object_unknown'],
    ['no SQL', 'UPDATE CUSTOMERS SET', 'statement_syntax'],
    ['two', `${MOVE}; ${MOVE}`, 'statement_count'],
    ['one behind another', `SELECT 1; DROP TABLE CUSTOMERS`, 'statement_count'],
    ['none', '-- nothing', 'statement_syntax'],
    ['a text that runs', `EXECUTE IMMEDIATE '${MOVE.replaceAll("'", "''")}'`, 'access_not_for_asking'],
    ['a block', `BEGIN ${MOVE}; END`, 'blocked'],
    ['a variable', "UPDATE CUSTOMERS SET CITY = 'x' WHERE ID = $ROW", 'blocked'],
    [
      'a bind that decides what is done',
      'DELETE FROM ORDERS WHERE ID IN (SELECT ID FROM ORDERS LIMIT ?)',
      'access_not_for_asking',
    ],
    ['DDL that asks nobody', 'CREATE TABLE SCRATCH.A (ID NUMBER)', 'allowed'],
  ])('%s: %s', async (_, sql, code) => {
    const ended = await ask(sql).then(
      ({ outcome }) => outcome,
      (error: { code: string }) => error.code,
    );
    expect(ended).toBe(code);
    expect(await gate.approvals.pending(gate.olga)).toEqual([]);
    expect(gate.events.map(({ type }) => type)).not.toContain('access_asked');
  });

  it.each<[string, Partial<AccessTerms>, string]>([
    ['for longer than the policy lets anybody', { seconds: 14_401 }, 'access_not_for_asking'],
    ['for more rows', { rows: 51, rowsInAll: 51 }, 'access_not_for_asking'],
    ['for more rows in all', { rowsInAll: 51 }, 'access_not_for_asking'],
    ['for fewer rows in all than each', { rows: 5, rowsInAll: 4 }, 'request_malformed'],
    ['for a time that is over', { from: '2026-11-20T07:59:59.000Z' }, 'request_malformed'],
    ['for a time too far ahead', { from: '2026-11-27T09:00:00.001Z' }, 'access_not_for_asking'],
  ])('%s', async (_, terms, code) => {
    expect(await codeOf(ask(MOVE, terms))).toBe(code);
    expect(await gate.approvals.pending(gate.olga)).toEqual([]);
  });

  it('is nothing where the policy does not say that one may', async () => {
    await gate.close();
    gate = await startShopGate({ accessUpTo: null });
    expect(await codeOf(ask(MOVE))).toBe('access_not_for_asking');
    expect(await gate.send(MOVE)).toMatchObject({ asked: 1 });
  });

  it('is not lifted by break-glass that was opened for the same text', async () => {
    const answer = await ask(MOVE);
    expect(answer.outcome).toBe('asked');
    expect(gate.events.some((event) => event.type === 'notice' && event.what === 'break_glass')).toBe(false);
  });

  it('is no more than a few at a time', async () => {
    const ended: (string | null)[] = [];
    for (let number = 0; number < 80; number += 1) {
      const purpose = `ticket ${number}, of a flood of them`;
      const code = await codeOf(ask(MOVE, { purpose }));
      ended.push(code);
      if (code !== null) break;
    }
    expect(ended.at(-1)).toBe('too_many_held');
    // What is asked for ahead takes no place from what is held.
    expect(await gate.send(MOVE)).toMatchObject({ asked: 1 });
    const other = { ...gate.session, identity: person('bob', ['analysts']) };
    expect((await ask(MOVE, {}, { session: other })).outcome).toBe('asked');
  });
});

describe('an object that is another by then', () => {
  const LOOK = "SELECT N FROM SCRATCH.V WHERE E = 'x'";
  const view = (column: string) =>
    `CREATE OR REPLACE VIEW SCRATCH.V AS SELECT ${column} AS N, EMAIL AS E FROM SHOP.PUBLIC.CUSTOMERS`;

  /** Its owner agrees to what it shows. */
  const made = async (sql: string) => {
    expect(await gate.send(sql, (id) => gate.decide(id, 'approve'))).toMatchObject({ end: 'rows' });
  };

  it('between asking and agreeing gives nothing', async () => {
    await made(view('NAME'));
    const id = await asked(LOOK);
    await made(view('IBAN'));
    expect(await codeOf(gate.decide(id, 'approve'))).toBe('approval_void');
    expect(await gate.grants.list(ada)).toEqual([]);
    expect(await gate.send(LOOK)).toMatchObject({ asked: 1 });
  });

  it('between agreeing and using is asked about', async () => {
    await made(view('NAME'));
    await given(LOOK);
    expect(await gate.send(LOOK)).toMatchObject({ end: 'rows', asked: 0 });
    await made(view('IBAN'));
    expect(await gate.send(LOOK)).toMatchObject({ asked: 1 });
    await made(view('NAME'));
    expect(await gate.send(LOOK)).toMatchObject({ asked: 1 });
  });

  it('is not hidden by a temporary one of the same name, at asking or at using', async () => {
    await scratch('CREATE TABLE SCRATCH.T AS SELECT ID, EMAIL FROM CUSTOMERS');
    const look = "SELECT ID FROM SCRATCH.T WHERE EMAIL = 'x'";
    await given(look);
    expect(await gate.send(look)).toMatchObject({ end: 'rows', asked: 0 });
    await scratch('CREATE TEMPORARY TABLE SCRATCH.T AS SELECT ID, EMAIL FROM CUSTOMERS WHERE ID < 5');
    expect(await gate.send(look)).toMatchObject({ asked: 1 });
    // What is asked for is of a session that has just begun: the temporary table is not in it.
    await scratch('CREATE TEMPORARY TABLE SCRATCH.MINE AS SELECT ID, EMAIL FROM CUSTOMERS');
    expect(await codeOf(ask("SELECT ID FROM SCRATCH.MINE WHERE EMAIL = 'x'"))).toBe('object_unknown');
  });

  it('has other tags, or the policy is another: nothing is given, and what was is of no use', async () => {
    const look = "SELECT NAME FROM CUSTOMERS WHERE EMAIL = 'x'";
    const id = await asked(look);
    await given("SELECT ID FROM CUSTOMERS WHERE EMAIL = 'x'");
    await gate.addTags([
      {
        column: { object: { database: 'SHOP', schema: 'PUBLIC', name: 'CUSTOMERS' }, column: 'NAME' },
        tag: { tag: 'pii.iban' },
      },
    ] as never);
    expect(await codeOf(gate.decide(id, 'approve'))).toBe('approval_void');
    expect(await gate.send("SELECT ID FROM CUSTOMERS WHERE EMAIL = 'x'")).toMatchObject({ asked: 1 });
  });
});

/** What an agent with access to `MOVE`, or to a look-up, would try next. */
it.each([
  [
    'a constant that decides what is done',
    "SELECT LEFT(NAME, 1) FROM CUSTOMERS WHERE EMAIL = 'x'",
    "SELECT LEFT(NAME, 9) FROM CUSTOMERS WHERE EMAIL = 'x'",
  ],
  [
    'a limit',
    "SELECT NAME FROM CUSTOMERS WHERE EMAIL = 'x' LIMIT 1",
    "SELECT NAME FROM CUSTOMERS WHERE EMAIL = 'x' LIMIT 9",
  ],
  [
    'a condition of constants',
    "SELECT NAME FROM CUSTOMERS WHERE EMAIL = 'x' AND 1 = 0",
    "SELECT NAME FROM CUSTOMERS WHERE EMAIL = 'x' AND 1 = 1",
  ],
  ['a condition by another column', MOVE, "UPDATE CUSTOMERS SET CITY = 'x' WHERE NAME = 'x'"],
  ['no condition', MOVE, "UPDATE CUSTOMERS SET CITY = 'x'"],
  ['another column', MOVE, "UPDATE CUSTOMERS SET EMAIL = 'x' WHERE ID = 1"],
])('access is not stretched by %s', async (_, example, attempt) => {
  await given(example);
  expect(await gate.send(example)).toMatchObject({ asked: 0 });
  expect(await gate.send(attempt)).toMatchObject({ asked: 1 });
});

it('is on the record as what it was: asked for, agreed to, given, and used', async () => {
  await given(MOVE);
  await gate.send(LIKE_IT);
  const names = gate.events.map((event) => (event.type === 'notice' ? event.what : event.type));
  expect(names).toEqual([
    'understanding',
    'decision',
    'access_asked',
    'approval_decided',
    'approval_ended',
    'grant_given',
    'statement',
    'understanding',
    'decision',
    'grant_used',
    'executed',
    'result',
    'grant_counted',
  ]);
});
