import { describe, expect, it } from 'vitest';
import type { Floor } from '../bound/index.ts';
import { catalog } from '../flow/testing.ts';
import { budgetFor } from '../budget.ts';
import { flowOf } from '../flow/index.ts';
import { salted } from './index.ts';
import {
  blanked,
  floorOf,
  floorText,
  guarded,
  list,
  P,
  ready,
  shown,
  SSN,
  textOf,
  tokenOnly,
  tokens,
  withBlank,
  withToken,
} from './testing.ts';

describe('a reference to a table with a guarded column becomes a query with a constant in its place', () => {
  const cases: Readonly<Record<string, string>> = {
    "SELECT ID FROM P WHERE SSN = '1'": `SELECT ID FROM ${P()} WHERE SSN = '1'`,
    'SELECT UPPER(SSN) FROM P;': `SELECT UPPER(SSN) FROM ${P()};`,
    'SELECT ID FROM P': `SELECT ID FROM ${P()}`,
    // A blank stands beside a column that nothing is blanked of.
    'SELECT UPPER(SSN) AS X FROM P UNION ALL SELECT CODE FROM O': `SELECT UPPER(SSN) AS X FROM ${P()} UNION ALL SELECT CODE FROM O`,
    // Whether there is a value, the constant tells as well.
    'SELECT COUNT(SSN), COUNT(*) FROM P WHERE SSN IS NOT NULL': `SELECT COUNT(SSN), COUNT(*) FROM ${P()} WHERE SSN IS NOT NULL`,
    // Of the alias everything may be said that was said before.
    "SELECT x.ID, x.$2 FROM P AS x WHERE x.SSN LIKE '1%'": `SELECT x.ID, x.$2 FROM ${blanked('P AS x')} AS x WHERE x.SSN LIKE '1%'`,
    'SELECT "a b".ID FROM P "a b" ORDER BY "a b".SSN': `SELECT "a b".ID FROM ${blanked('P "a b"')} AS "a b" ORDER BY "a b".SSN`,
    "SELECT C FROM P x (A, B, C2, C) WHERE C2 = '1'": `SELECT C FROM (SELECT "A", "B", IFF("C2" IS NULL, NULL, ''::VARCHAR(16777216)) AS "C2", "C", "BORN", "PAY", "OK" FROM P x (A, B, C2, C)) AS x WHERE C2 = '1'`,
    // An alias has no schema.
    "SELECT SHOP.PUBLIC.P.ID, PUBLIC.P.NAME, P.PAY FROM SHOP.PUBLIC.P WHERE SHOP.PUBLIC.P.SSN = '1'": `SELECT P.ID, P.NAME, P.PAY FROM ${P('SHOP.PUBLIC.P')} WHERE P.SSN = '1'`,
    "SELECT PUBLIC.P.* EXCLUDE SSN FROM SHOP..P WHERE SSN = '1'": `SELECT P.* EXCLUDE SSN FROM ${P('SHOP..P')} WHERE SSN = '1'`,
    "SELECT P.ID FROM TABLE('P') WHERE SSN = '1'": `SELECT P.ID FROM ${P("TABLE('P')")} WHERE SSN = '1'`,
    "SELECT P.ID FROM IDENTIFIER('SHOP.PUBLIC.P') WHERE SSN = '1'": `SELECT P.ID FROM ${P("IDENTIFIER('SHOP.PUBLIC.P')")} WHERE SSN = '1'`,
    // All that belongs to the reference goes inside.
    "SELECT ID FROM P /* ) */ AT (OFFSET => -60) -- (\n AS y SAMPLE (10) WHERE y.SSN = '1'": `SELECT ID FROM ${blanked('P /* ) */ AT (OFFSET => -60) -- (\n AS y SAMPLE (10)')} AS y WHERE y.SSN = '1'`,
    "SELECT p.ID, METADATA$ACTION FROM P CHANGES (INFORMATION => DEFAULT) AT (OFFSET => -60) p WHERE p.SSN = '1'": `SELECT p.ID, METADATA$ACTION FROM (SELECT ${list(SSN)}, METADATA$ACTION, METADATA$ISUPDATE, METADATA$ROW_ID FROM P CHANGES (INFORMATION => DEFAULT) AT (OFFSET => -60) p) AS p WHERE p.SSN = '1'`,
    // Each reference by itself.
    "SELECT a.SSN FROM P a JOIN P b ON a.ID = b.ID WHERE b.SSN = '1'": `SELECT a.SSN FROM P a JOIN ${blanked('P b')} AS b ON a.ID = b.ID WHERE b.SSN = '1'`,
    "SELECT b.SSN FROM P a JOIN P b ON a.ID = b.ID WHERE a.SSN = '1'": `SELECT b.SSN FROM ${blanked('P a')} AS a JOIN P b ON a.ID = b.ID WHERE a.SSN = '1'`,
    'SELECT ID FROM O WHERE EXISTS (SELECT 1 FROM P WHERE P.SSN = O.CODE)': `SELECT ID FROM O WHERE EXISTS (SELECT 1 FROM ${P()} WHERE P.SSN = O.CODE)`,
    "WITH P AS (SELECT ID FROM O) SELECT P.ID, q.ID FROM P, SHOP.PUBLIC.P q WHERE q.SSN = '1'": `WITH P AS (SELECT ID FROM O) SELECT P.ID, q.ID FROM P, ${blanked('SHOP.PUBLIC.P q')} AS q WHERE q.SSN = '1'`,
    "WITH q AS (SELECT * FROM P) SELECT ID FROM q WHERE SSN = '1'": `WITH q AS (SELECT * FROM ${P()}) SELECT ID FROM q WHERE SSN = '1'`,
    'SELECT o.ID FROM O o JOIN P USING (ID) ORDER BY P.SSN': `SELECT o.ID FROM O o JOIN ${P()} USING (ID) ORDER BY P.SSN`,
    // What an output is called stays, though its text is another one.
    'SELECT (SELECT MAX(SSN) FROM P p2 WHERE p2.ID = o.ID), 1 FROM O o': `SELECT (SELECT MAX(SSN) FROM ${blanked('P p2')} AS p2 WHERE p2.ID = o.ID) AS "(SELECT MAX(SSN) FROM P P2 WHERE P2.ID = O.ID)", 1 FROM O o`,
    // Statements that change something else.
    'CREATE TABLE X AS SELECT ID, UPPER(SSN) AS U FROM P': `CREATE TABLE X AS SELECT ID, UPPER(SSN) AS U FROM ${P()}`,
    'INSERT INTO COPY SELECT NAME, UPPER(SSN), 1 FROM P': `INSERT INTO COPY SELECT NAME, UPPER(SSN), 1 FROM ${P()}`,
    "COPY INTO @s FROM (SELECT ID FROM P WHERE SSN = '2')": `COPY INTO @s FROM (SELECT ID FROM ${P()} WHERE SSN = '2')`,
    'DELETE FROM O USING P WHERE P.SSN = O.CODE': `DELETE FROM O USING ${P()} WHERE P.SSN = O.CODE`,
    'UPDATE O SET CODE = p.NAME FROM P p WHERE p.SSN = O.CODE': `UPDATE O SET CODE = p.NAME FROM ${blanked('P p')} AS p WHERE p.SSN = O.CODE`,
    "MERGE INTO O USING P ON O.ID = P.ID AND P.SSN = '1' WHEN MATCHED THEN DELETE": `MERGE INTO O USING ${P()} ON O.ID = P.ID AND P.SSN = '1' WHEN MATCHED THEN DELETE`,
    // A view whose columns come from guarded ones.
    "SELECT ID FROM V WHERE NUMBER = '1'": `SELECT ID FROM (SELECT "ID", IFF("NUMBER" IS NULL, NULL, ''::VARCHAR(16777216)) AS "NUMBER" FROM V) AS "V" WHERE NUMBER = '1'`,
    "SELECT v.X FROM VV v WHERE v.Y = '1'": `SELECT v.X FROM (SELECT "X", IFF("Y" IS NULL, NULL, ''::VARCHAR(16777216)) AS "Y" FROM VV v) AS v WHERE v.Y = '1'`,
  };
  it.each(Object.entries(cases))('%s', (sql, expected) => {
    expect(textOf(sql)).toBe(expected);
  });
});

