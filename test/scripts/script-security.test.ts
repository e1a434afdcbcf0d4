import { type Demo, startDemo } from '@sluice/demo';
import type { SessionEvent } from '@sluice/contract';
import type { Connection, RowStatement } from 'snowflake-sdk';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connect, disconnect, execute } from '../drivers/node-driver.ts';
import { type ApiClient, apiClient, nextPending } from '../support/api.ts';

let demo: Demo;
let port: number;
let ada: Connection;
let grace: ApiClient;
/** May see everybody's sessions. */
let alan: ApiClient;
beforeAll(async () => {
  demo = await startDemo({ customers: 20, logLevel: 'silent' });
  port = Number(new URL(demo.relay.url).port);
  ada = await open('ada');
  grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
  alan = apiClient(demo.relay.url, await demo.decidingTokenFor('alan'));
});
afterAll(async () => {
  await disconnect(ada);
  await demo.close();
});

const open = async (who: string) => await connect(port, { token: await demo.tokenFor(who) });
const valueOf = async (sql: string, of = ada) => Object.values((await execute(of, sql)).rows[0] ?? {})[0];
type Body = SessionEvent['body'];

/** All that the record has of the one session in which a text was sent. */
async function recordedWith(text: string): Promise<Body[]> {
  const { sessions } = await alan.get<{ sessions: { session: string }[] }>('/api/sessions');
  for (const { session } of sessions) {
    const events = await alan.events(session);
    if (JSON.stringify(events).includes(text)) return events.map(({ body }) => body);
  }
  throw new Error('no session has it on its record');
}

const typesOf = (bodies: readonly Body[], statement: string) =>
  bodies.filter((body) => 'statement' in body && body.statement === statement).map(({ type }) => type);

describe('a block sees what its client would be given', () => {
  const READS = [
    'LET v := (SELECT EMAIL FROM CUSTOMERS WHERE ID = 1)',
    "LET v := ''; SELECT EMAIL INTO :v FROM CUSTOMERS WHERE ID = 1",
    'LET v VARCHAR; LET c CURSOR FOR SELECT EMAIL FROM CUSTOMERS WHERE ID = 1; OPEN c; FETCH c INTO v',
    "LET v := ''; FOR r IN (SELECT EMAIL FROM CUSTOMERS WHERE ID = 1) DO v := r.EMAIL; END FOR",
    "LET v := ''; LET q := 'SELECT EMAIL FROM CUSTOMERS WHERE ID = 1'; LET rs RESULTSET := (EXECUTE IMMEDIATE :q); FOR r IN rs DO v := r.EMAIL; END FOR",
  ];

  it.each(READS)('as a value that it branches on: %s', async (read) => {
    const masked = await valueOf('SELECT EMAIL FROM CUSTOMERS WHERE ID = 1');
    expect(masked).toMatch(/^tok_/);
    const answer = await valueOf(
      `BEGIN ${read}; IF (v LIKE '%@%') THEN RETURN 'an address'; END IF; RETURN v || ' ' || LENGTH(v); END`,
    );
    const shown = String(masked);
    expect(answer).toBe(`${shown} ${shown.length}`);
  });

  it('and never writes a masked value over the real one', async () => {
    for (const read of READS) {
      const sql = `BEGIN ${read}; UPDATE CUSTOMERS SET EMAIL = :v WHERE ID = 1; END`;
      await expect(execute(ada, sql)).rejects.toThrow(/masked value over a real one/);
    }
  });
});

