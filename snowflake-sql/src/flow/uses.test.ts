import { describe, expect, it } from 'vitest';
import { flows, understood, uses } from './testing.ts';

describe('uses beside output are noted', () => {
  const cases: Record<string, string[]> = {
    "SELECT ID FROM P WHERE SSN = '1'": ['equal P.SSN'],
    "SELECT ID FROM P WHERE SSN IN ('1', '2')": ['equal P.SSN'],
    "SELECT ID FROM P WHERE SUBSTR(SSN, 1, 1) = '1'": ['compare P.SSN'],
    "SELECT ID FROM P WHERE ID < 3 OR NOT SSN LIKE '1%'": ['compare P.ID', 'compare P.SSN'],
    'SELECT ID FROM P WHERE SSN IS NULL': ['condition P.SSN'],
    'SELECT ID FROM P WHERE UPPER(SSN) IS NULL': ['compare P.SSN'],
    "SELECT REPLACE(SSN, '-', '') AS X FROM P": [],
    "SELECT REPLACE(LOWER(SSN), 'ab', 'c') AS X FROM P": [],
    "SELECT REPLACE(SSN, '1', REPEAT('x', 100000)) AS X FROM P": ['compare P.SSN'],
    "SELECT REPLACE(REPLACE(SSN, '1', 'xxxxxxxx'), 'x', 'yyyyyyyy') AS X FROM P": ['compare P.SSN'],
    "SELECT REGEXP_REPLACE(LOWER(SSN), '1', 'x') AS X FROM P": ['compare P.SSN'],
    // Too long or not: whether it fails tells how long the value is.
    "SELECT SSN || REPEAT('x', 260000) AS X FROM P": ['compare P.SSN'],
    "SELECT CONCAT(LPAD('x', 200000), UPPER(v), v) AS X FROM (SELECT SSN || SPACE(65000) AS v FROM P)": [
      'compare P.SSN',
    ],
    "SELECT HEX_ENCODE(SSN || REPEAT('x', 131000)) AS X FROM P": ['compare P.SSN'],
    "SELECT [SSN, REPEAT('x', 262000)] AS X FROM P": ['compare P.SSN'],
    "SELECT LISTAGG(SSN, ',') AS X FROM P": ['compare P.SSN'],
    "SELECT 'Nr. ' || LPAD(SSN::VARCHAR || '-' || NAME, 9, '0') || REPEAT('x', 99) AS X FROM P": [
      'compare P.SSN',
      'compare P.NAME',
    ],
    "SELECT SSN || ', ' || NAME || SPACE(99) || REPLACE(SSN, '-', '') AS X FROM P": [],
    // Converted to the type of the first part: NULL is a number, and a longer text or number fails.
    'WITH RECURSIVE t AS (SELECT 1 AS n, NULL AS v UNION ALL SELECT n + 1, SSN FROM t, P) SELECT v FROM t': [
      'compare P.SSN',
    ],
    "WITH RECURSIVE t AS (SELECT 1 AS n, 'x'::VARCHAR(1) AS v UNION ALL SELECT n + 1, SSN FROM t, P) SELECT v FROM t":
      ['compare P.SSN'],
    "WITH RECURSIVE t AS (SELECT 1 AS n, 'x'::VARCHAR AS v UNION ALL SELECT n + 1, SSN FROM t, P) SELECT v FROM t":
      [],
    'WITH RECURSIVE t AS (SELECT 1 AS n, SSN AS v FROM P UNION ALL SELECT n + 1, v FROM t) SELECT v FROM t':
      [],
    // Whether what may fail is evaluated at all, whoever's values it fails by.
    'SELECT COALESCE(UPPER(SSN), TO_VARCHAR(1 / 0)) AS X FROM P': ['compare P.SSN'],
    'SELECT NVL(UPPER(SSN), TO_VARCHAR(1 / ID)) AS X FROM P': ['compare P.ID', 'compare P.SSN'],
    "SELECT IFNULL(TRY_TO_NUMBER(SSN), 'x') AS X FROM P": ['compare P.SSN'],
    "SELECT COALESCE(UPPER(SSN), LEFT(NAME, 3), 'x') AS X FROM P": [],
    'SELECT COALESCE(SSN, TO_VARCHAR(1 / 0)) AS X FROM P': [],
    // BETWEEN and IN are ANDs and ORs of comparisons.
    "SELECT SSN IN ('1', TO_VARCHAR(1 / 0)) AS X FROM P": ['compare P.SSN'],
    "SELECT SSN IN (TO_VARCHAR(1 / 0), '1') AS X FROM P": [],
    "SELECT SSN BETWEEN '1' AND TO_VARCHAR(1 / 0) AS X FROM P": ['compare P.SSN'],
    "SELECT SSN BETWEEN TO_VARCHAR(1 / 0) AND '2' AS X FROM P": [],
    // How often a number was drawn shows in the next one.
    'SELECT COALESCE(UPPER(SSN), TO_VARCHAR(S.NEXTVAL)) AS X FROM P': ['compare P.SSN'],
    'SELECT UPPER(SSN) IS NULL OR S.NEXTVAL > 0 AS X FROM P': ['compare P.SSN'],
    "SELECT SSN IN ('1', TO_VARCHAR(S.NEXTVAL)) AS X FROM P": ['compare P.SSN'],
    'SELECT COALESCE(SSN, TO_VARCHAR(S.NEXTVAL)), UPPER(SSN), S.NEXTVAL FROM P': [],
    "SELECT UPPER(SSN) = 'A' AND 1 / 0 = 1 AS X FROM P": ['compare P.SSN'],
    "SELECT UPPER(SSN) = 'A' OR NAME = 'B' AS X FROM P": [],
    'SELECT SUBSTR(UPPER(SSN), 1, 9999999999) AS X FROM P': ['compare P.SSN'],
    'SELECT SUBSTR(UPPER(SSN), 1, 9) AS X FROM P': [],
    "SELECT REGEXP_LIKE(UPPER(SSN), IFF(OK, '(', 'x')) AS X FROM P": ['compare P.OK', 'compare P.SSN'],
    "SELECT SSN RLIKE REPEAT('(', 2) AS X FROM P": ['compare P.SSN'],
    "SELECT SSN RLIKE '1.*' AS X FROM P": [],
    "SELECT SSN LIKE '1^' ESCAPE '^' AS X FROM P": ['compare P.SSN'],
    "SELECT SSN LIKE '1^^^_%' ESCAPE '^' AS X FROM P": [],
    'SELECT ID FROM P WHERE DATA:ssn IS NULL': ['compare P.DATA:ssn'],
    'SELECT ID FROM P GROUP BY ID HAVING COUNT(DATA:ssn) > 0': ['group P.ID', 'compare P.DATA:ssn'],
    'SELECT X FROM (SELECT DATA:ssn AS A FROM P) UNPIVOT (X FOR Y IN (A))': ['compare P.DATA:ssn'],
    'SELECT ID FROM P WHERE OK IS TRUE': ['compare P.OK'],
    'SELECT P.ID FROM P JOIN O ON P.SSN = O.CODE': ['join P.SSN', 'join O.CODE'],
    'SELECT O.P_ID FROM P NATURAL JOIN O': ['join P.ID', 'join O.ID'],
    "SELECT 1 FROM (SELECT SUBSTR(SSN, 1, 1) AS x FROM P) JOIN (SELECT '1' AS x) USING (x)": [
      'compare P.SSN',
    ],
    "SELECT ID FROM (SELECT ID, REVERSE(SSN) AS x FROM P) WHERE x = '1'": ['compare P.SSN'],
    'SELECT COUNT(*) FROM P GROUP BY SSN': ['group P.SSN'],
    // Whether its values fit.
    // A new table's types and requirements are kept by what fills it.
    'CREATE TABLE T (A NUMBER) AS SELECT SSN FROM P': ['compare P.SSN'],
    'CREATE TABLE T (A VARCHAR(5)) AS SELECT SSN FROM P': ['compare P.SSN'],
    'CREATE TABLE T (A VARCHAR, B VARCHAR(20)) AS SELECT SSN, PAY FROM P': [],
    'CREATE TABLE T (A) AS SELECT SSN FROM P': [],
    'CREATE TABLE T (A VARCHAR NOT NULL) AS SELECT SSN FROM P': ['condition P.SSN'],
    "CREATE TABLE T (A VARCHAR PRIMARY KEY) AS SELECT REGEXP_SUBSTR(SSN, '^1') FROM P": ['compare P.SSN'],
    "CREATE TABLE T (A VARCHAR, PRIMARY KEY (A)) AS SELECT REGEXP_SUBSTR(SSN, '^1') FROM P": [
      'compare P.SSN',
    ],
    // NULL where there may be none fails.
    'INSERT INTO FILLED (ID, A) SELECT ID, SSN FROM P': ['condition P.ID', 'condition P.SSN'],
    "INSERT OVERWRITE INTO FILLED (ID, A) SELECT 1, REGEXP_SUBSTR(SSN, '^1') FROM P": ['compare P.SSN'],
    "INSERT INTO FILLED (ID, A, B) SELECT 1, 'x', REGEXP_SUBSTR(SSN, '^1') FROM P": [],
    "INSERT FIRST WHEN SSN > '1' THEN INTO COPY (A) VALUES ('x') ELSE INTO COPY (B) VALUES ('y') SELECT SSN FROM P":
      ['compare P.SSN'],
    "INSERT ALL INTO FILLED (ID, A) VALUES (1, M) SELECT REGEXP_SUBSTR(SSN, '^1') AS M FROM P": [
      'compare P.SSN',
    ],
    "UPDATE FILLED SET A = (SELECT MAX(REGEXP_SUBSTR(SSN, '^1')) FROM P)": ['compare P.SSN'],
    "MERGE INTO FILLED T USING P ON T.ID = P.ID WHEN MATCHED THEN UPDATE SET A = REGEXP_SUBSTR(SSN, '^1')": [
      'join FILLED.ID',
      'join P.ID',
      'compare P.SSN',
    ],
    'ALTER TABLE P ALTER COLUMN SSN SET DATA TYPE VARCHAR(5)': ['compare P.SSN'],
    'ALTER TABLE P ALTER SSN SET NOT NULL': ['compare P.SSN'],
    'ALTER TABLE P ADD UNIQUE (SSN, NAME)': ['compare P.SSN', 'compare P.NAME'],
    'ALTER TABLE P ADD COLUMN X VARCHAR': [],
    'SELECT COUNT(*) FROM P GROUP BY ROLLUP(SSN, (NAME, ID))': ['group P.SSN', 'group P.NAME', 'group P.ID'],
    'SELECT SSN AS x, COUNT(*) FROM P GROUP BY ALL': ['group P.SSN'],
    'SELECT DISTINCT SSN FROM P': ['group P.SSN'],
    'SELECT ID FROM P ORDER BY SSN': ['order P.SSN'],
    'SELECT SSN AS x FROM P ORDER BY 1': ['order P.SSN'],
    'SELECT ID FROM P QUALIFY ROW_NUMBER() OVER (ORDER BY SSN) = 1': ['window P.SSN', 'compare P.SSN'],
    'SELECT ID FROM P QUALIFY COUNT(*) OVER (PARTITION BY SSN) = 1': ['group P.SSN'],
    'SELECT SUM(1) OVER (PARTITION BY LEFT(SSN, 1) ORDER BY ID) AS N FROM P': ['group P.SSN', 'window P.ID'],
    "SELECT SSN FROM P INTERSECT SELECT '1'": ['compare P.SSN'],
    "SELECT SSN FROM P UNION SELECT '1'": ['compare P.SSN'],
    "SELECT SSN FROM P UNION ALL SELECT '1'": [],
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM P WHERE SSN LIKE '1%')": ['compare P.SSN'],
    "SELECT ID FROM O WHERE P_ID IN (SELECT ID FROM P WHERE SSN > '1')": [
      'compare P.SSN',
      'join O.P_ID',
      'join P.ID',
    ],
    "SELECT ID FROM P WHERE DATA:ssn::STRING = '1'": ['equal P.DATA:ssn'],
    'SELECT NUMBER FROM V WHERE NUMBER > $x': ['compare P.SSN'],
    'SELECT ID FROM O LIMIT (SELECT LENGTH(SSN) FROM P)': ['compare P.SSN'],
    'SELECT NAME, COUNT(SSN) AS N FROM P GROUP BY NAME HAVING COUNT(SSN) > 1': ['group P.NAME'],
    'SELECT SUM(IFF(SSN IS NULL, 1, 0)) AS X FROM P': ['condition P.SSN'],
  };
  it.each(Object.entries(cases))('%s', (sql, expected) => {
    expect(uses(sql)).toEqual(expected);
  });
});

