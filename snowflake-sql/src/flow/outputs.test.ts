import { describe, expect, it } from 'vitest';
import { inPublic, outputs, understandingOf, understood } from './testing.ts';

const SSN = 'direct P.SSN';
const made = 'expression P.SSN';

describe('each output column has the place where it is written', () => {
  const cases: Record<string, string[]> = {
    'SELECT ID, SSN AS S FROM P ORDER BY NAME LIMIT 3': ['ID', 'SSN AS S'],
    'SELECT p.*, 1 FROM COPY p': ['p.*', 'p.*', 'p.*', '1'],
    'WITH q AS (SELECT SSN FROM P) SELECT q.SSN FROM q': ['q.SSN'],
    '(SELECT CODE FROM O) UNION ALL SELECT SSN FROM P': ['CODE'],
    'SELECT 1 AS A UNION ALL BY NAME SELECT SSN AS B FROM P': ['1 AS A', 'SSN AS B'],
    'VALUES (1), (2)': ['VALUES (1), (2)'],
    'SHOW TABLES ->> SELECT 1 AS A, 2 AS B FROM $1': ['1 AS A', '2 AS B'],
  };
  it.each(Object.entries(cases))('%s', (sql, expected) => {
    const places = understood(sql).outputs.map(({ range }) => sql.slice(range.start, range.end));
    expect(places).toEqual(expected);
  });
});

