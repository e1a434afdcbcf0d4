import { describe, expect, it } from 'vitest';
import {
  type Catalog,
  type CatalogObject,
  formatColumn,
  type ObjectName,
  type ResolutionContext,
  analyze,
  wholeCatalog,
  type Understood,
} from './index.ts';

/** A small catalog: SHOP.PUBLIC with people, orders and views over them. */
const table = (name: string, ...columns: string[]): CatalogObject => ({
  type: 'table',
  name: inPublic(name),
  version: '1',
  columns: columns.map((column) => ({ name: column, type: column === 'DATA' ? 'VARIANT' : 'VARCHAR' })),
});
const view = (name: string, definition: string, ...columns: string[]): CatalogObject => ({
  type: 'view',
  name: inPublic(name),
  version: '1',
  definition,
  columns: columns.map((column) => ({ name: column, type: 'VARCHAR' })),
});
const objects = [
  table('P', 'ID', 'NAME', 'SSN', 'DATA'),
  table('O', 'ID', 'P_ID', 'TOTAL'),
  table('COPY', 'A', 'B'),
  view('V', 'SELECT ID, SSN AS NUMBER FROM P', 'ID', 'NUMBER'),
  view('VV', 'SELECT * FROM V', 'X', 'Y'),
  view('LOOP', 'SELECT * FROM LOOP', 'A'),
  view('BROKEN', 'SELECT FROM WHERE', 'A'),
];
const catalog = wholeCatalog(objects);

function inPublic(name: string): ObjectName {
  return { database: 'SHOP', schema: 'PUBLIC', name };
}
const context: ResolutionContext = {
  database: 'SHOP',
  schema: 'PUBLIC',
  variables: new Map(),
  results: new Map(),
};

function understood(sql: string, changes: Partial<ResolutionContext> = {}): Understood {
  const [only, ...more] = analyze(sql, catalog, { ...context, ...changes });
  if (only === undefined || more.length > 0 || !only.understood) throw new Error(JSON.stringify(only));
  return only;
}

/** An output as `name: how COLUMN:path, ...`, with `?` when something of it is not known. */
function outputs(sql: string, changes: Partial<ResolutionContext> = {}): string[] {
  return understood(sql, changes).outputs.map(({ name, sources, unresolved }) => {
    const from = sources.map(
      ({ how, column, path }) => `${how} ${short(formatColumn(column))}${path ? `:${path.join('.')}` : ''}`,
    );
    return `${name}: ${[...from, ...(unresolved ? ['?'] : [])].join(', ')}`;
  });
}

function short(name: string): string {
  return name.replace('SHOP.PUBLIC.', '');
}

const SSN = 'direct P.SSN';
const made = 'expression P.SSN';