describe('a chain of steps', () => {
  it('reads what its client would be given', async () => {
    const masked = await valueOf('SELECT EMAIL FROM CUSTOMERS WHERE ID = 1');
    const first = 'SELECT EMAIL, PROFILE FROM CUSTOMERS WHERE ID = 1';
    expect(masked).toMatch(/^tok_/);
    expect(await valueOf(`${first} ->> SELECT EMAIL FROM $1`)).toMatch(/^tok_/);
    for (const used of [
      "WHERE EMAIL LIKE 'a%'",
      'ORDER BY EMAIL',
      "WHERE PROFILE:identity.national_id > '5'",
    ])
      await expect(execute(ada, `${first} ->> SELECT COUNT(*) FROM $1 ${used}`)).rejects.toMatchObject({
        code: '003001',
      });
  });

  it.each([
    'SELECT * FROM PAYMENTS ->> SELECT 1',
    'SELECT 1 ->> SELECT COUNT(*) FROM PAYMENTS',
    "SELECT 1 ->> EXECUTE IMMEDIATE 'SELECT * FROM PAYMENTS'",
    // What this one runs is seen when it is run, and not before.
    "SELECT 1 ->> BEGIN LET q := 'SELECT COUNT(*) FROM PAY' || 'MENTS'; EXECUTE IMMEDIATE :q; END",
    "BEGIN LET q := 'SELECT COUNT(*) FROM PAY' || 'MENTS ->> SELECT * FROM $1'; EXECUTE IMMEDIATE :q; END",
  ])('is decided on step by step: %s', async (sql) => {
    const mallory = await open('mallory');
    onTestFinished(() => disconnect(mallory));
    await expect(execute(mallory, sql)).rejects.toMatchObject({
      code: '003001',
      message: expect.stringContaining('contractors have no business with payments'),
    });
  });

  it('is on the record step by step, behind it', async () => {
    const own = await open('ada');
    onTestFinished(() => disconnect(own));
    await execute(own, 'SELECT ID, EMAIL FROM CUSTOMERS WHERE ID < 3 ->> SELECT COUNT(*) AS CHAINED FROM $1');
    const bodies = await recordedWith('COUNT(*) AS CHAINED');
    const [chain, first, second, ...more] = bodies.filter((body) => body.type === 'statement');
    expect(more).toEqual([]);
    expect(first!.sql).toBe('SELECT ID, EMAIL FROM CUSTOMERS WHERE ID < 3');
    expect(second!.sql).toBe(`SELECT COUNT(*) AS CHAINED FROM TABLE(RESULT_SCAN('${first!.statement}'))`);
    expect([first, second].map((step) => step!.requestId)).toEqual(
      [1, 2].map((part) => `${chain!.requestId}/${part}`),
    );
    for (const step of [first, second])
      expect(typesOf(bodies, step!.statement)).toEqual(
        expect.arrayContaining(['understanding', 'decision', 'executed', 'result']),
      );
  });

  it('tells nothing by what a step compares', async () => {
    await expect(
      execute(ada, "SELECT ID FROM CUSTOMERS WHERE EMAIL LIKE 'a%' ->> SELECT COUNT(*) FROM $1"),
    ).rejects.toMatchObject({ code: '003001' });
  });
});

