import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '@sluice/demo';
import type { ColumnGuard, Floor, Reading } from '@sluice/snowflake-sql/execution';
import type { Warehouse, WarehouseSession } from '../../index.ts';
import { runSql } from '../testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openShop({ customers: 5 });
  session = await warehouse.openSession(warehouse.defaults);
  for (const sql of [
    'CREATE TABLE SCRATCH.P (ID INT, EMAIL VARCHAR, AGE INT, BORN DATE, OK BOOLEAN, DOC VARIANT, HELD TIME)',
    `INSERT INTO SCRATCH.P (ID, EMAIL, AGE, BORN, OK, DOC) SELECT 1, 'ann@x', 30, '1990-01-01', TRUE, PARSE_JSON('{"mail":"ann@x","city":"Rome","cards":[{"n":1}]}')
     UNION ALL SELECT 2, 'bob@x', 40, '1980-01-01', FALSE, PARSE_JSON('{"mail":"bob@x","city":"Oslo"}')
     UNION ALL SELECT 3, 'ann@x', 50, '1970-05-05', TRUE, PARSE_JSON('{"city":"Rome"}')
     UNION ALL SELECT 4, NULL, NULL, NULL, NULL, NULL`,
    'CREATE TABLE SCRATCH.G (GUESS VARCHAR)',
    "INSERT INTO SCRATCH.G VALUES ('ann@x')",
    "UPDATE SCRATCH.P SET HELD = IFF(ID = 2, '10:30:00', '08:00:00')::TIME WHERE ID < 4",
    'CREATE VIEW SCRATCH.V AS SELECT ID, EMAIL AS E, UPPER(EMAIL) AS U FROM SCRATCH.P',
  ]) {
    await runSql(session, sql);
  }
});
afterAll(() => warehouse.close());

const SENSITIVE = ['EMAIL', 'AGE', 'BORN', 'OK', 'HELD'];

/** What the columns of SCRATCH.P may be read raw or as tokens for. */
function floorOf(raw: readonly Reading[], token: readonly ('group' | 'join')[] = []): Floor {
  const guard: ColumnGuard = { paths: null, raw: new Set(raw), token: new Set(token) };
  const parts: ColumnGuard = { ...guard, paths: [['mail'], ['cards', '*', 'n']] };
  return ({ object, column }) => {
    if (object.name !== 'P') return null;
    if (column === 'DOC') return parts;
    return SENSITIVE.includes(column) ? guard : null;
  };
}

async function rows(sql: string, floor: Floor) {
  return (await runSql(session, sql, { floor })).rows;
}

const passed = floorOf(['direct']);
const tokens = floorOf(['direct'], ['group', 'join']);

describe('a guarded column that is only passed', () => {
  it.each([
    'SELECT EMAIL FROM SCRATCH.P WHERE ID = 1',
    'SELECT E FROM SCRATCH.V WHERE ID = 1',
    'WITH q AS (SELECT * FROM SCRATCH.P) SELECT x.EMAIL FROM (SELECT EMAIL, ID FROM q) x WHERE x.ID = 1',
    'SELECT EMAIL FROM SCRATCH.P WHERE ID = 1 UNION ALL SELECT NULL WHERE 1 = 0',
    'SELECT EMAIL FROM SCRATCH.P ORDER BY ID LIMIT 1',
    'SELECT EMAIL::VARCHAR FROM SCRATCH.P WHERE ID = 1',
    'SELECT DOC:mail::STRING FROM SCRATCH.P WHERE ID = 1',
    'SELECT (SELECT EMAIL FROM SCRATCH.P WHERE ID = 1)',
    'SELECT p.EMAIL FROM SCRATCH.G LEFT JOIN SCRATCH.P p ON p.ID = 1',
  ])('is itself: %s', async (sql) => {
    expect(await rows(sql, passed)).toEqual([['ann@x']]);
  });

  it('is a blank where it may not even be that', async () => {
    expect(await rows('SELECT EMAIL, AGE, BORN, OK FROM SCRATCH.P ORDER BY ID', floorOf([]))).toEqual([
      ['', '0', '0', '0'],
      ['', '0', '0', '0'],
      ['', '0', '0', '0'],
      [null, null, null, null],
    ]);
  });
});

