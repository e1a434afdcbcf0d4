import { openShop } from '@sluice/demo';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Warehouse, WarehouseSession } from '../../index.ts';
import { type Given, runSql } from '../testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openShop({ customers: 5 });
});
afterAll(() => warehouse.close());
beforeEach(async () => {
  session = await warehouse.openSession(warehouse.defaults);
});

/** Rows as records, by the names of their columns. */
async function records(sql: string, given: Given = {}) {
  const { columns, rows } = await runSql(session, sql, given);
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
}

async function run(...statements: readonly string[]) {
  for (const sql of statements) await runSql(session, sql);
}

async function namesOf(sql: string): Promise<readonly string[]> {
  return (await runSql(session, sql)).columns.map(({ name }) => name);
}

const DECLARED = `CREATE OR REPLACE TABLE SCRATCH.DECLARED (
  ID INT PRIMARY KEY, NAME VARCHAR(20) NOT NULL DEFAULT 'x', CODE CHAR, PRICE NUMBER(10,2), RATE FLOAT, BYTES BINARY(8),
  ON_DAY DATE, AT_TIME TIME(3), AT_INSTANT TIMESTAMP_LTZ(3), AT_CLOCK TIMESTAMP_NTZ(0), DOC VARIANT, LIST ARRAY, OBJ OBJECT,
  IS_ON BOOLEAN, PARENT INT REFERENCES ORDERS (ID), CONSTRAINT ONCE UNIQUE (NAME, CODE))`;
const TYPES = {
  ID: 'NUMBER(38,0)',
  NAME: 'VARCHAR(20)',
  CODE: 'VARCHAR(1)',
  PRICE: 'NUMBER(10,2)',
  RATE: 'FLOAT',
  BYTES: 'BINARY(8)',
  ON_DAY: 'DATE',
  AT_TIME: 'TIME(3)',
  AT_INSTANT: 'TIMESTAMP_LTZ(3)',
  AT_CLOCK: 'TIMESTAMP_NTZ(0)',
  DOC: 'VARIANT',
  LIST: 'ARRAY',
  OBJ: 'OBJECT',
  IS_ON: 'BOOLEAN',
  PARENT: 'NUMBER(38,0)',
};

const typesIn = async (table: string) =>
  Object.fromEntries((await records(`DESCRIBE TABLE ${table}`)).map(({ name, type }) => [name, type]));