describe('each output column is traced to base columns', () => {
  const cases: Record<string, string[]> = {
    'SELECT SSN FROM P': [`SSN: ${SSN}`],
    'SELECT ssn AS x FROM p': [`X: ${SSN}`],
    'SELECT UPPER(SSN) U FROM P': [`U: ${made}`],
    "SELECT 'x' || SSN AS U FROM P": [`U: ${made}`],
    'SELECT 1 AS U, CURRENT_USER() AS W FROM P': ['U: ', 'W: '],
    'SELECT * FROM O': [
      'ID: direct O.ID',
      'P_ID: direct O.P_ID',
      'TOTAL: direct O.TOTAL',
      'CODE: direct O.CODE',
    ],
    'SELECT b FROM (SELECT ID, SSN FROM P) AS t(a, b)': [`B: ${SSN}`],
    'WITH t(a, b) AS (SELECT ID, SSN FROM P) SELECT b FROM t': [`B: ${SSN}`],
    'WITH a AS (SELECT SSN x FROM P), b AS (SELECT x y FROM a) SELECT y FROM b': [`Y: ${SSN}`],
    'SELECT SSN AS a, a AS b, UPPER(b) AS c FROM P': [`A: ${SSN}`, `B: ${SSN}`, `C: ${made}`],
    'SELECT OBJECT_CONSTRUCT(*) AS X FROM O': [
      'X: expression O.ID, expression O.P_ID, expression O.TOTAL, expression O.CODE',
    ],
    "SELECT [SSN] AS X, {'a': SSN} AS Y FROM P": [`X: ${made}`, `Y: ${made}`],
    "SELECT CASE WHEN SSN LIKE '1%' THEN 1 END AS X FROM P": [`X: ${made}`],
    'SELECT (SELECT MAX(SSN) FROM P) AS X': ['X: aggregate P.SSN'],
    'SELECT (SELECT SSN FROM P q WHERE q.ID = O.P_ID) AS X FROM O': [`X: ${SSN}`],
    'SELECT EXISTS (SELECT SSN FROM P) AS X': ['X: '],
    'SELECT CODE FROM O UNION ALL SELECT SSN FROM P': [`CODE: direct O.CODE, ${SSN}`],
    'SELECT 1 AS A, 2 AS B UNION ALL BY NAME SELECT SSN AS B FROM P': ['A: ', 'B: expression P.SSN'],
    "SELECT SSN AS A FROM P UNION ALL SELECT '1'": ['A: expression P.SSN'],
    'SELECT SSN AS A FROM P UNION ALL SELECT NULL': ['A: direct P.SSN'],
    'SELECT SSN AS A FROM P UNION ALL SELECT NULL::VARCHAR': ['A: direct P.SSN'],
    'SELECT SSN AS A FROM P UNION ALL SELECT (NULL IS NULL)::VARCHAR': ['A: expression P.SSN'],
    'SELECT SSN AS A FROM P UNION ALL SELECT CURRENT_USER()': ['A: expression P.SSN'],
    "SELECT V FROM (SELECT SSN, '1' AS G FROM P) UNPIVOT (V FOR K IN (SSN, G))": ['V: expression P.SSN'],
    'SELECT MAX(SSN) AS X, COUNT(SSN) AS C, COUNT(*) AS N, COUNT(DISTINCT SSN) AS D FROM P': [
      'X: aggregate P.SSN',
      'C: counted P.SSN',
      'N: ',
      'D: distinct P.SSN',
    ],
    "SELECT COUNT(NULLIF(SSN, 'x')) AS X FROM P": ['X: aggregate P.SSN'],
    'SELECT COUNT(DISTINCT UPPER(SSN)) AS X FROM P': ['X: aggregate P.SSN'],
    'SELECT COUNT(DISTINCT *) AS X FROM (SELECT SSN FROM P)': ['X: aggregate P.SSN'],
    'SELECT COUNT(t.*) AS X FROM (SELECT UPPER(SSN) AS U FROM P) t': ['X: aggregate P.SSN'],
    'SELECT COUNT(*) AS X FROM (SELECT UPPER(SSN) AS U FROM P) t': ['X: '],
    'SELECT SSN IS NULL AS X, UPPER(SSN) IS NULL AS Y FROM P': ['X: counted P.SSN', `Y: ${made}`],
    'SELECT SUM(IFF(SSN IS NULL, 1, 0)) AS X FROM P': ['X: counted P.SSN'],
    "SELECT NVL2(SSN, 'a', 'b') AS X FROM P": ['X: counted P.SSN'],
    'SELECT LAG(SSN) OVER (ORDER BY ID) AS X FROM P': [`X: ${made}, expression P.ID`],
    'SELECT ROW_NUMBER() OVER (ORDER BY SSN) AS X FROM P': [`X: ${made}`],
    "SELECT DATA:a.b AS X, DATA[0]:c AS Y, GET_PATH(DATA, 'd.e') AS Z FROM P": [
      'X: direct P.DATA:a.b',
      'Y: direct P.DATA:*.c',
      'Z: direct P.DATA:d.e',
    ],
    "SELECT GET_PATH(DATA, 'a[0][\"b c\"]') AS X, GET_PATH(DATA, '**') AS Y, GET(DATA, 'a.b') AS Z FROM P": [
      'X: direct P.DATA:a.*.b c',
      'Y: expression P.DATA',
      'Z: direct P.DATA:a.b',
    ],
    'SELECT DATA[NAME] AS X FROM P': ['X: expression P.DATA:*, expression P.NAME'],
    // One character.
    'SELECT SSN::CHAR AS X, DATA:a::NCHAR AS Y, SSN::CHAR VARYING AS Z FROM P': [
      `X: ${made}`,
      'Y: expression P.DATA:a',
      `Z: ${SSN}`,
    ],
    'SELECT DATA:a::STRING AS X, SSN::VARCHAR(4) AS Y, PAY::STRING AS Z FROM P': [
      'X: direct P.DATA:a',
      `Y: ${made}`,
      'Z: expression P.PAY',
    ],
    'SELECT f.VALUE AS X, f.THIS AS Y, f.KEY AS K, f.SEQ AS S FROM P, LATERAL FLATTEN(INPUT => DATA:a) f': [
      'X: direct P.DATA:a.*',
      'Y: direct P.DATA:a',
      'K: expression P.DATA:a.#',
      'S: ',
    ],
    "SELECT f.VALUE AS X FROM P, LATERAL FLATTEN(DATA, PATH => 'a.b') f": ['X: direct P.DATA:a.b.*'],
    "SELECT f.VALUE AS X FROM P, LATERAL FLATTEN(DATA, PATH => '**') f": ['X: expression P.DATA'],
    'SELECT f.VALUE AS X FROM P, LATERAL FLATTEN(DATA, NAME) f': ['X: expression P.DATA, expression P.NAME'],
    'SELECT f.VALUE AS X, f.THIS AS Y FROM P, LATERAL FLATTEN(DATA, RECURSIVE => TRUE) f': [
      'X: expression P.DATA',
      'Y: expression P.DATA',
    ],
    "SELECT s.VALUE AS X FROM P, LATERAL SPLIT_TO_TABLE(SSN, '-') s": [`X: ${made}`],
    'SELECT x.v FROM P, LATERAL (SELECT P.SSN AS v) x': [`V: ${SSN}`],
    'SELECT TRANSFORM([SSN], e -> e || 1) AS X FROM P': [`X: ${made}`],
    'SELECT FILTER([1], e -> SSN LIKE e) AS X FROM P': [`X: ${made}`],
    'SELECT P.ID, CODE FROM P JOIN O USING (ID)': ['ID: direct P.ID', 'CODE: direct O.CODE'],
    'SELECT ID FROM P JOIN O USING (ID)': ['ID: direct P.ID, direct O.ID'],
    'SELECT K, V FROM (SELECT ID, NAME, SSN FROM P) UNPIVOT (V FOR K IN (NAME, SSN))': [
      'K: counted P.NAME, counted P.SSN',
      `V: direct P.NAME, ${SSN}`,
    ],
    "SELECT * FROM (SELECT NAME, SSN FROM P) PIVOT (MAX(SSN) FOR NAME IN ('a', 'b')) AS t(x, y)": [
      'X: aggregate P.SSN, aggregate P.NAME',
      'Y: aggregate P.SSN, aggregate P.NAME',
    ],
    'SELECT M FROM P MATCH_RECOGNIZE (ORDER BY ID MEASURES FIRST(a.SSN) AS M PATTERN (a) DEFINE a AS TRUE)': [
      `M: ${made}`,
    ],
    "SELECT v FROM (VALUES ('a'), ('b')) AS t(v)": ['V: '],
    'SELECT NUMBER FROM V': [`NUMBER: ${SSN}`],
    'SELECT Y FROM VV': [`Y: ${SSN}`],
    'SELECT A FROM LOOP': ['A: ?'],
    'SELECT A FROM BROKEN': ['A: ?'],
    'SELECT A FROM HIDDEN': ['A: direct HIDDEN.A, ?'],
    'SELECT MYSTERY(SSN) AS X FROM P': [`X: ${made}, ?`],
    'SELECT $unset AS X': ['X: ?'],
    'SELECT SSN AS X FROM P ->> SELECT X AS Y FROM $1': [`Y: ${SSN}`],
    "EXECUTE IMMEDIATE 'SELECT SSN AS X FROM P'": [`X: ${SSN}`],
    'SELECT DATEADD(day, 1, BORN) AS X FROM P': ['X: expression P.BORN'],
    "SELECT LISTAGG(NAME, ',') WITHIN GROUP (ORDER BY SSN) AS X FROM P": [
      'X: aggregate P.NAME, expression P.SSN',
    ],
  };
  it.each(Object.entries(cases))('%s', (sql, expected) => {
    expect(outputs(sql)).toEqual(expected);
  });

  const recursive: Record<string, string[]> = {
    'WITH RECURSIVE t AS (SELECT 1 AS n, SSN AS s FROM P UNION ALL SELECT n + 1, s FROM t WHERE n < 3) SELECT n, s FROM t':
      ['N: ', `S: ${SSN}`],
    'WITH RECURSIVE t(a, b) AS (SELECT 1, 2 UNION ALL SELECT b, (SELECT MAX(PAY) FROM P) FROM t) SELECT a FROM t':
      ['A: aggregate P.PAY'],
    'WITH RECURSIVE t(a, b, c) AS (SELECT SSN, NULL, NULL FROM P UNION ALL SELECT c, a, b FROM t) SELECT c FROM t':
      [`C: ${SSN}`],
    "WITH RECURSIVE t(a, b) AS (SELECT '1', SSN FROM P UNION ALL SELECT a, a FROM t) SELECT a, b FROM t": [
      'A: ',
      'B: expression P.SSN',
    ],
    "WITH RECURSIVE t(a, b, c) AS (SELECT '1', SSN, NAME FROM P UNION ALL SELECT a, x, c FROM (SELECT a, a AS x, c FROM t UNION ALL SELECT a, b, c FROM t)) SELECT b, c FROM t":
      ['B: expression P.SSN', 'C: direct P.NAME'],
    'WITH RECURSIVE t(v) AS (SELECT DATA:a FROM P UNION ALL SELECT v:child FROM t) SELECT v FROM t': [
      'V: direct P.DATA:a, expression P.DATA:a',
    ],
    'WITH RECURSIVE t(a) AS (SELECT MYSTERY(1) UNION ALL SELECT a FROM t) SELECT a FROM t': ['A: ?'],
  };
  it.each(Object.entries(recursive))('through recursion: %s', (sql, expected) => {
    expect(outputs(sql)).toEqual(expected);
  });

  it('through variables and earlier results of the session', () => {
    const sources = [{ column: { object: inPublic('P'), column: 'SSN' }, how: 'direct' }] as const;
    expect(outputs('SELECT $V AS X', { variables: new Map([['V', { sources }]]) })).toEqual([`X: ${made}`]);
    const results = new Map([['q1', { outputs: [{ name: 'X', sources, range: { start: 0, end: 0 } }] }]]);
    expect(outputs("SELECT X FROM TABLE(RESULT_SCAN('q1'))", { results })).toEqual([`X: ${SSN}`]);
  });
});