describe('each output column is traced to base columns', () => {
  const cases: Record<string, string[]> = {
    'SELECT q.ssn FROM shop.public.p q': [`SSN: ${SSN}`],
    'SELECT SHOP.PUBLIC.P.SSN FROM P': [`SSN: ${SSN}`],
    'SELECT * FROM P': ['ID: direct P.ID', 'NAME: direct P.NAME', `SSN: ${SSN}`, 'DATA: direct P.DATA'],
    'SELECT * EXCLUDE (ID, DATA) FROM P': ['NAME: direct P.NAME', `SSN: ${SSN}`],
    'SELECT * EXCLUDE (ID, DATA) RENAME SSN AS Z FROM P': ['NAME: direct P.NAME', `Z: ${SSN}`],
    "SELECT * ILIKE '%s%' FROM P": [`SSN: ${SSN}`],
    'SELECT * EXCLUDE DATA REPLACE (SSN AS NAME) FROM P': ['ID: direct P.ID', `NAME: ${SSN}`, `SSN: ${SSN}`],
    'SELECT $3 AS X FROM P': [`X: ${SSN}`],
    'SELECT t.$2 AS X FROM (SELECT ID, SSN FROM P) t': [`X: ${SSN}`],
    'WITH P AS (SELECT SSN AS NAME FROM SHOP.PUBLIC.P) SELECT NAME FROM P': [`NAME: ${SSN}`],
    'SELECT OBJECT_CONSTRUCT(*) AS X FROM P': [
      'X: expression P.ID, expression P.NAME, expression P.SSN, expression P.DATA',
    ],
    'SELECT {*} AS X FROM (SELECT SSN FROM P)': [`X: ${made}`],
    'SELECT TOTAL FROM O UNION ALL SELECT SSN FROM P': [`TOTAL: direct O.TOTAL, ${SSN}`],
    'SELECT DATA:a::STRING AS X, SSN::VARCHAR(4) AS Y FROM P': ['X: direct P.DATA:a', `Y: ${made}`],
    'SELECT f.VALUE AS X FROM P, LATERAL FLATTEN(INPUT => DATA:a) f': ['X: direct P.DATA:a.*'],
    'SELECT f.VALUE AS X FROM P, TABLE(FLATTEN(P.DATA)) f': ['X: direct P.DATA:*'],
    'SELECT * FROM P JOIN O USING (ID)': [
      'ID: direct P.ID, direct O.ID',
      'NAME: direct P.NAME',
      `SSN: ${SSN}`,
      'DATA: direct P.DATA',
      'P_ID: direct O.P_ID',
      'TOTAL: direct O.TOTAL',
    ],
    // Where `*` puts the columns of USING is not documented: each is what either order has in its place.
    'SELECT * FROM P JOIN (SELECT NAME FROM P) q USING (NAME)': [
      'ID: direct P.ID, direct P.NAME',
      'NAME: direct P.NAME, direct P.ID',
      `SSN: ${SSN}`,
      'DATA: direct P.DATA',
    ],
    'SELECT t.$1 AS X FROM (SELECT * FROM P NATURAL JOIN (SELECT SSN FROM P)) t': [`X: direct P.ID, ${SSN}`],
    'SELECT P.* FROM P JOIN (SELECT NAME FROM P) q USING (NAME)': [
      'ID: direct P.ID',
      'NAME: direct P.NAME',
      `SSN: ${SSN}`,
      'DATA: direct P.DATA',
    ],
    'SELECT * FROM O JOIN (P JOIN (SELECT NAME FROM P) q USING (NAME)) ON TRUE': [
      'ID: direct O.ID',
      'P_ID: direct O.P_ID',
      'TOTAL: direct O.TOTAL',
      'ID: direct P.ID, direct P.NAME',
      'NAME: direct P.NAME, direct P.ID',
      `SSN: ${SSN}`,
      'DATA: direct P.DATA',
    ],
    'SELECT * FROM P JOIN (SELECT ID, SSN FROM P) q USING (SSN, ID)': [
      `ID: direct P.ID, ${SSN}`,
      'NAME: direct P.NAME, direct P.ID',
      `SSN: ${SSN}, direct P.NAME`,
      'DATA: direct P.DATA',
    ],
    'SELECT V FROM (SELECT ID, NAME, SSN FROM P) UNPIVOT (V FOR K IN (NAME, SSN))': [
      `V: direct P.NAME, ${SSN}`,
    ],
    'WITH RECURSIVE t(a, b) AS (SELECT 1, 2 UNION ALL SELECT b, (SELECT MAX(SSN) FROM P) FROM t) SELECT a FROM t':
      ['A: aggregate P.SSN'],
    "SELECT SSN AS X FROM IDENTIFIER('shop.public.p')": [`X: ${SSN}`],
    "SELECT SSN AS X FROM TABLE('P')": [`X: ${SSN}`],
    'SELECT DATEADD(day, 1, NAME) AS X FROM P': ['X: expression P.NAME'],
  };
  it.each(Object.entries(cases))('%s', (sql, expected) => {
    expect(outputs(sql)).toEqual(expected);
  });

  it('through variables and earlier results of the session', () => {
    const sources = [{ column: { object: inPublic('P'), column: 'SSN' }, how: 'direct' }] as const;
    expect(outputs('SELECT $V AS X', { variables: new Map([['V', { sources }]]) })).toEqual([`X: ${made}`]);
    const results = new Map([['q1', { outputs: [{ name: 'X', sources, range: { start: 0, end: 0 } }] }]]);
    expect(outputs('SELECT X FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))', { results })).toEqual([`X: ${SSN}`]);
    expect(outputs("SELECT X FROM TABLE(RESULT_SCAN('q1'))", { results })).toEqual([`X: ${SSN}`]);
    const [unknown] = analyze("SELECT X FROM TABLE(RESULT_SCAN('q2'))", catalog, { ...context, results });
    expect(unknown).toMatchObject({ problem: { code: 'invalid', invalid: { what: 'unknown_result' } } });
    expect(
      outputs('SELECT SSN FROM IDENTIFIER($T)', {
        variables: new Map([['T', { sources: [], literal: 'P' }]]),
      }),
    ).toEqual([`SSN: ${SSN}`]);
  });
});