describe('columns are described as they were declared', () => {
  beforeEach(() => run(DECLARED));

  it('in a table, with keys, defaults and what may be NULL', async () => {
    expect(await typesIn('SCRATCH.DECLARED')).toEqual(TYPES);
    const [id, name] = await records('DESC TABLE SCRATCH.DECLARED');
    expect(id).toMatchObject({ 'null?': 'N', 'primary key': 'Y', 'unique key': 'N', default: null });
    expect(name).toMatchObject({ 'null?': 'N', 'primary key': 'N', 'unique key': 'Y', default: "'x'" });
  });

  it.each([
    ['a copy', 'CREATE OR REPLACE TABLE SCRATCH.COPIED CLONE SCRATCH.DECLARED'],
    ['one like it', 'CREATE OR REPLACE TABLE SCRATCH.COPIED LIKE SCRATCH.DECLARED'],
    ['one made of its rows', 'CREATE OR REPLACE TABLE SCRATCH.COPIED AS SELECT * FROM SCRATCH.DECLARED'],
    ['a view', 'CREATE OR REPLACE VIEW SCRATCH.OVER_IT AS SELECT * FROM SCRATCH.DECLARED'],
    ['a temporary table', 'CREATE OR REPLACE TEMPORARY TABLE SCRATCH.OWN LIKE SCRATCH.DECLARED'],
  ])('in %s', async (_, sql) => {
    await run(sql);
    const name = /SCRATCH\.(\w+)/.exec(sql)![1];
    expect(await typesIn(`SCRATCH.${name}`)).toEqual(TYPES);
  });

  it('after changes', async () => {
    await run(
      'CREATE OR REPLACE TABLE SCRATCH.CHANGED (A VARCHAR(3), B BINARY(4))',
      'ALTER TABLE SCRATCH.CHANGED RENAME COLUMN A TO C',
      'ALTER TABLE SCRATCH.CHANGED ADD COLUMN D CHAR(7)',
      'ALTER TABLE SCRATCH.CHANGED DROP COLUMN B',
    );
    expect(await typesIn('SCRATCH.CHANGED')).toEqual({ C: 'VARCHAR(3)', D: 'VARCHAR(7)' });
    await run(
      'CREATE OR REPLACE TABLE SCRATCH.CHANGED (A INT)',
      'CREATE TABLE IF NOT EXISTS SCRATCH.CHANGED (A DATE)',
    );
    expect(await typesIn('SCRATCH.CHANGED')).toEqual({ A: 'NUMBER(38,0)' });
    await run(
      'CREATE TEMP TABLE SCRATCH.OWN (A CHAR(2))',
      'CREATE TEMP TABLE IF NOT EXISTS SCRATCH.OWN (A CHAR(9))',
    );
    expect(await typesIn('SCRATCH.OWN')).toEqual({ A: 'VARCHAR(2)' });
    await run('CREATE OR REPLACE TEMP TABLE SCRATCH.OWN (A CHAR(5))');
    expect(await typesIn('SCRATCH.OWN')).toEqual({ A: 'VARCHAR(5)' });
  });

  it('and so are those of results', async () => {
    const { columns } = await runSql(
      session,
      'SELECT NAME, PRICE, BYTES, AT_TIME, AT_CLOCK, LIST FROM SCRATCH.DECLARED',
    );
    expect(columns).toMatchObject([
      { type: 'text', length: 20 },
      { type: 'fixed', precision: 10, scale: 2 },
      { type: 'binary', length: 8 },
      { type: 'time', scale: 3 },
      { type: 'timestamp_ntz', scale: 0 },
      { type: 'array' },
    ]);
  });

  it('in INFORMATION_SCHEMA', async () => {
    const fields =
      'DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, CHARACTER_OCTET_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, IS_NULLABLE, COLUMN_DEFAULT';
    const { rows } = await runSql(
      session,
      `SELECT ${fields} FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'DECLARED' AND COLUMN_NAME IN ('NAME', 'PRICE', 'BYTES', 'AT_INSTANT', 'DOC') ORDER BY ORDINAL_POSITION`,
    );
    expect(rows).toEqual([
      ['TEXT', '20', '80', null, null, null, 'NO', "'x'"],
      ['NUMBER', null, null, '10', '2', null, 'YES', null],
      ['BINARY', null, '8', null, null, null, 'YES', null],
      ['TIMESTAMP_LTZ', null, null, null, null, '3', 'YES', null],
      ['VARIANT', null, null, null, null, null, 'YES', null],
    ]);
    const constraints = await records(
      "SELECT CONSTRAINT_NAME, CONSTRAINT_TYPE FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE TABLE_NAME = 'DECLARED' ORDER BY CONSTRAINT_TYPE",
    );
    expect(constraints.map((one) => one['CONSTRAINT_TYPE'])).toEqual([
      'FOREIGN KEY',
      'PRIMARY KEY',
      'UNIQUE',
    ]);
    expect(constraints[2]).toMatchObject({ CONSTRAINT_NAME: 'ONCE' });
  });

  it('by SHOW COLUMNS and SHOW ... KEYS', async () => {
    const columns = await records("SHOW COLUMNS LIKE 'NAME' IN TABLE SCRATCH.DECLARED");
    expect(columns).toMatchObject([{ column_name: 'NAME', 'null?': 'NOT_NULL', default: "'x'" }]);
    expect(JSON.parse(columns[0]!['data_type']!)).toEqual({
      type: 'TEXT',
      length: 20,
      byteLength: 80,
      nullable: false,
      fixed: false,
    });
    expect(await records('SHOW PRIMARY KEYS IN TABLE SCRATCH.DECLARED')).toMatchObject([
      { column_name: 'ID', key_sequence: '1' },
    ]);
    expect(await records('SHOW UNIQUE KEYS IN TABLE SCRATCH.DECLARED')).toMatchObject([
      { column_name: 'NAME', key_sequence: '1', constraint_name: 'ONCE' },
      { column_name: 'CODE', key_sequence: '2', constraint_name: 'ONCE' },
    ]);
    const [foreign] = await records('SHOW IMPORTED KEYS IN TABLE SCRATCH.DECLARED');
    expect(foreign).toMatchObject({
      pk_table_name: 'ORDERS',
      pk_schema_name: 'SCRATCH',
      fk_column_name: 'PARENT',
    });
  });
});