it('says which functions alone are unknown, so that a policy may declare them, and nothing of the kind otherwise', () => {
  const functions = (sql: string) =>
    understood(sql).outputs[0]?.unresolved?.functions?.map(({ name }) => name);
  expect(functions('SELECT F(SSN) AS X FROM P')).toEqual(['F']);
  expect(functions('SELECT F(UPPER(G(SSN))) AS X FROM P')).toEqual(['G', 'F']);
  expect(understood('SELECT F(UPPER(G(SSN))) AS X FROM P').opaque).toEqual([]);
  expect(functions('SELECT F($unset) AS X FROM P')).toBeUndefined();
  expect(functions('SELECT COALESCE($unset, F(SSN)) AS X FROM P')).toBeUndefined();
  expect(functions('SELECT F(SSN) AS X FROM P UNION ALL SELECT A FROM LOOP')).toBeUndefined();
});

describe('what is not known is said, and never passed over', () => {
  it.each([
    ['SELECT * FROM TABLE(MYSTERY(1))', 'unsupported'],
    ['SELECT * FROM @~/out', 'unsupported'],
    ['SELECT * FROM (SELECT NAME, SSN FROM P) PIVOT (MAX(SSN) FOR NAME IN (ANY))', 'unsupported'],
  ])('%s is %s', (sql, code) => {
    expect(understandingOf(sql)).toMatchObject({ understood: false, problem: { code } });
  });

  it('statements inside others have meanings of their own', () => {
    const meaning = understood('BEGIN DELETE FROM P; SELECT NOPE FROM P; END');
    expect(meaning.inner).toMatchObject([
      { understood: true, missingWhere: true },
      { understood: false, problem: { code: 'column_unknown' } },
    ]);
  });
});