describe('what is made of it, or decided by it, is made of a blank', () => {
  const cases: Record<string, unknown[][]> = {
    'SELECT UPPER(EMAIL), AGE + 1 FROM SCRATCH.P WHERE ID = 1': [['', '1']],
    'SELECT U FROM SCRATCH.V WHERE ID = 1': [['']],
    "SELECT ID FROM SCRATCH.P WHERE EMAIL = 'ann@x'": [],
    "SELECT EMAIL FROM SCRATCH.P WHERE EMAIL = 'ann@x'": [],
    "SELECT EMAIL = 'ann@x', EMAIL LIKE 'a%' FROM SCRATCH.P WHERE ID = 1": [['0', '0']],
    "SELECT CASE WHEN EMAIL = 'ann@x' THEN 1 ELSE 2 END, IFF(EMAIL = 'ann@x', 1, 2), DECODE(EMAIL, 'ann@x', 1, 2) FROM SCRATCH.P WHERE ID = 1":
      [['2', '2', '2']],
    'SELECT MAX(EMAIL), SUM(AGE) FROM SCRATCH.P': [['', '0']],
    "SELECT COUNT(EMAIL), COUNT(NULLIF(EMAIL, 'bob@x')), COUNT(DISTINCT EMAIL) FROM SCRATCH.P": [
      ['3', '3', '1'],
    ],
    'SELECT EMAIL IS NULL FROM SCRATCH.P ORDER BY ID': [['0'], ['0'], ['0'], ['1']],
    'SELECT (SELECT MAX(E) FROM SCRATCH.V)': [['']],
    "SELECT EMAIL::VARCHAR(3), EMAIL COLLATE 'en', DOC['ma' || 'il'] FROM SCRATCH.P WHERE ID = 1": [
      ['', '', '""'],
    ],
    "SELECT COUNT(*) FROM SCRATCH.P WHERE NULLIF(EMAIL, 'ann@x') IS NULL": [['1']],
    'SELECT COUNT(*) FROM SCRATCH.P p JOIN SCRATCH.G g ON g.GUESS = p.EMAIL': [['0']],
    'SELECT COUNT(*) FROM SCRATCH.G WHERE GUESS IN (SELECT EMAIL FROM SCRATCH.P)': [['0']],
    'SELECT COUNT(*) FROM SCRATCH.G g WHERE EXISTS (SELECT 1 FROM SCRATCH.P p WHERE p.EMAIL = g.GUESS)': [
      ['0'],
    ],
    'SELECT COUNT(*) FROM (SELECT DISTINCT EMAIL FROM SCRATCH.P)': [['2']],
    'SELECT COUNT(*) FROM (SELECT EMAIL FROM SCRATCH.P INTERSECT SELECT GUESS FROM SCRATCH.G)': [['0']],
    'SELECT ID FROM SCRATCH.P QUALIFY ROW_NUMBER() OVER (PARTITION BY EMAIL ORDER BY ID) = 2 ORDER BY ID': [
      ['2'],
    ],
    "SELECT COUNT(*) FROM SCRATCH.P p, LATERAL SPLIT_TO_TABLE(p.EMAIL, '@')": [['3']],
    'SELECT COUNT(*) FROM (SELECT EMAIL FROM SCRATCH.P GROUP BY EMAIL HAVING MAX(AGE) > 1)': [['0']],
    "SELECT DATE_TRUNC('year', BORN) FROM SCRATCH.P WHERE ID = 3": [['0']],
  };
  it.each(Object.entries(cases))('%s', async (sql, expected) => {
    expect(await rows(sql, passed)).toEqual(expected);
  });

  it('but for what may be used', async () => {
    const used = floorOf(['direct', 'use', 'expression']);
    expect(await rows("SELECT UPPER(EMAIL) FROM SCRATCH.P WHERE EMAIL = 'bob@x'", used)).toEqual([['BOB@X']]);
  });
});

it('is not kept in variables, which no floor is under', async () => {
  await runSql(session, 'SET v = (SELECT EMAIL FROM SCRATCH.P WHERE ID = 1)', { floor: passed });
  expect(await rows('SELECT UPPER($v)', passed)).toEqual([['']]);
  await runSql(session, 'SET v = (SELECT EMAIL FROM SCRATCH.P WHERE ID = 1)', {
    floor: floorOf(['direct', 'use']),
  });
  expect(await rows('SELECT UPPER($v)', passed)).toEqual([['ANN@X']]);
});