describe('SHOW', () => {
  // The columns that Snowflake's documentation lists, as far as programs are known to ask for them.
  it.each([
    [
      'SHOW TABLES',
      [
        'created_on',
        'name',
        'database_name',
        'schema_name',
        'kind',
        'rows',
        'owner',
        'is_dynamic',
        'is_iceberg',
      ],
    ],
    ['SHOW VIEWS', ['created_on', 'name', 'text', 'is_secure', 'is_materialized']],
    ['SHOW OBJECTS', ['created_on', 'name', 'kind', 'is_dynamic', 'is_iceberg']],
    ['SHOW SCHEMAS', ['created_on', 'name', 'is_default', 'is_current', 'database_name', 'owner']],
    ['SHOW DATABASES', ['created_on', 'name', 'is_default', 'is_current', 'origin', 'owner', 'kind']],
    [
      'SHOW COLUMNS IN TABLE ORDERS',
      ['table_name', 'schema_name', 'column_name', 'data_type', 'null?', 'autoincrement'],
    ],
    ['SHOW WAREHOUSES', ['name', 'state', 'type', 'size', 'is_current', 'auto_suspend']],
    ['SHOW PROCEDURES', ['created_on', 'name', 'arguments']],
  ])('%s has the columns that programs ask for', async (sql, names) => {
    expect(await namesOf(sql)).toEqual(expect.arrayContaining(names));
  });

  it('TERSE has five', async () => {
    const five = ['created_on', 'name', 'kind', 'database_name', 'schema_name'];
    for (const what of ['TABLES', 'VIEWS', 'OBJECTS', 'SCHEMAS', 'DATABASES'])
      expect(await namesOf(`SHOW TERSE ${what}`)).toEqual(five);
  });

  it('looks where it is told to, by pattern, from a name on, and for so many', async () => {
    const names = async (sql: string) => (await records(sql)).map(({ name }) => name);
    expect(await names("SHOW TABLES LIKE 'order%'")).toEqual(['ORDERS', 'ORDER_ITEMS']);
    expect(await names("SHOW TABLES LIKE 'ORDER\\\\_%'")).toEqual(['ORDER_ITEMS']);
    expect(await names("SHOW TABLES STARTS WITH 'ORDER' LIMIT 1")).toEqual(['ORDERS']);
    expect(await names("SHOW TABLES LIMIT 2 FROM 'ORDERS'")).toEqual(['ORDER_ITEMS', 'PAYMENTS']);
    expect(await names('SHOW VIEWS IN SCHEMA SHOP.PUBLIC')).toEqual([
      'CUSTOMER_OVERVIEW',
      'REVENUE_BY_MONTH',
    ]);
    expect(await names('SHOW SCHEMAS')).toEqual(['INFORMATION_SCHEMA', 'PUBLIC', 'SCRATCH']);
  });

  it.each(['SHOW TABLES IN SCHEMA NOPE', 'SHOW TABLES IN DATABASE NOPE', 'SHOW SCHEMAS IN DATABASE NOPE'])(
    '%s says that it is not there',
    async (sql) => {
      await expect(runSql(session, sql)).rejects.toMatchObject({
        warehouse: { code: '002043', sqlState: '02000' },
      });
    },
  );

  it.each(['DESCRIBE TABLE NOPE', 'SHOW COLUMNS IN TABLE NOPE', 'SHOW PRIMARY KEYS IN TABLE NOPE'])(
    '%s says which object is not there',
    async (sql) => {
      await expect(runSql(session, sql)).rejects.toMatchObject({
        code: 'object_unknown',
        message: expect.stringContaining("'SHOP.PUBLIC.NOPE'"),
      });
    },
  );

  it("lists a session's own tables to it alone, in the place of those that they hide", async () => {
    await run(
      'CREATE OR REPLACE TABLE SCRATCH.HIDDEN (A INT)',
      'CREATE TEMP TABLE SCRATCH.HIDDEN (B CHAR(3))',
      'INSERT INTO SCRATCH.HIDDEN VALUES (1)',
    );
    const sql = "SHOW TABLES LIKE 'HIDDEN' IN SCHEMA SCRATCH";
    expect(await records(sql)).toMatchObject([{ kind: 'TEMPORARY', rows: '1' }]);
    await run('DROP TABLE SCRATCH.HIDDEN');
    expect(await records(sql)).toMatchObject([{ kind: 'TABLE', rows: '0' }]);
    session = await warehouse.openSession(warehouse.defaults);
    expect(await records(sql)).toMatchObject([{ kind: 'TABLE' }]);
  });
});