describe('uses beside output are noted', () => {
  const uses = (sql: string) =>
    understood(sql).uses.map(
      ({ as, column, path }) => `${as} ${short(formatColumn(column))}${path ? `:${path.join('.')}` : ''}`,
    );
  const cases: Record<string, string[]> = {
    // What is bound is not known here: the number 1 would make the text be converted, and that can fail.
    'SELECT ID FROM P WHERE SSN = ?': ['compare P.SSN', 'equal P.SSN'],
    'SELECT P.ID FROM P JOIN O ON P.SSN = O.P_ID': ['join P.SSN', 'join O.P_ID'],
    'SELECT NUMBER FROM V WHERE NUMBER > 1': ['compare P.SSN'],
    "DELETE FROM O WHERE P_ID IN (SELECT ID FROM P WHERE SSN = '1')": [
      'equal P.SSN',
      'join O.P_ID',
      'join P.ID',
    ],
  };
  it.each(Object.entries(cases))('%s', (sql, expected) => {
    expect(uses(sql)).toEqual(expected);
  });
});

describe('flows to elsewhere are noted', () => {
  const flows = (sql: string) =>
    understood(sql).flows.map(({ from, to }) => {
      const source = 'opaque' in from ? '?' : `${from.how} ${short(formatColumn(from.column))}`;
      const target =
        to.type === 'column'
          ? short(formatColumn(to.column))
          : to.type === 'location'
            ? to.location
            : `$${to.name}`;
      return `${source} -> ${target}`;
    });
  const cases: Record<string, string[]> = {
    'INSERT INTO COPY SELECT ID, SSN FROM P': ['direct P.ID -> COPY.A', `${SSN} -> COPY.B`],
    'INSERT INTO COPY (B) SELECT SSN FROM P': [`${SSN} -> COPY.B`],
    "INSERT INTO COPY VALUES ('a', 'b')": [],
    'UPDATE O SET TOTAL = q.SSN FROM P q WHERE q.ID = O.P_ID': [`${SSN} -> O.TOTAL`],
    'MERGE INTO COPY c USING P q ON c.A = q.ID WHEN MATCHED THEN UPDATE SET B = q.SSN WHEN NOT MATCHED THEN INSERT (A) VALUES (q.SSN)':
      [`${SSN} -> COPY.B`, `${SSN} -> COPY.A`],
    'INSERT ALL WHEN SSN > 1 THEN INTO COPY (A) VALUES (SSN) SELECT SSN FROM P': [`${SSN} -> COPY.A`],
  };
  it.each(Object.entries(cases))('%s', (sql, expected) => {
    expect(flows(sql)).toEqual(expected);
  });
});