describe('a statement stays as it is', () => {
  it.each([
    'SELECT SSN FROM P',
    'SELECT * FROM P',
    'SELECT NUMBER FROM V',
    'SELECT SSN FROM (SELECT * FROM P) ORDER BY ID',
    'WITH P AS (SELECT * FROM O) SELECT * FROM P',
    'SELECT * FROM O',
    'CREATE TABLE X AS SELECT SSN FROM P',
    'COPY INTO @s FROM P',
    // It is read under the floor of whoever reads it.
    'CREATE VIEW W AS SELECT UPPER(SSN) AS U FROM P',
    // Of what is changed nothing guarded is read.
    "UPDATE P SET NAME = 'x' WHERE ID = 1",
  ])('%s', (sql) => {
    expect(floorText(sql, shown, catalog)).toEqual({ sql, salts: [], replaced: [] });
  });

  it('where the use is let through, too', () => {
    const sql = "SELECT SSN FROM P WHERE SSN = '1' ORDER BY SSN";
    expect(textOf(sql, floorOf(['direct', 'use']))).toBe(sql);
  });
});

describe('where some names mean the value and others do not, what they mean stands beside it', () => {
  const cases: Readonly<Record<string, string>> = {
    'SELECT SSN FROM P ORDER BY SSN': `SELECT SSN FROM ${withBlank()} AS "P" ORDER BY "sluice$blank_0_2"`,
    'SELECT SSN, 1 FROM P ORDER BY 1': `SELECT SSN, 1 FROM ${withBlank()} AS "P" ORDER BY "sluice$blank_0_2"`,
    'SELECT p.SSN, UPPER(p.SSN) FROM P p': `SELECT p.SSN, UPPER(p."sluice$blank_0_2") AS "UPPER(P.SSN)" FROM ${withBlank('P p')} AS p`,
    "SELECT SSN FROM P WHERE SSN LIKE '1%'": `SELECT SSN FROM ${withBlank()} AS "P" WHERE "sluice$blank_0_2" LIKE '1%'`,
    // The client asked for the columns of the table.
    "SELECT *, x.* FROM P x WHERE SSN = '1'": `SELECT * EXCLUDE ("sluice$blank_0_2"), x.* EXCLUDE ("sluice$blank_0_2") FROM ${withBlank('P x')} AS x WHERE "sluice$blank_0_2" = '1'`,
    "SELECT PUBLIC.P.SSN FROM SHOP.PUBLIC.P WHERE PUBLIC.P.SSN = '1'": `SELECT P.SSN FROM ${withBlank('SHOP.PUBLIC.P')} AS "P" WHERE P."sluice$blank_0_2" = '1'`,
  };
  it.each(Object.entries(cases))('%s', (sql, expected) => {
    expect(textOf(sql)).toBe(expected);
  });
});