it('is read in two ways in one statement, each as it may be', async () => {
  const sql =
    "SELECT EMAIL, LENGTH(EMAIL), COUNT(*) OVER (PARTITION BY EMAIL) FROM SCRATCH.P WHERE EMAIL <> 'ann@x' ORDER BY EMAIL, ID";
  expect(await rows(sql, passed)).toEqual([
    ['ann@x', '0', '3'],
    ['bob@x', '0', '3'],
    ['ann@x', '0', '3'],
  ]);
});

describe('tokens', () => {
  it('let equal values meet, and the value itself pass', async () => {
    const sql =
      'SELECT EMAIL, COUNT(*) AS N FROM SCRATCH.P GROUP BY EMAIL ORDER BY N DESC, COUNT(EMAIL) DESC';
    expect(await rows(sql, tokens)).toEqual([
      ['ann@x', '2'],
      ['bob@x', '1'],
      [null, '1'],
    ]);
    expect(new Set((await rows('SELECT DISTINCT EMAIL FROM SCRATCH.P', tokens)).flat())).toEqual(
      new Set(['ann@x', 'bob@x', null]),
    );
    expect(
      await rows(
        'SELECT COUNT(DISTINCT EMAIL), COUNT(DISTINCT AGE), COUNT(DISTINCT BORN) FROM SCRATCH.P',
        tokens,
      ),
    ).toEqual([['2', '3', '3']]);
    const union = 'SELECT EMAIL FROM SCRATCH.P UNION SELECT EMAIL FROM SCRATCH.P';
    expect(new Set((await rows(union, tokens)).flat())).toEqual(new Set(['ann@x', 'bob@x', null]));
  });

  it('join, under any kind of equality of columns', async () => {
    const pairs = 'FROM SCRATCH.P a JOIN SCRATCH.P b';
    expect(await rows(`SELECT COUNT(*) ${pairs} ON a.EMAIL = b.EMAIL`, tokens)).toEqual([['5']]);
    expect(await rows(`SELECT COUNT(*) ${pairs} USING (EMAIL)`, tokens)).toEqual([['5']]);
    expect(await rows(`SELECT COUNT(*) ${pairs} USING (AGE)`, tokens)).toEqual([['3']]);
    expect(
      await rows(
        'SELECT COUNT(*) FROM SCRATCH.P WHERE EMAIL IN (SELECT EMAIL FROM SCRATCH.P WHERE ID = 1)',
        tokens,
      ),
    ).toEqual([['2']]);
  });

  it.each(['EMAIL', 'OK', 'HELD'])('group by a value of any type: %s', async (value) => {
    const grouped = `SELECT COUNT(*) AS N FROM SCRATCH.P GROUP BY ${value} ORDER BY N`;
    expect(await rows(grouped, tokens)).toEqual([['1'], ['1'], ['2']]);
    // On blanks, only NULL is told apart.
    expect(await rows(grouped, passed)).toEqual([['1'], ['3']]);
    const placed = `SELECT COUNT(*) OVER (PARTITION BY ${value}) AS N FROM SCRATCH.P ORDER BY N`;
    expect(await rows(placed, tokens)).toEqual([['1'], ['1'], ['2'], ['2']]);
  });

  it('wherever equality alone is asked', async () => {
    const pairs = 'FROM SCRATCH.P a JOIN SCRATCH.P b';
    expect(await rows(`SELECT COUNT(*) ${pairs} ON a.EMAIL::VARCHAR = b.EMAIL OR 1 = 0`, tokens)).toEqual([
      ['5'],
    ]);
    expect(await rows(`SELECT COUNT(*) ${pairs} ON NOT a.EMAIL = b.EMAIL`, tokens)).toEqual([['4']]);
    // What is made of a column is made of a blank: all are equal.
    expect(await rows(`SELECT COUNT(*) ${pairs} ON UPPER(a.EMAIL) = b.EMAIL`, tokens)).toEqual([['9']]);
  });

  it('never meet a value that is written down, and are never seen', async () => {
    expect(await rows('SELECT COUNT(*) FROM SCRATCH.P JOIN SCRATCH.G ON EMAIL = GUESS', tokens)).toEqual([
      ['0'],
    ]);
    expect(
      await rows(
        'SELECT MAX(E), MIN(N) FROM (SELECT EMAIL AS E, COUNT(*) AS N FROM SCRATCH.P GROUP BY EMAIL)',
        tokens,
      ),
    ).toEqual([['', '1']]);
    const other = await warehouse.openSession(warehouse.defaults);
    await runSql(other, `SET "~salt" = 'mine'`).catch(() => undefined);
    expect(
      (await runSql(other, 'SELECT COUNT(DISTINCT EMAIL) FROM SCRATCH.P', { floor: tokens })).rows,
    ).toEqual([['2']]);
    await expect(runSql(other, 'SELECT $"~salt"')).rejects.toMatchObject({
      code: expect.stringMatching(/^statement_/),
    });
  });

  it('serve subtotals, too', async () => {
    const sql = 'SELECT EMAIL, COUNT(*) FROM SCRATCH.P WHERE ID < 4 GROUP BY ROLLUP (EMAIL) ORDER BY 2';
    expect(await rows(sql, tokens)).toEqual([
      ['bob@x', '1'],
      ['ann@x', '2'],
      [null, '3'],
    ]);
  });
});

