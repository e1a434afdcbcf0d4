import { type Demo, startDemo } from '@sluice/demo';
import type { Binds, Connection } from 'snowflake-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, disconnect, execute } from '../drivers/node-driver.ts';

let demo: Demo;
let connection: Connection;
beforeAll(async () => {
  demo = await startDemo({ customers: 20, logLevel: 'silent' });
  const port = Number(new URL(demo.relay.url).port);
  connection = await connect(port, { token: await demo.tokenFor('ada') });
  await run('CREATE TABLE SCRATCH.T (A INT, B VARCHAR)');
});
afterAll(async () => {
  await disconnect(connection);
  await demo.close();
});

const run = async (sqlText: string, binds: Binds = []) =>
  (await execute(connection, sqlText, { binds })).rows;
const valueOf = async (sql: string, binds: Binds = []) => Object.values((await run(sql, binds))[0] ?? {})[0];

describe('a block answers what its RETURN says', () => {
  it.each<[string, unknown]>([
    ['BEGIN RETURN 1; END', 1],
    ['BEGIN RETURN; END', null],
    ['BEGIN LET x := 1; END', null],
    ['EXECUTE IMMEDIATE $$ BEGIN LET x := 5; RETURN x * 2; END; $$', 10],
    ["EXECUTE IMMEDIATE 'BEGIN RETURN ''it''; END'", 'it'],
    [
      'DECLARE t NUMBER(10,2) DEFAULT 0; BEGIN FOR i IN 1 TO 10 DO t := t + i / 4; END FOR; RETURN t; END',
      13.75,
    ],
    ['DECLARE x NUMBER(10,2); BEGIN x := 1.239; RETURN x; END', 1.24],
    ["DECLARE x VARCHAR(2); BEGIN x := 'a'; RETURN x || LENGTH(x); END", 'a1'],
    ['BEGIN LET x INT DEFAULT 3; LET y := :x + 1; RETURN y; END', 4],
    [
      "BEGIN LET d := '2024-02-03'::DATE; RETURN d || '|' || (d + 1) || '|' || DAYNAME(d); END",
      '2024-02-03|2024-02-04|Sat',
    ],
    [
      "BEGIN LET t := '2024-02-03 04:05:06.789'::TIMESTAMP_NTZ; RETURN t || '|' || HOUR(t); END",
      '2024-02-03 04:05:06.789|4',
    ],
    ["BEGIN LET t := '04:05:06'::TIME; RETURN HOUR(t) * 100 + MINUTE(t); END", 405],
    ['BEGIN LET v := PARSE_JSON(\'{"a":[1,2]}\'); RETURN v:a[1] + 1; END', 3],
    ['BEGIN LET b := TRUE; LET f := 1.5::FLOAT; RETURN IFF(b, f * 2, 0); END', 3],
    [
      'BEGIN LET n := NULL; IF (n > 1) THEN RETURN 1; ELSEIF (n IS NULL) THEN RETURN 2; ELSE RETURN 3; END IF; END',
      2,
    ],
    ["BEGIN CASE WHEN 1 = 2 THEN RETURN 'a'; ELSE RETURN 'b'; END; END", 'b'],
    ["BEGIN LET x := 2.50; CASE (x) WHEN 1 THEN RETURN 'a'; WHEN 5 / 2 THEN RETURN 'b'; END; END", 'b'],
    [
      'BEGIN LET n := 0; WHILE (n < 5) DO n := n + 1; IF (n = 3) THEN BREAK; END IF; END WHILE; RETURN n; END',
      3,
    ],
    ['BEGIN LET n := 0; REPEAT n := n + 2; UNTIL (n >= 5) END REPEAT; RETURN n; END', 6],
    ['BEGIN LET n := 0; LOOP n := n + 1; IF (n < 4) THEN CONTINUE; END IF; RETURN n; END LOOP; END', 4],
    ["BEGIN LET s := ''; FOR i IN REVERSE 1 TO 3 DO s := s || i; END FOR; RETURN s; END", '321'],
    [
      "BEGIN LET s := ''; FOR i IN 1 TO 3 DO FOR j IN 1 TO 3 DO IF (j = 2) THEN CONTINUE rows_; END IF; s := s || i || j || ' '; END FOR; END FOR rows_; RETURN s; END",
      '11 21 31 ',
    ],
    ['BEGIN LET x := 1; BEGIN LET x := 2; END; RETURN x; END', 1],
    ['BEGIN LET x := 1; BEGIN x := 2; END; RETURN x; END', 2],
    [
      "BEGIN LET s := ''; FOR r IN (SELECT ID, CITY FROM CUSTOMERS ORDER BY ID LIMIT 2) DO s := s || r.ID || r.CITY; END FOR; RETURN s; END",
      '1Berlin2Hamburg',
    ],
    [
      'DECLARE c CURSOR FOR SELECT ID FROM CUSTOMERS WHERE ID > ? ORDER BY ID; x INT; y INT; BEGIN OPEN c USING (3); FETCH c INTO x; FETCH c INTO :y; CLOSE c; RETURN x * 100 + y; END',
      405,
    ],
    [
      'DECLARE c CURSOR FOR SELECT 1 AS A; x INT DEFAULT 7; BEGIN OPEN c; FETCH c INTO x; FETCH c INTO x; RETURN x; END',
      null,
    ],
    [
      "BEGIN LET q := 'SELECT COUNT(*) AS N FROM ' || 'ORDERS'; LET rs RESULTSET := (EXECUTE IMMEDIATE :q); FOR r IN rs DO RETURN r.N; END FOR; END",
      40,
    ],
    [
      "BEGIN LET q := 'SELECT ? + ? AS N'; LET a := 2; LET rs RESULTSET := (EXECUTE IMMEDIATE :q USING (a, 5)); FOR r IN rs DO RETURN r.N; END FOR; END",
      7,
    ],
    [
      'BEGIN LET rs RESULTSET := (EXECUTE IMMEDIATE \'BEGIN RETURN 6; END\'); FOR r IN rs DO RETURN r."anonymous block"; END FOR; END',
      6,
    ],
    ['BEGIN LET n := 0; SELECT COUNT(*), MAX(ID) INTO :n, :n FROM ORDERS; RETURN n; END', 40],
    ["BEGIN LET t := 'ORDERS'; RETURN (SELECT COUNT(*) FROM IDENTIFIER(:t)); END", 40],
    // In a query within an expression, a name without a colon is a column.
    ['BEGIN LET ID := 5; RETURN (SELECT MAX(ID) FROM CUSTOMERS) + ID; END', 25],
  ])('%s', async (sql, value) => {
    expect(await valueOf(sql)).toEqual(value);
  });

  it('with the values that are bound, in the order of its text', async () => {
    expect(await valueOf("BEGIN LET x := ?; LET y := ? || '!'; RETURN y || x; END", [5, 'a'])).toBe('a!5');
  });

  it('with all rows of a RESULTSET or of a query', async () => {
    const rows = [
      { ID: 1, CITY: 'Berlin' },
      { ID: 2, CITY: 'Hamburg' },
    ];
    const query = 'SELECT ID, CITY FROM CUSTOMERS WHERE ID <= :n ORDER BY ID';
    expect(await run(`BEGIN LET n := 2; LET rs RESULTSET := (${query}); RETURN TABLE(rs); END`)).toEqual(
      rows,
    );
    expect(await run(`BEGIN LET n := 2; RETURN TABLE(${query}); END`)).toEqual(rows);
  });

  it('after it has changed rows, which it can count', async () => {
    const sql = `BEGIN
      DELETE FROM SCRATCH.T;
      FOR i IN 1 TO 3 DO INSERT INTO SCRATCH.T VALUES (:i, 'row ' || :i); END FOR;
      UPDATE SCRATCH.T SET B = 'x' WHERE A >= 2;
      LET changed := SQLROWCOUNT;
      BEGIN TRANSACTION;
      DELETE FROM SCRATCH.T;
      ROLLBACK;
      RETURN changed || ' of ' || (SELECT COUNT(*) FROM SCRATCH.T) || IFF(SQLFOUND, ' found', '');
    END`;
    expect(await valueOf(sql)).toBe('2 of 3 found');
  });
});