describe('tokens', () => {
  const cases: Readonly<Record<string, string>> = {
    'SELECT COUNT(*) FROM P GROUP BY SSN': `SELECT COUNT(*) FROM ${tokenOnly()} AS "P" GROUP BY SSN`,
    'SELECT COUNT(DISTINCT SSN) - COUNT(*) AS N FROM P ORDER BY N': `SELECT COUNT(DISTINCT SSN) - COUNT(*) AS N FROM ${tokenOnly()} AS "P" ORDER BY N`,
    'SELECT a.ID FROM P a JOIN P b ON a.SSN = b.SSN': `SELECT a.ID FROM ${tokenOnly('P a')} AS a JOIN ${tokenOnly('P b')} AS b ON a.SSN = b.SSN`,
    // Whoever is in a group has the group's value.
    'SELECT SSN, COUNT(*) AS N FROM P GROUP BY SSN HAVING COUNT(*) > 1 ORDER BY N': `SELECT ANY_VALUE("SSN") AS "SSN", COUNT(*) AS N FROM ${withToken()} AS "P" GROUP BY "sluice$token_0_2" HAVING COUNT(*) > 1 ORDER BY N`,
    'SELECT x.SSN AS S, COUNT(*) FROM P x GROUP BY S': `SELECT ANY_VALUE(x."SSN") AS S, COUNT(*) FROM ${withToken('P x')} AS x GROUP BY x."sluice$token_0_2"`,
    'SELECT ID, SSN, COUNT(*) FROM P GROUP BY 1, 2': `SELECT ID, ANY_VALUE("SSN") AS "SSN", COUNT(*) FROM ${withToken()} AS "P" GROUP BY 1, "sluice$token_0_2"`,
    'SELECT x.ID, x.SSN, COUNT(*) AS N FROM P x GROUP BY ALL ORDER BY N': `SELECT x.ID, ANY_VALUE(x."SSN") AS "SSN", COUNT(*) AS N FROM ${withToken('P x')} AS x GROUP BY 1, x."sluice$token_0_2" ORDER BY N`,
    'SELECT DISTINCT ID + 1 AS I, SSN FROM P WHERE ID > 1 ORDER BY I': `SELECT ID + 1 AS I, ANY_VALUE("SSN") AS "SSN" FROM ${withToken()} AS "P" WHERE ID > 1 GROUP BY 1, "sluice$token_0_2" ORDER BY I`,
    'SELECT SSN, COUNT(*) OVER (PARTITION BY SSN) FROM P': `SELECT SSN, COUNT(*) OVER (PARTITION BY "sluice$token_0_2") AS "COUNT(*) OVER (PARTITION BY SSN)" FROM ${withToken()} AS "P"`,
    'SELECT * FROM P QUALIFY ROW_NUMBER() OVER (PARTITION BY SSN ORDER BY ID) = 1': `SELECT * EXCLUDE ("sluice$token_0_2") FROM ${withToken()} AS "P" QUALIFY ROW_NUMBER() OVER (PARTITION BY "sluice$token_0_2" ORDER BY ID) = 1`,
    'WITH q AS (SELECT SSN, COUNT(*) AS N FROM P GROUP BY SSN) SELECT q.SSN FROM q ORDER BY N': `WITH q AS (SELECT ANY_VALUE("SSN") AS "SSN", COUNT(*) AS N FROM ${withToken()} AS "P" GROUP BY "sluice$token_0_2") SELECT q.SSN FROM q ORDER BY N`,
  };
  it.each(Object.entries(cases))('%s', (sql, expected) => {
    expect(textOf(sql, tokens)).toBe(expected);
  });

  it('of a number are numbers', () => {
    const pay: Floor = ({ column }) =>
      column === 'PAY' ? { ...guarded([]), token: new Set(['group']) } : null;
    expect(textOf('SELECT COUNT(*) FROM P GROUP BY PAY', pay)).toContain(
      `IFF("PAY" IS NULL, NULL, HASH('(salt of this statement)', "PAY")) AS "PAY"`,
    );
  });

  it('take their salt where the text says, and nowhere else', () => {
    const said = "'(salt of this statement)'";
    const made = floorText(`SELECT COUNT(DISTINCT SSN), ${said} FROM P`, tokens, catalog);
    if (!('sql' in made)) throw new Error(made.notWrappable);
    const sent = salted(made.sql, made.salts, 'abc');
    expect(sent).toContain(`SHA2('abc' || "SSN", 256)`);
    expect(sent).toContain(`COUNT(DISTINCT SSN), ${said}`);
  });
});