describe('what rows depend on reaches whatever reads them', () => {
  const where = "FROM P WHERE SSN LIKE '1%'";
  it.each([
    `SELECT COUNT(*) ${where}`,
    `SELECT 1 ${where}`,
    `SELECT ROW_NUMBER() OVER () ${where}`,
    `SELECT (SELECT COUNT(*) ${where}) AS X FROM O`,
    `SELECT EXISTS (SELECT 1 ${where}) AS X FROM O`,
    `SELECT ID IN (SELECT ID ${where}) AS X FROM O`,
    `SELECT 1 FROM O, (SELECT 1 ${where}) t`,
    `SELECT 1 FROM O, LATERAL (SELECT 1 ${where}) t`,
    `WITH t AS (SELECT 1 ${where}) SELECT 1 FROM O`,
    `WITH t AS (SELECT 1 ${where}), u AS (SELECT * FROM t) SELECT (SELECT COUNT(*) FROM u) AS X`,
    `WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t, P WHERE SSN LIKE '1%') SELECT n FROM t`,
    `SELECT 1 AS X UNION ALL SELECT 1 ${where}`,
    `SELECT CASE WHEN ID = 1 THEN (SELECT 1 ${where}) END AS X FROM O`,
    `SELECT 1 FROM O ORDER BY (SELECT 1 ${where})`,
    `SELECT 1 FROM O LEFT JOIN P ON P.SSN LIKE '1%'`,
    `SELECT * FROM (SELECT ID, NAME FROM P WHERE SSN LIKE '1%') PIVOT (MAX(ID) FOR NAME IN ('a'))`,
    `SELECT V FROM (SELECT NAME ${where}) UNPIVOT (V FOR K IN (NAME))`,
    `INSERT INTO O (ID) SELECT 1 ${where}`,
    `UPDATE O SET CODE = 'x' WHERE EXISTS (SELECT 1 ${where})`,
    `DELETE FROM O USING (SELECT 1 ${where}) t`,
    `SET V = (SELECT COUNT(*) ${where})`,
    `CREATE TABLE T AS SELECT 1 AS X ${where}`,
    `COPY INTO @~/out FROM (SELECT 1 ${where})`,
  ])('%s', (sql) => {
    expect(uses(sql)).toContain('compare P.SSN');
  });
});