describe('what is not known is said, and never passed over', () => {
  it.each([
    ['SELECT * FROM NOPE', 'object_unknown'],
    ['SELECT NOPE FROM P', 'column_unknown'],
    ['SELECT "ssn" FROM P', 'column_unknown'],
    ['SELECT NOPE.* FROM P', 'column_unknown'],
    ['SELECT ID FROM P, O', 'ambiguous'],
    ['SELECT FROM', 'syntax'],
    ['SELECT SSN FROM IDENTIFIER($unknown)', 'unsupported'],
    ["WITH P AS (SELECT 'x' AS SSN UNION ALL SELECT SSN FROM P) SELECT * FROM P", 'ambiguous'],
    ['INSERT INTO COPY SELECT 1, 2, 3', 'invalid'],
  ])('%s is %s', (sql, code) => {
    expect(analyze(sql, catalog, context)).toMatchObject([{ understood: false, problem: { code } }]);
  });

  it.each([
    ['SELECT * FROM NOPE', { name: 'SHOP.PUBLIC.NOPE', range: { start: 14, end: 18 } }],
    ['SELECT P.NOPE FROM P', { name: 'P.NOPE', range: { start: 7, end: 13 } }],
    ['SELECT "ssn" FROM P', { name: '"ssn"', range: { start: 7, end: 12 } }],
    ['SELECT ID FROM P, O', { name: 'ID', range: { start: 7, end: 9 } }],
    ['UPDATE O SET NOPE = 1', { name: 'NOPE' }],
    ['SELECT * FROM P JOIN O USING (NOPE)', { name: 'NOPE' }],
    ['SELECT * EXCLUDE NOPE FROM P', { name: 'NOPE' }],
  ])('%s is told with the name and its place', (sql, problem) => {
    expect(analyze(sql, catalog, context)).toMatchObject([{ problem }]);
  });

  it('nothing of what is wrong inside a view, only that it cannot be read', () => {
    const broken: Catalog = {
      ...catalog,
      find: (name) =>
        name.name === 'STALE'
          ? {
              type: 'view',
              name,
              version: '1',
              columns: [{ name: 'A', type: 'NUMBER' }],
              definition: 'SELECT HIDDEN FROM GONE',
            }
          : catalog.find(name),
    };
    const [problem] = analyze('SELECT A FROM STALE', broken, context);
    expect(problem).toMatchObject({ problem: { code: 'unsupported', range: { start: 14, end: 19 } } });
    expect(JSON.stringify(problem)).not.toMatch(/HIDDEN|GONE/);
  });

  describe('for whoever may not name P', () => {
    const hidden = { ...context, mayName: ({ name }: ObjectName) => name !== 'P' };

    it.each(['SELECT ID FROM P', 'SELECT NOPE FROM P', 'SELECT P.ID FROM O JOIN P ON TRUE', 'DELETE FROM P'])(
      '%s is of an object that is not there',
      (sql) => {
        const problem = { code: 'object_unknown', name: 'SHOP.PUBLIC.P' };
        expect(analyze(sql, catalog, hidden)).toMatchObject([{ understood: false, problem }]);
        const without: Catalog = {
          ...catalog,
          find: (name) => (name.name === 'P' ? null : catalog.find(name)),
        };
        expect(analyze(sql, catalog, hidden)).toEqual(analyze(sql, without, context));
      },
    );

    it('a view that reads it is read as ever', () => {
      expect(analyze('SELECT * FROM V', catalog, hidden)).toMatchObject([{ understood: true }]);
      expect(analyze('SELECT NOPE FROM V', catalog, hidden)).toMatchObject([
        { problem: { code: 'column_unknown', name: 'NOPE' } },
      ]);
    });
  });

  it.each([
    'EXECUTE IMMEDIATE $q',
    "EXECUTE IMMEDIATE 'SELECT 1' || ' FROM P'",
    'CALL P()',
    'BEGIN RETURN 1; END',
    "CREATE PROCEDURE X() RETURNS INT LANGUAGE JAVASCRIPT AS 'return 1'",
    'SELECT SYSTEM$GET_TAG(SSN) FROM P',
    "SELECT GET_PRESIGNED_URL(@s, 'x')",
    'GET @~/x file:///tmp/x',
    'ALTER SESSION SET QUOTED_IDENTIFIERS_IGNORE_CASE = TRUE',
    'ALTER SESSION UNSET SEARCH_PATH',
  ])('%s has an opaque part', (sql) => {
    expect(understood(sql).opaque).not.toEqual([]);
  });

  it('statements inside others are understood too', () => {
    const inner = (sql: string) => understood(sql).inner.map(({ kind }) => kind.name);
    expect(inner('BEGIN DELETE FROM P; IF (1 = 1) THEN DROP TABLE O; END IF; END')).toEqual([
      'delete',
      'drop_table',
    ]);
    expect(inner("EXECUTE IMMEDIATE 'DROP TABLE P'")).toEqual(['drop_table']);
    expect(inner("CREATE TASK T SCHEDULE = '1 MINUTE' AS DELETE FROM P")).toEqual(['delete']);
    expect(inner("CREATE PROCEDURE X() RETURNS INT LANGUAGE SQL AS 'BEGIN DELETE FROM P; END'")).toEqual([
      'block',
    ]);
    expect(inner('EXPLAIN SELECT SSN FROM P')).toEqual(['select']);
  });

  it('deep nesting and long chains neither crash nor take long', () => {
    const nested = `SELECT ${'('.repeat(1000)}SSN${')'.repeat(1000)} AS X FROM P`;
    expect(outputs(nested)).toEqual([`X: ${SSN}`]);
    const chain = `SELECT ID FROM P WHERE ${Array.from({ length: 5000 }, (_, n) => `NAME = '${n}'`).join(' OR ')}`;
    expect(understood(chain).uses).toMatchObject([{ as: 'equal' }]);
    const doubling = Array.from(
      { length: 40 },
      (_, n) => `t${n + 1} AS (SELECT a.x FROM t${n} a, t${n} b)`,
    ).join(', ');
    expect(outputs(`WITH t0 AS (SELECT SSN AS x FROM P), ${doubling} SELECT x FROM t40`)).toEqual([
      `X: ${SSN}`,
    ]);
  });
});