describe('parts of a VARIANT', () => {
  it('are replaced where they are, and nothing else is', async () => {
    const found = (await rows('SELECT DOC FROM SCRATCH.P ORDER BY ID', floorOf([]))).flat();
    expect(found.map((text) => JSON.parse(text ?? 'null') as unknown)).toEqual([
      { mail: '', city: 'Rome', cards: '' },
      { mail: '', city: 'Oslo' },
      { city: 'Rome' },
      null,
    ]);
  });

  it('are used as blanks, and what is beside them as it is', async () => {
    const sql = "SELECT ID FROM SCRATCH.P WHERE DOC:city = 'Rome' AND DOC:mail = 'ann@x'";
    expect(await rows(sql, passed)).toEqual([]);
    expect(await rows("SELECT ID, DOC:mail FROM SCRATCH.P WHERE DOC:city = 'Oslo'", passed)).toEqual([
      ['2', '"bob@x"'],
    ]);
    expect(await rows("SELECT COUNT(*) FROM SCRATCH.P WHERE DOC::STRING LIKE '%bob%'", passed)).toEqual([
      ['0'],
    ]);
  });

  it.each([
    ['a list where an object should be', `{"a":[{"mail":"x@y"}],"b":1}`, { a: '', b: 1 }],
    ['a text where an object should be', `{"a":"x@y","b":1}`, { a: '', b: 1 }],
    ['no object at all', `["x@y"]`, ''],
    [
      'a name that is there twice',
      `{"a":{"mail":"x@y","c":2,"mail":"z@y"},"a":{"mail":"q@y"}}`,
      { a: { mail: '', c: 2 } },
    ],
    [
      'names with every character',
      `{"a":{"x/y":1,"~0":2,"":3,"mail":"x@y"}}`,
      { a: { 'x/y': 1, '~0': 2, '': 3, mail: '' } },
    ],
    ['nothing', `{"a":{"mail":null},"b":null}`, { a: { mail: null }, b: null }],
    ['null', 'null', null],
  ])('are replaced in a document of any shape: %s', async (_, document, expected) => {
    await runSql(session, 'CREATE OR REPLACE TABLE SCRATCH.J (DOC VARIANT)');
    await runSql(session, `INSERT INTO SCRATCH.J SELECT PARSE_JSON('${document}')`);
    const floor: Floor = ({ object }) =>
      object.name === 'J' ? { paths: [['a', 'mail']], raw: new Set(), token: new Set() } : null;
    const [[found]] = (await rows('SELECT DOC FROM SCRATCH.J', floor)) as [[string | null]];
    expect(JSON.parse(found ?? 'null')).toEqual(expected);
    expect(found).not.toContain('@');
    expect(await rows("SELECT COUNT(*) FROM SCRATCH.J WHERE DOC::STRING LIKE '%@%'", floor)).toEqual([['0']]);
  });

  it('group by their tokens', async () => {
    const sql = 'SELECT DOC:mail::STRING, COUNT(*) FROM SCRATCH.P GROUP BY DOC:mail::STRING ORDER BY 2, 1';
    expect((await rows(sql, tokens)).map(([, count]) => count)).toEqual(expect.arrayContaining(['2']));
  });
});