describe('what no text can say is not wrappable', () => {
  const twice = 'the column SSN is returned whole, and also used where only a blank is allowed';
  const cases: Readonly<Record<string, string>> = {
    "UPDATE P SET NAME = 'x' WHERE SSN = '1'":
      "the column SSN belongs to the table that is changed, which is read in place: SSN = '1'",
    "DELETE FROM P WHERE SSN = '1'":
      "the column SSN belongs to the table that is changed, which is read in place: SSN = '1'",
    "EXECUTE IMMEDIATE 'SELECT SSN FROM P'":
      "statements nested in another: EXECUTE IMMEDIATE 'SELECT SSN FROM P'",
    "CREATE DYNAMIC TABLE D TARGET_LAG = '1 hour' WAREHOUSE = W AS SELECT UPPER(SSN) AS U FROM P":
      "a create dynamic table of blanks: CREATE DYNAMIC TABLE D TARGET_LAG = '1 hour' WAREHOUSE = W AS SELECT UPPER(SSN) AS U FROM P",
    // What is made of all columns of a row would be made of the one beside it, too.
    "SELECT SSN, HASH(*) FROM P WHERE ID = 1 AND SSN = '1'": `a \`*\` of a column that is both returned and used: *`,
    'SELECT ID AS "Sluice$blank_0_2", SSN FROM P ORDER BY SSN':
      'names with sluice$, which the relay uses here: SELECT ID AS "Sluice$blank_0_2", SSN FROM P ORDER BY SSN',
    "SELECT * EXCLUDE NAME FROM P WHERE SSN = '1'":
      'a `*` of a column that is both returned and used: * EXCLUDE NAME',
    "SELECT A, SSN FROM P PIVOT (SUM(ID) FOR NAME IN ('A' AS A)) WHERE SSN > '1'": `${twice}: P PIVOT (SUM(ID) FOR NAME IN ('A' AS A))`,
    "SELECT x.$3 FROM P x WHERE x.$3 = '1'": `${twice}: x.$3`,
  };
  it.each(Object.entries(cases))('%s', (sql, expected) => {
    expect(textOf(sql)).toBe(expected);
  });

  const untold: Readonly<Record<string, string>> = {
    'SELECT SSN, COUNT(*) FROM P GROUP BY ROLLUP (SSN)': 'the column SSN is part of a key',
    'SELECT SSN FROM P UNION SELECT SSN FROM P': twice,
    'SELECT SSN, (SELECT MAX(P.SSN) FROM O) FROM P GROUP BY SSN': 'cannot be taken from its group',
    'SELECT /* once */ DISTINCT SSN FROM P': 'a DISTINCT behind a comment',
    'SELECT COUNT(*) FROM P GROUP BY UPPER(SSN), SSN': 'the column SSN is part of a key',
  };
  it.each(Object.entries(untold))('tokens: %s', (sql, expected) => {
    expect(textOf(sql, tokens)).toContain(expected);
  });

  it('tokens beside a character that their salt is put in place of', () => {
    const made = floorText("SELECT COUNT(DISTINCT SSN), '\0' FROM P", tokens, catalog);
    expect(made).toMatchObject({ notWrappable: 'a NUL character beside tokens' });
  });

  it('a token of a type that has none', () => {
    const born: Floor = ({ column }) =>
      column === 'BORN' ? { ...guarded([]), token: new Set(['group']) } : null;
    expect(textOf('SELECT COUNT(*) FROM P GROUP BY BORN', born)).toBe(
      'the column BORN is used as a token, and DATE has none: BORN',
    );
  });

  const viewOf = (definition: string) => {
    const view = {
      type: 'view',
      name: { database: 'SHOP', schema: 'PUBLIC', name: 'ONES' },
      version: '1',
      columns: [
        { name: 'ID', type: 'NUMBER(38,0)' },
        { name: 'N', type: 'NUMBER(38,0)' },
      ],
      definition,
    } as const;
    return {
      ...catalog,
      find: (name: Parameters<typeof catalog.find>[0]) => (name.name === 'ONES' ? view : catalog.find(name)),
    };
  };

  it('a view that decides on its rows by what is guarded', () => {
    const withView = viewOf("SELECT ID, 1 FROM P WHERE SSN LIKE '1%'");
    expect(floorText('SELECT * FROM ONES', shown, withView)).toMatchObject({
      notWrappable: 'the view ONES uses SSN in its definition',
    });
    expect(floorText('SELECT * FROM ONES', tokens, withView)).toMatchObject({
      notWrappable: 'the view ONES uses SSN in its definition',
    });
    expect(floorText('SELECT * FROM ONES', floorOf(['use']), withView)).toMatchObject({ replaced: [] });
  });

  it('but one that tells what tokens tell is', () => {
    const withView = viewOf('SELECT MAX(ID), COUNT(DISTINCT SSN) FROM P GROUP BY SSN, NAME');
    expect(floorText('SELECT ID, N FROM ONES ORDER BY N', tokens, withView)).toMatchObject({ replaced: [] });
    expect(floorText('SELECT ID, N FROM ONES', shown, withView)).toMatchObject({
      notWrappable: 'the view ONES uses SSN in its definition',
    });
  });
});