describe('what can fail by a value uses it', () => {
  it.each([
    'SELECT SSN::NUMBER FROM P',
    'SELECT TO_NUMBER(SSN) FROM P',
    'SELECT SSN + 1 FROM P',
    'SELECT -SSN FROM P',
    'SELECT 1 / LENGTH(SSN) FROM P',
    'SELECT SSN = 1 FROM P',
    'SELECT SSN IN (1, 2) FROM P',
    'SELECT SSN BETWEEN 1 AND 2 FROM P',
    'SELECT SSN = ID FROM P',
    'SELECT CASE WHEN ID = 1 THEN SSN ELSE 1 END FROM P',
    'SELECT COALESCE(SSN, 1) FROM P',
    'SELECT SSN FROM P UNION ALL SELECT 1',
    'SELECT v FROM P, LATERAL (VALUES (SSN), (1)) AS t(v)',
    'SELECT NOT SSN FROM P',
    'SELECT PARSE_JSON(SSN) FROM P',
    "SELECT 'x' RLIKE SSN FROM P",
    "SELECT SSN LIKE 'a' ESCAPE NAME, NAME LIKE 'a' ESCAPE SSN FROM P",
    'SELECT SUM(SSN) FROM P',
    'SELECT EXTRACT(year FROM SSN) FROM P',
    'SELECT SSN:a FROM P',
    'SELECT TRANSFORM([1], e -> SSN::NUMBER) FROM P',
    "SELECT REDUCE([1, 2], '', (a, e) -> SSN) FROM P",
    'SELECT 1 FROM (SELECT SSN::NUMBER AS x FROM P)',
    'SELECT COUNT(*) FROM P GROUP BY SSN::NUMBER',
    'SELECT 1 FROM P JOIN O ON P.SSN = O.ID',
    'SELECT f.INDEX FROM P, LATERAL FLATTEN(SSN) f',
    'SELECT 1 FROM P, LATERAL SPLIT_TO_TABLE(SSN, NAME)',
    'INSERT INTO COPY (N) SELECT SSN FROM P',
    'UPDATE COPY SET N = P.SSN FROM P',
  ])('%s', (sql) => {
    expect(uses(sql)).toContain('compare P.SSN');
  });

  it.each(['SELECT PAY::NUMBER(3, 0) FROM P', 'SELECT PAY * 2 FROM P', 'SELECT SUM(PAY) / COUNT(*) FROM P'])(
    '%s',
    (sql) => {
      expect(uses(sql)).toContain('compare P.PAY');
    },
  );

  describe('a text that is written to a shorter column, and a number that meets one of other digits', () => {
    const cases: Record<string, string[]> = {
      'INSERT INTO SIZES (S) SELECT SSN FROM P': ['compare P.SSN'],
      'INSERT INTO SIZES (S) SELECT L FROM SIZES': ['compare SIZES.L'],
      'INSERT INTO SIZES (L) SELECT S FROM SIZES': [],
      'INSERT INTO SIZES (S) SELECT L::VARCHAR FROM SIZES': ['compare SIZES.L'],
      'INSERT INTO SIZES (S) SELECT L::VARCHAR(24) FROM SIZES': [],
      'INSERT INTO SIZES (S) SELECT N FROM SIZES': ['compare SIZES.N'],
      'INSERT INTO SIZES (S) SELECT D FROM SIZES': [],
      'INSERT INTO SIZES (S) SELECT B FROM SIZES': [],
      'INSERT INTO COPY (A) SELECT B FROM SIZES': [],
      'CREATE TABLE T (A VARCHAR(15)) AS SELECT B FROM SIZES': ['compare SIZES.B'],
      'CREATE TABLE T (A VARCHAR(16)) AS SELECT B FROM SIZES': [],
      'UPDATE SIZES SET S = COALESCE(S, L)': ['compare SIZES.S', 'compare SIZES.L'],
      'UPDATE SIZES SET B = L::BINARY': ['compare SIZES.L'],
      'INSERT INTO SIZES (N) SELECT F FROM SIZES': ['compare SIZES.F'],
      'INSERT INTO SIZES (F) SELECT N FROM SIZES': [],
      'INSERT INTO SIZES (D) SELECT PAY FROM P': [],
      'INSERT INTO SIZES (D) SELECT N FROM SIZES': ['compare SIZES.N'],
      'INSERT INTO COPY (N) SELECT PAY FROM P': ['compare P.PAY'],
      'SELECT PAY::NUMBER(10, 1) FROM P': [],
      'SELECT PAY::NUMBER(9, 1) FROM P': ['compare P.PAY'],
      'SELECT PAY::NUMBER(8, 0) FROM P': ['compare P.PAY'],
      'SELECT F::INT FROM SIZES': ['compare SIZES.F'],
      'SELECT GREATEST(LENGTH(SSN), 0.5::NUMBER(38, 37)) FROM P': ['compare P.SSN'],
      'SELECT COALESCE(LENGTH(SSN), 0) FROM P': [],
      'SELECT COALESCE(LENGTH(SSN), 0.5) FROM P': [],
      'SELECT COALESCE(N, 0) FROM SIZES': [],
      'SELECT COALESCE(N, 0.5) FROM SIZES': ['compare SIZES.N'],
      'SELECT COALESCE(N, F) FROM SIZES': [],
      'SELECT COALESCE(SUM(PAY), 0), COALESCE(AVG(PAY), 0), COALESCE(MEDIAN(PAY), 0.0) FROM P': [],
      'SELECT COALESCE(SUM(PAY), 0.001) FROM P': ['compare P.PAY'],
      'SELECT COALESCE(ROUND(PAY), -PAY, PAY) FROM P': [],
      'SELECT IFF(OK, SQRT(2), PAY) FROM P': ['compare P.OK'],
      'SELECT IFF(TRUE, TRY_TO_NUMBER(SSN), 0.5) FROM P': ['compare P.SSN'],
      'SELECT PAY FROM P UNION ALL SELECT 1e-30': [],
      'SELECT PAY FROM P UNION ALL SELECT 0.000000000000000000000000000000001': ['compare P.PAY'],
      "SELECT DATEDIFF(day, BORN, '2000-01-01'::DATE) FROM P": ['compare P.BORN'],
      'SELECT COALESCE(YEAR(BORN), 0.25) FROM P': [],
      // A document is checked whole.
      'SELECT DATA::OBJECT(a INT) FROM P': ['compare P.DATA'],
      "SELECT {'s': SSN}::OBJECT(s INT), [PAY]::ARRAY(VARCHAR) FROM P": ['compare P.SSN', 'compare P.PAY'],
      'SELECT PAY::ARRAY(BOOLEAN) FROM P': ['compare P.PAY'],
      'SELECT TRY_CAST(DATA AS MAP(VARCHAR, INT)), NULL::ARRAY(INT) FROM P': [],
    };
    it.each(Object.entries(cases))('%s', (sql, expected) => {
      expect(uses(sql)).toEqual(expected);
    });
  });

  it.each([
    "SELECT SSN || 'x', UPPER(SSN), NAME || SSN, SSN = NAME, COALESCE(SSN, NAME, NULL, 'x') FROM P",
    'SELECT SUM(PAY), AVG(PAY), MIN(SSN), MAX(BORN), COUNT(SSN), -PAY FROM P',
    'SELECT PAY::STRING, SSN::STRING, BORN::TIMESTAMP, TRY_CAST(SSN AS NUMBER), TRY_TO_NUMBER(SSN) FROM P',
    "SELECT SSN LIKE '1%', SSN IS NULL, PAY = 1, BORN = '2000-01-01', DATA:a = 'x' FROM P",
    'SELECT CASE NULL WHEN 1 THEN SSN ELSE NAME END FROM P',
    'SELECT IFF(SSN IS NULL, 1, 0)::STRING::NUMBER FROM (SELECT NULL AS SSN)',
    'SELECT F(SSN) FROM P',
    'INSERT INTO COPY (A) SELECT SSN FROM P',
  ])('nothing of %s can', (sql) => {
    expect(uses(sql)).toEqual([]);
  });
});