describe('the work is bounded', () => {
  it('what is shared is visited once', () => {
    const doubling = (count: number) =>
      Array.from({ length: count }, (_, n) => `t${n + 1} AS (SELECT a.x FROM t${n} a, t${n} b)`).join(', ');
    const sql = `WITH t0 AS (SELECT SSN AS x FROM P WHERE NAME = 'x'), ${doubling(40)} SELECT x FROM t40`;
    expect(understandingOf(sql, {}, 2_000)).toMatchObject({ understood: true });
    const aliases = Array.from({ length: 40 }, (_, n) => `a${n} || a${n} AS a${n + 1}`).join(', ');
    expect(understandingOf(`SELECT SSN AS a0, ${aliases} FROM P`, {}, 3_000)).toMatchObject({
      understood: true,
    });
  });

  it('columns that feed each other round and round are settled in as many steps as there are', () => {
    const names = Array.from({ length: 200 }, (_, n) => `c${n}`);
    const turned = [...names.slice(1), names[0]].join(', ');
    const first = names.map((_, n) => (n === 0 ? 'SSN' : "''")).join(', ');
    const sql = `WITH RECURSIVE t(${names.join(', ')}) AS (SELECT ${first} FROM P UNION ALL SELECT ${turned} FROM t) SELECT c150 FROM t`;
    expect(understandingOf(sql, {}, 10_000)).toMatchObject({
      understood: true,
      outputs: [{ sources: [{ how: 'expression' }] }],
    });
  });

  it('a long chain is as good as a short one, and what is too much is not understood', () => {
    const chain = `SELECT ID FROM P WHERE ${Array.from({ length: 5000 }, (_, n) => `NAME = '${n}'`).join(' OR ')}`;
    expect(understandingOf(chain)).toMatchObject({ understood: true });
    expect(understandingOf(chain, {}, 1_000)).toMatchObject({ problem: { code: 'too_complex' } });
  });
});