describe('how a view is defined', () => {
  const texts = [
    ['SHOW VIEWS', 'text'],
    ['SELECT TABLE_NAME AS "name", VIEW_DEFINITION AS "text" FROM INFORMATION_SCHEMA.VIEWS', 'text'],
  ] as const;
  it.each(texts)('%s shows to those who may know of it, and to nobody else', async (sql, column) => {
    const mayKnowOf = ({ name }: { name: string }) => name === 'REVENUE_BY_MONTH';
    const shown = await records(sql, { mayKnowOf });
    const text = (name: string) => shown.find((one) => one['name'] === name)?.[column];
    expect(text('REVENUE_BY_MONTH')).toMatch(/^CREATE VIEW REVENUE_BY_MONTH AS SELECT DATE_TRUNC/);
    expect(text('CUSTOMER_OVERVIEW')).toBeNull();
    // The next statement is of somebody who may know less.
    const none = await records(sql, { mayKnowOf: () => false });
    expect(new Set(none.map((one) => one[column]))).toEqual(new Set([null]));
  });

  it('is not shown to who may know of another whose names are the same together', async () => {
    await run('CREATE SCHEMA A', 'CREATE SCHEMA "A.B"');
    await run('CREATE VIEW A."B.C" AS SELECT 1 AS SECRET', 'CREATE VIEW "A.B".C AS SELECT 2 AS OPEN');
    const mayKnowOf = ({ schema }: { schema: string }) => schema === 'A.B';
    for (const sql of ['SHOW VIEWS IN DATABASE', texts[1][0]]) {
      const shown = await records(sql, { mayKnowOf });
      const own = shown.filter(({ name }) => name === 'C' || name === 'B.C').map(({ text }) => text);
      expect(new Set(own)).toEqual(new Set(['CREATE VIEW C AS SELECT 2 AS OPEN', null]));
    }
    const ddl = "SELECT GET_DDL('VIEW', 'A.\"B.C\"') AS TEXT";
    await expect(records(ddl, { mayKnowOf })).rejects.toThrow(/does not exist/);
    await run('DROP SCHEMA A', 'DROP SCHEMA "A.B"');
  });
});