describe('parts of a VARIANT', () => {
  const floor: Floor = ({ object, column }) =>
    object.name === 'P' && column === 'DATA'
      ? guarded(['direct'], [['a', "it's"], ['b'], ['c', '*', 'd']])
      : null;

  it('are replaced by name, where they are; what is in the way is replaced whole', () => {
    const made = textOf("SELECT DATA:x FROM P WHERE DATA:b = '1'", floor);
    const part = (place: string, blank: string) =>
      `IFF(${place} IS NULL, NULL, IFF(IS_NULL_VALUE(${place}), ${place}, ${blank}))`;
    const a = `GET("DATA", 'a')`;
    const inner = `OBJECT_INSERT(${a}::OBJECT, 'it''s', ${part(`GET(${a}, 'it''s')`, "''::VARIANT")}, TRUE)`;
    const fields = [
      ['a', part(a, `IFF(IS_OBJECT(${a}), ${inner}::VARIANT, ''::VARIANT)`)],
      ['b', part(`GET("DATA", 'b')`, "''::VARIANT")],
      ['c', part(`GET("DATA", 'c')`, "''::VARIANT")],
    ] as const;
    const object = fields.reduce(
      (text, [name, by]) => `OBJECT_INSERT(${text}, '${name}', ${by}, TRUE)`,
      '"DATA"::OBJECT',
    );
    const document = `IFF("DATA" IS NULL, NULL, IFF(IS_OBJECT("DATA"), ${object}::VARIANT, ''::VARIANT)) AS "DATA"`;
    expect(made).toBe(
      `SELECT DATA:x FROM (SELECT "ID", "NAME", "SSN", ${document}, "BORN", "PAY", "OK" FROM P) AS "P" WHERE DATA:b = '1'`,
    );
  });

  it('are left where only others are used', () => {
    expect(textOf('SELECT DATA FROM P WHERE DATA:x = 1', floor)).toBe('SELECT DATA FROM P WHERE DATA:x = 1');
  });
});

it('every type has a constant of its own', () => {
  const made = textOf('SELECT ID FROM P', floorOf([], 'ID', 'SSN', 'DATA', 'BORN', 'PAY', 'OK'));
  for (const constant of ['0::NUMBER(38,0)', "''::VARIANT", "'1970-01-01'::DATE", '0::NUMBER(10,2)', 'FALSE'])
    expect(made).toContain(`IS NULL, NULL, ${constant})`);
});

it('what is rewritten reads nothing guarded but whether it is there', () => {
  const made = floorText("SELECT ID, LOWER(SSN) AS l FROM P p WHERE SSN > '1' GROUP BY ALL", shown, catalog);
  const { bound } = ready('sql' in made ? made.sql : '', catalog);
  const meaning = flowOf(bound, budgetFor(1_000));
  const ssn = meaning.understood
    ? [
        ...meaning.uses.map(({ column, as }) => [column.column, as]),
        ...meaning.outputs.flatMap(({ sources }) => sources.map(({ column, how }) => [column.column, how])),
      ].filter(([column]) => column === 'SSN')
    : null;
  expect(new Set(ssn?.map(([, how]) => how))).toEqual(new Set(['condition', 'counted']));
});