describe('what fails in a block', () => {
  it.each<[string, unknown]>([
    [
      "BEGIN SELECT 1/0; EXCEPTION WHEN STATEMENT_ERROR THEN RETURN SQLCODE || ' ' || SQLERRM; END",
      '100051 Division by zero',
    ],
    [
      "BEGIN LET x := 1/0; EXCEPTION WHEN EXPRESSION_ERROR THEN RETURN 'expression'; WHEN OTHER THEN RETURN 'other'; END",
      'expression',
    ],
    [
      'BEGIN LET x := 1; BEGIN SELECT * FROM NOT_THERE; EXCEPTION WHEN OTHER THEN x := 7; END; RETURN x; END',
      7,
    ],
    [
      "DECLARE bad EXCEPTION (-20005, 'too much'); BEGIN RAISE bad; EXCEPTION WHEN bad THEN RETURN SQLCODE || ' ' || SQLERRM || ' ' || SQLSTATE; END",
      '-20005 too much P0001',
    ],
    [
      "DECLARE a EXCEPTION (-20001, 'a'); b EXCEPTION (-20002, 'b'); BEGIN RAISE b; EXCEPTION WHEN a THEN RETURN 'a'; WHEN b THEN RETURN 'b'; END",
      'b',
    ],
    [
      "DECLARE a EXCEPTION (-20001, 'a'); BEGIN BEGIN RAISE a; EXCEPTION WHEN a THEN RAISE; END; EXCEPTION WHEN a THEN RETURN 'again'; END",
      'again',
    ],
  ])('is caught: %s', async (sql, value) => {
    expect(await valueOf(sql)).toEqual(value);
  });

  it.each<[string, string, RegExp]>([
    [
      "DECLARE bad EXCEPTION (-20005, 'too much'); BEGIN\nRAISE bad; END",
      '-20005',
      /'BAD' on line 2 : too much/,
    ],
    ['BEGIN SELECT 1/0; END', '100051', /Division by zero/],
    ["BEGIN LET x INT := 'no'; END", '100038', /Numeric value/],
    [
      'BEGIN SELECT * FROM NOT_THERE; EXCEPTION WHEN EXPRESSION_ERROR THEN RETURN 1; END',
      '002003',
      /NOT_THERE/,
    ],
    ['BEGIN nowhere := 1; END', '000904', /NOWHERE/],
    [
      'BEGIN LET x := 0; SELECT ID INTO :x FROM ORDERS WHERE ID < 0; END',
      '000904',
      /exactly 1 returned row, but got 0/,
    ],
    [
      'BEGIN LOOP NULL; END LOOP; EXCEPTION WHEN OTHER THEN RETURN 1; END',
      '000002',
      /stopped after 100000 steps/,
    ],
    ['BEGIN CALL P(); END', '000002', /procedures in a block/],
    ['BEGIN LET r RESULTSET := ASYNC (SELECT 1); END', '000002', /ASYNC in a block/],
    [
      "BEGIN LET q := 'BEGIN EXECUTE IMMEDIATE ' || '''SELECT 1''; RETURN 1; END'; EXECUTE IMMEDIATE :q; EXECUTE IMMEDIATE 'SELECT 1; SELECT 2'; END",
      '000008',
      /statement count/,
    ],
  ])('is told when nothing catches it: %s', async (sql, code, message) => {
    await expect(run(sql)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('a chain of steps answers what its last one answers', () => {
  it.each<[string, unknown[]]>([
    ['SELECT 1 AS A ->> SELECT A + 1 AS B FROM $1', [{ B: 2 }]],
    [
      'SELECT ID, TOTAL FROM ORDERS WHERE ID < 4 ->> SELECT COUNT(*) AS N, MAX(ID) AS M FROM $1 AS s WHERE s.ID > 1',
      [{ N: 2, M: 3 }],
    ],
    ['SELECT 1 AS A ->> SELECT 2 AS A ->> SELECT x.A AS X, y.A AS Y FROM $1 x, $2 y', [{ X: 2, Y: 1 }]],
    [
      `SHOW TABLES IN SCHEMA PUBLIC ->> SELECT "name" AS N FROM $1 WHERE "name" LIKE 'ORD%' ORDER BY 1`,
      [{ N: 'ORDERS' }, { N: 'ORDER_ITEMS' }],
    ],
    ["SHOW TABLES LIKE 'PAYMENTS' ->> SELECT * FROM $1 ->> SELECT COUNT(*) AS N FROM $1", [{ N: 1 }]],
    [`DESCRIBE TABLE ORDERS ->> SELECT "name" AS N FROM $1 WHERE "type" = 'DATE'`, [{ N: 'ORDER_DATE' }]],
    ["EXECUTE IMMEDIATE 'SELECT 3 AS A ->> SELECT A FROM $1'", [{ A: 3 }]],
    [
      "BEGIN LET n := 4; LET rs RESULTSET := (EXECUTE IMMEDIATE 'SELECT 5 AS A ->> SELECT A FROM $1'); RETURN TABLE(rs); END",
      [{ A: 5 }],
    ],
    ['SELECT 1 AS A ->> BEGIN RETURN 7; END', [{ 'anonymous block': 7 }]],
  ])('%s', async (sql, rows) => {
    expect(await run(sql)).toEqual(rows);
  });

  it('gives each step the values of its own places', async () => {
    expect(await run('SELECT ? AS A ->> SELECT A, ? AS B FROM $1 WHERE A = ?', ['a', 'b', 'a'])).toEqual([
      { A: 'a', B: 'b' },
    ]);
  });

  it('changes what its steps change, and is told what one fails with', async () => {
    await run("INSERT INTO SCRATCH.T VALUES (90, 'x') ->> SELECT COUNT(*) FROM SCRATCH.T");
    expect(await valueOf('SELECT COUNT(*) FROM SCRATCH.T WHERE A = 90')).toBe(1);
    await expect(run('SELECT 1/0 ->> SELECT * FROM $1')).rejects.toMatchObject({ code: '100051' });
    await expect(run('SELECT 1 ->> SELECT * FROM $2')).rejects.toThrow(/no step \$2/);
  });
});