describe('what goes into a column', () => {
  beforeEach(() => run('CREATE OR REPLACE TABLE SCRATCH.GIVEN (T VARCHAR(3), B BINARY(2), V VARIANT)'));
  const tooLong = { warehouse: { code: '100078', sqlState: '22000' } };

  it.each([
    "INSERT INTO SCRATCH.GIVEN (T) VALUES ('abcd')",
    'INSERT INTO SCRATCH.GIVEN (T) SELECT NAME FROM CUSTOMERS',
    "INSERT INTO SCRATCH.GIVEN (B) VALUES ('414243')",
    "INSERT INTO SCRATCH.GIVEN (T, B) VALUES ('abcd', DEFAULT)",
    "MERGE INTO SCRATCH.GIVEN g USING (SELECT 'abcd' AS T) s ON g.T = s.T WHEN NOT MATCHED THEN INSERT (T) VALUES (s.T)",
  ])('is no longer than it takes: %s', async (sql) => {
    await expect(runSql(session, sql)).rejects.toMatchObject(tooLong);
  });

  it('nor is what changes it', async () => {
    await run("INSERT INTO SCRATCH.GIVEN (T) VALUES ('abc')");
    await expect(runSql(session, "UPDATE SCRATCH.GIVEN SET T = T || 'd'")).rejects.toMatchObject(tooLong);
  });

  it('is written in the formats of the session where it is of another type and the column of texts', async () => {
    await run(
      'CREATE OR REPLACE TABLE SCRATCH.TEXTS (A VARCHAR, B VARCHAR(30))',
      "INSERT INTO SCRATCH.TEXTS SELECT 1e10::FLOAT, '2024-01-02 03:04:05.678901'::TIMESTAMP",
      "INSERT INTO SCRATCH.TEXTS VALUES (X'4142', '2024-01-02'::DATE)",
      "ALTER SESSION SET DATE_OUTPUT_FORMAT = 'DD.MM.YYYY'",
      "INSERT INTO SCRATCH.TEXTS VALUES (0.50, '2024-01-02'::DATE)",
      "UPDATE SCRATCH.TEXTS SET A = '10:11:12.5'::TIME WHERE A = '4142'",
      'ALTER SESSION UNSET DATE_OUTPUT_FORMAT',
    );
    expect((await runSql(session, 'SELECT * FROM SCRATCH.TEXTS ORDER BY A')).rows).toEqual([
      ['0.50', '02.01.2024'],
      ['10000000000', '2024-01-02 03:04:05.678'],
      ['10:11:12', '2024-01-02'],
    ]);
    await run(
      "CREATE OR REPLACE TABLE SCRATCH.TEXTS (A VARCHAR) AS SELECT '2024-01-02 03:04:05.678901'::TIMESTAMP_LTZ UNION ALL SELECT NULL",
    );
    expect((await runSql(session, 'SELECT * FROM SCRATCH.TEXTS ORDER BY A')).rows).toEqual([
      ['2024-01-02 03:04:05.678 +0000'],
      [null],
    ]);
  });

  it('is read as hexadecimal digits where it is a text and the column of bytes', async () => {
    const text = { '1': { type: 'TEXT', value: '4142' } };
    await run(
      "INSERT INTO SCRATCH.GIVEN (B) VALUES ('4142')",
      "INSERT INTO SCRATCH.GIVEN (B) SELECT '4142'",
      "INSERT INTO SCRATCH.GIVEN (B) VALUES (X'4142')",
    );
    await runSql(session, 'INSERT INTO SCRATCH.GIVEN (B) VALUES (?)', { binds: text });
    await runSql(session, 'INSERT INTO SCRATCH.GIVEN (B) VALUES (?)', {
      binds: { '1': { type: 'BINARY', value: '4142' } },
    });
    await run(
      'INSERT INTO SCRATCH.GIVEN (B) VALUES (NULL)',
      "UPDATE SCRATCH.GIVEN SET B = '4142' WHERE B IS NULL",
    );
    expect((await runSql(session, 'SELECT B FROM SCRATCH.GIVEN')).rows).toEqual(
      Array.from({ length: 6 }, () => ['4142']),
    );
    await expect(runSql(session, "INSERT INTO SCRATCH.GIVEN (B) VALUES ('xy')")).rejects.toThrow(
      'hex-encoded',
    );
  });

  it('is an instant with an offset, or a bind of one', async () => {
    await run(
      'CREATE OR REPLACE TABLE SCRATCH.INSTANTS (A TIMESTAMP_TZ, B TIMESTAMPTZ(3), C TIMESTAMPLTZ)',
      "INSERT INTO SCRATCH.INSTANTS VALUES ('2024-01-01 10:00:00 +0200', '2024-01-01 10:00:00.123 -08:30', '2024-01-01T10:00:00Z')",
    );
    const bind = { type: 'TIMESTAMP_TZ', value: '1704103200000000000 1560' };
    await runSql(session, 'INSERT INTO SCRATCH.INSTANTS (A) VALUES (?)', { binds: { '1': bind } });
    const { columns, rows } = await runSql(session, 'SELECT * FROM SCRATCH.INSTANTS ORDER BY A');
    expect(columns).toMatchObject([
      { type: 'timestamp_tz', scale: 9 },
      { type: 'timestamp_tz', scale: 3 },
      { type: 'timestamp_ltz', scale: 9 },
    ]);
    expect(rows).toEqual([
      ['1704096000.000000000 1560', '1704133800.123 930', '1704103200.000000000'],
      ['1704103200.000000000 1560', null, null],
    ]);
  });

  it('is a text where the column is a VARIANT', async () => {
    await run(
      "INSERT INTO SCRATCH.GIVEN (V) VALUES ('[1]')",
      'INSERT INTO SCRATCH.GIVEN (V) SELECT PARSE_JSON(\'[1,{"a":null}]\')',
    );
    expect((await runSql(session, 'SELECT V FROM SCRATCH.GIVEN')).rows).toEqual([
      ['"[1]"'],
      ['[\n  1,\n  {\n    "a": null\n  }\n]'],
    ]);
  });
});