describe('changes', () => {
  it('copy what passes, and choose rows by blanks', async () => {
    await runSql(session, 'CREATE OR REPLACE TABLE SCRATCH.C AS SELECT ID, EMAIL FROM SCRATCH.P', {
      floor: passed,
    });
    expect(await rows('SELECT EMAIL FROM SCRATCH.C WHERE ID = 2', passed)).toEqual([['bob@x']]);
    const { changed } = await runSql(session, "UPDATE SCRATCH.P SET ID = 9 WHERE EMAIL = 'ann@x'", {
      floor: passed,
    });
    expect(changed?.updated).toBe(0);
    const deleted = await runSql(session, 'DELETE FROM SCRATCH.P USING SCRATCH.G WHERE EMAIL = GUESS', {
      floor: passed,
    });
    expect(deleted.changed?.deleted).toBe(0);
    const merged = await runSql(
      session,
      'MERGE INTO SCRATCH.P USING SCRATCH.G ON EMAIL = GUESS WHEN MATCHED THEN UPDATE SET ID = 9',
      { floor: passed },
    );
    expect(merged.changed?.updated).toBe(0);
    await runSql(session, 'UPDATE SCRATCH.C SET EMAIL = P.EMAIL FROM SCRATCH.P WHERE P.ID = 2 AND C.ID = 1', {
      floor: passed,
    });
    expect(await rows('SELECT EMAIL FROM SCRATCH.C WHERE ID = 1', passed)).toEqual([['bob@x']]);
  });

  it('of a view follow its text, whatever is guarded when it is made', async () => {
    await runSql(
      session,
      'CREATE OR REPLACE VIEW SCRATCH.W AS SELECT EMAIL AS M FROM SCRATCH.P WHERE ID = 1',
      {
        floor: floorOf([]),
      },
    );
    expect(await rows('SELECT M FROM SCRATCH.W', passed)).toEqual([['ann@x']]);
    expect(await rows('SELECT M FROM SCRATCH.W', floorOf([]))).toEqual([['']]);
  });
});

describe('an instant with its offset', () => {
  const held = "'2024-01-01 10:00:00 +0200'::TIMESTAMP_TZ";
  const shut: Floor = ({ object, column }) =>
    object.name === 'Z' && column === 'AT'
      ? { paths: null, raw: new Set(['direct']), token: new Set() }
      : null;
  beforeAll(() => runSql(session, `CREATE TABLE SCRATCH.Z AS SELECT 1 AS ID, ${held} AS AT`));

  it('is passed whole', async () => {
    expect(await rows('SELECT AT FROM SCRATCH.Z', shut)).toEqual([['1704096000.000000000 1560']]);
  });

  it.each([
    ['DATEADD(day, 0, AT)', '0.000000000 1440'],
    ['MAX(AT)', '0.000000000 1440'],
    ['COALESCE(AT, AT)', '0.000000000 1440'],
    ['CASE WHEN ID = 1 THEN AT END', '0.000000000 1440'],
    ["TO_CHAR(AT, 'TZHTZM')", '+0000'],
    ['DATE_PART(timezone_hour, AT)', '0'],
    ['HOUR(AT)', '0'],
    ['AT::VARCHAR', '1970-01-01 00:00:00.000 +0000'],
    ['DATEDIFF(minute, AT::TIMESTAMP_NTZ, AT::TIMESTAMP_LTZ::TIMESTAMP_NTZ)', '0'],
  ])('is a blank within %s, and so is its offset', async (expression, blank) => {
    const group = expression.startsWith('MAX') ? '' : ' ORDER BY ID';
    expect(await rows(`SELECT ${expression} FROM SCRATCH.Z${group}`, shut)).toEqual([[blank]]);
  });

  it('is none in a change', async () => {
    await runSql(session, 'CREATE TABLE SCRATCH.ZC AS SELECT DATEADD(day, 0, AT) AS AT FROM SCRATCH.Z', {
      floor: shut,
    });
    expect((await runSql(session, 'SELECT AT FROM SCRATCH.ZC')).rows).toEqual([['0.000000000 1440']]);
  });
});