describe('table functions, samples and the like make rows of what they are given', () => {
  const cases: Record<string, string[]> = {
    'SELECT f.VALUE FROM P, LATERAL FLATTEN(DATA:a) f': ['compare P.DATA:a.#'],
    'SELECT 1 FROM P, LATERAL FLATTEN(DATA, RECURSIVE => TRUE) f': ['compare P.DATA'],
    "SELECT 1 FROM P, LATERAL FLATTEN(DATA, PATH => 'a[*]') f": ['compare P.DATA'],
    'SELECT 1 FROM P, LATERAL FLATTEN(DATA, PATH => NAME) f': ['compare P.NAME', 'compare P.DATA'],
    "SELECT 1 FROM P, LATERAL SPLIT_TO_TABLE(SSN, '-') s": ['compare P.SSN'],
    'SELECT 1 FROM P, TABLE(GENERATOR(ROWCOUNT => 3)) g': [],
    'SELECT V FROM (SELECT NAME, SSN FROM P) UNPIVOT (V FOR K IN (NAME, SSN))': [
      'condition P.NAME',
      'condition P.SSN',
    ],
    'SELECT V FROM (SELECT NAME, SSN FROM P) UNPIVOT INCLUDE NULLS (V FOR K IN (NAME, SSN))': [],
    "SELECT V FROM (SELECT NAME, NULLIF(SSN, '1') AS S FROM P) UNPIVOT (V FOR K IN (NAME, S))": [
      'compare P.SSN',
      'condition P.NAME',
    ],
    'SELECT TOP 3 ID FROM P': [],
  };
  it.each(Object.entries(cases))('%s', (sql, expected) => {
    expect(uses(sql)).toEqual(expected);
  });
});