it('names objects by how they are reached', () => {
  const { objects, missingWhere } = understood('UPDATE O SET TOTAL = 1');
  expect(objects).toMatchObject([{ type: 'table', access: 'write', name: { name: 'O' } }]);
  expect(missingWhere).toBe(true);
  expect(
    understood('SELECT * FROM VV').objects.map(({ name, through }) => [name.name, through?.name]),
  ).toEqual([
    ['VV', undefined],
    ['V', 'VV'],
    ['P', 'VV'],
  ]);
  expect(understood('DROP TABLE P').objects).toMatchObject([{ access: 'drop' }]);
  // What is said of a column is said of its table, and by no value of it.
  for (const sql of ["COMMENT ON COLUMN P.SSN IS 'x'", "ALTER TABLE P ALTER COLUMN SSN COMMENT 'x'"]) {
    const { objects, uses } = understood(sql);
    expect(objects).toMatchObject([{ type: 'table', access: 'alter', name: { name: 'P' } }]);
    expect(uses).toEqual([]);
  }
  expect(understood('ALTER TABLE P ALTER COLUMN SSN SET NOT NULL').uses).toHaveLength(1);
  expect(understood('GRANT SELECT ON TABLE P TO ROLE R').objects).toMatchObject([
    { access: 'grant', type: 'table' },
  ]);
  expect(understood('USE SCHEMA SHOP.X').sessionEffects).toMatchObject([
    { what: 'schema', name: 'X' },
    { what: 'database', name: 'SHOP' },
  ]);
});