describe('a statement in a block', () => {
  const SECRETS = [
    'SELECT COUNT(*) FROM PAYMENTS',
    'LET n := (SELECT COUNT(*) FROM PAYMENTS)',
    'LET n := 0; SELECT COUNT(*) INTO :n FROM PAYMENTS',
    "LET t := 'PAY' || 'MENTS'; LET n := (SELECT COUNT(*) FROM IDENTIFIER(:t))",
    "LET q := 'SELECT COUNT(*) FROM PAY' || 'MENTS'; EXECUTE IMMEDIATE :q",
    "EXECUTE IMMEDIATE 'SELECT COUNT(*) FROM PAYMENTS'",
    "EXECUTE IMMEDIATE 'BEGIN LET n := (SELECT COUNT(*) FROM PAYMENTS); END'",
    'FOR r IN (SELECT * FROM PAYMENTS) DO RETURN 1; END FOR',
    'IF (EXISTS (SELECT 1 FROM PAYMENTS)) THEN RETURN 1; END IF',
    'RETURN TABLE(SELECT * FROM PAYMENTS)',
    'RETURN (SELECT COUNT(*) FROM PAYMENTS)',
  ];

  it.each(SECRETS)(
    'is decided on as if it were sent by itself, and nothing hides that it was refused: %s',
    async (sql) => {
      const mallory = await open('mallory');
      onTestFinished(() => disconnect(mallory));
      for (const handler of [
        '',
        'EXCEPTION WHEN STATEMENT_ERROR OR EXPRESSION_ERROR OR OTHER THEN RETURN 1;',
      ])
        await expect(execute(mallory, `BEGIN ${sql}; ${handler} END`)).rejects.toMatchObject({
          code: '003001',
          message: expect.stringContaining('contractors have no business with payments'),
        });
    },
  );

  it.each([
    "SELECT ID FROM CUSTOMERS WHERE EMAIL LIKE 'a%'",
    "LET n := (SELECT COUNT(*) FROM CUSTOMERS WHERE CARD_NUMBER LIKE '4%')",
    "IF ((SELECT MAX(NATIONAL_ID) FROM CUSTOMERS WHERE NATIONAL_ID > '5') IS NULL) THEN RETURN 1; END IF",
  ])('tells nothing by what it compares: %s', async (sql) => {
    await expect(
      execute(ada, `BEGIN ${sql}; RETURN 0; EXCEPTION WHEN OTHER THEN RETURN 1; END`),
    ).rejects.toMatchObject({
      code: '003001',
    });
  });

  it('waits for people who are asked about it alone, and the block goes on when they agree', async () => {
    const sql = (id: number) =>
      `BEGIN LET id := ${id}; UPDATE ORDERS SET STATUS = 'seen' WHERE ID = :id; RETURN SQLROWCOUNT; END`;
    const agreed = valueOf(sql(3));
    const asked = await nextPending(grace);
    const { sql: text } = await grace.get<{ sql: string }>(`/api/approvals/${asked.id}`);
    expect(text).toBe("UPDATE ORDERS SET STATUS = 'seen' WHERE ID = :ID");
    await grace.decide(asked, 'approve', 'yes');
    expect(await agreed).toBe(1);
    const denied = valueOf(sql(4)).catch((error: Error) => error.message);
    await grace.decide(await nextPending(grace), 'deny', 'no');
    expect(await denied).toMatch(/denied/i);
    expect(await valueOf("SELECT COUNT(*) FROM ORDERS WHERE STATUS = 'seen'")).toBe(1);
  });

  it('is on the record by itself, behind its block', async () => {
    const own = await open('ada');
    onTestFinished(() => disconnect(own));
    await execute(
      own,
      'BEGIN LET n := (SELECT COUNT(*) FROM ORDERS); IF (n > 1) THEN SELECT EMAIL FROM CUSTOMERS; END IF; RETURN n; END',
    );
    const bodies = await recordedWith('IF (n > 1)');
    const sent = bodies.filter((body) => body.type === 'statement');
    const [block, ...parts] = sent;
    expect(block?.sql).toContain('BEGIN LET n');
    expect(parts.map((part) => part.sql)).toEqual([
      'SELECT (SELECT COUNT(*) FROM ORDERS) AS V',
      'SELECT (:N > 1) AS V',
      'SELECT EMAIL FROM CUSTOMERS',
      'SELECT :N AS "anonymous block"',
    ]);
    expect(parts.map((part) => part.requestId)).toEqual(
      [1, 2, 3, 4].map((part) => `${block!.requestId}/${part}`),
    );
    for (const { statement } of sent)
      expect(typesOf(bodies, statement)).toEqual(
        expect.arrayContaining(['understanding', 'decision', 'executed', 'result']),
      );
    // What is bound is kept apart, as all binds are.
    expect(parts[1]!.binds).not.toBeNull();
  });

  it('is the last when its client has cancelled', async () => {
    const { promise: started, resolve } = Promise.withResolvers<RowStatement>();
    const sql = 'BEGIN LET i := 0; LOOP i := i + 1; END LOOP; END';
    const failed = execute(ada, sql, {}, resolve).catch((error: { code: string }) => error.code);
    const statement = await started;
    await new Promise<void>((done) => {
      statement.cancel(() => done());
    });
    // And not that it went on to its end.
    expect(await failed).not.toBe('000002');
  });
});