describe('flows to elsewhere are noted', () => {
  const SSN = 'direct P.SSN';
  const cases: Record<string, string[]> = {
    'CREATE TABLE T AS SELECT ID, SSN AS X FROM P': ['direct P.ID -> T.ID', `${SSN} -> T.X`],
    'CREATE TABLE T (A, B) AS SELECT ID, SSN FROM P': ['direct P.ID -> T.A', `${SSN} -> T.B`],
    'CREATE VIEW T AS SELECT UPPER(SSN) AS X FROM P': ['expression P.SSN -> T.X'],
    'CREATE TABLE T CLONE COPY': ['direct COPY.A -> T.A', 'direct COPY.B -> T.B', 'direct COPY.N -> T.N'],
    'INSERT INTO COPY (A, B) SELECT NAME, SSN FROM P': ['direct P.NAME -> COPY.A', `${SSN} -> COPY.B`],
    "INSERT INTO COPY VALUES ('a', 'b', 1)": [],
    'UPDATE P SET NAME = SSN': [`${SSN} -> P.NAME`],
    'UPDATE P SET SSN = SSN': [],
    'UPDATE O SET CODE = q.SSN FROM P q WHERE q.ID = O.P_ID': [`${SSN} -> O.CODE`],
    'MERGE INTO COPY c USING P q ON c.N = q.ID WHEN MATCHED THEN UPDATE SET B = q.SSN WHEN NOT MATCHED THEN INSERT (A) VALUES (q.SSN)':
      [`${SSN} -> COPY.B`, `${SSN} -> COPY.A`],
    'COPY INTO @~/out FROM (SELECT SSN FROM P)': [`${SSN} -> @~/out`],
    'SET V = (SELECT MAX(SSN) FROM P)': ['aggregate P.SSN -> $V'],
    'ALTER TABLE P RENAME COLUMN SSN TO X': [`${SSN} -> P.X`],
    'ALTER TABLE COPY RENAME TO T': ['direct COPY.A -> T.A', 'direct COPY.B -> T.B', 'direct COPY.N -> T.N'],
    'ALTER TABLE COPY SWAP WITH O': ['A', 'B', 'N']
      .map((name) => `direct COPY.${name} -> O.${name}`)
      .concat(['ID', 'P_ID', 'TOTAL', 'CODE'].map((name) => `direct O.${name} -> COPY.${name}`)),
    "INSERT ALL WHEN SSN > '1' THEN INTO COPY (A) VALUES (SSN) SELECT SSN FROM P": [`${SSN} -> COPY.A`],
  };
  it.each(Object.entries(cases))('%s', (sql, expected) => {
    expect(flows(sql)).toEqual(expected);
  });

  it('a variable carries what it is set to', () => {
    expect(understood('SET V = (SELECT MAX(SSN) FROM P)').sessionEffects).toMatchObject([
      { type: 'set_variable', name: 'V', sources: [{ how: 'aggregate' }] },
    ]);
  });
});
