import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '@sluice/demo';
import { toRowType } from '../../listeners/snowflake/row-type.ts';
import type { Warehouse, WarehouseSession } from '../index.ts';
import { executable, runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openShop({ customers: 5 });
  session = await warehouse.openSession(warehouse.defaults);
  await runSql(session, "ALTER SESSION SET TIMEZONE = 'Europe/Warsaw'");
});
afterAll(() => warehouse.close());

const one = async (sql: string) => (await runSql(session, sql)).rows[0]![0]?.replaceAll(/\s*\n\s*/g, '');
const json = async (sql: string) => JSON.parse((await one(sql)) ?? 'null') as unknown;

describe('a cast', () => {
  it.each([
    ["{'a': 1}::OBJECT(a INT)", { a: 1 }],
    ["{'b': 1, 'a': '2'}::OBJECT(a INT, b VARCHAR)", { a: 2, b: '1' }],
    ['[1, NULL]::ARRAY(VARCHAR)', ['1', null]],
    ["{'k': '1', '': NULL}::MAP(VARCHAR, INT)", { '': null, k: 1 }],
    ['PARSE_JSON(\'{"07": [1.5]}\')::MAP(INT, ARRAY(NUMBER(5,1)))', { 7: [1.5] }],
    [
      'PARSE_JSON(\'[{"a\\\\"b": {"x": true}}]\')::ARRAY(MAP(VARCHAR, MAP(VARCHAR, BOOLEAN)))',
      [{ 'a"b': { x: true } }],
    ],
    ['PARSE_JSON(\'{"a": {"b": null}}\')::OBJECT(a OBJECT(b INT))', { a: { b: null } }],
    ["{'f': 'inf', 'g': 2.50}::OBJECT(f FLOAT, g FLOAT)", { f: 'inf', g: 2.5 }],
    ["{'b': TO_BINARY('616263', 'HEX')}::OBJECT(b BINARY)", { b: '616263' }],
    ['PARSE_JSON(\'{"v": {"x": [1]}}\')::OBJECT(v VARIANT)', { v: { x: [1] } }],
    ['NULL::OBJECT(a INT)', null],
    ["PARSE_JSON('null')::ARRAY(INT)", null],
    ['TRY_CAST(PARSE_JSON(\'["x"]\') AS ARRAY(INT))', null],
    ["{'a': {'b': [7]}}::OBJECT(a OBJECT(b ARRAY(INT))):a:b[0]", 7],
  ])('%s', async (value, expected) => {
    expect(await json(`SELECT ${value}`)).toEqual(expected);
  });

  it('keeps all digits of what is written out', async () => {
    const digits = '1.2345678901234567890123456789012345678';
    expect(await one(`SELECT {'x': ${digits}}::MAP(VARCHAR, NUMBER(38, 37))`)).toBe(`{"x": ${digits}}`);
    expect(await one(`SELECT ARRAY_CONSTRUCT(${digits})::ARRAY(NUMBER(38, 37))`)).toBe(`[${digits}]`);
  });

  it("writes times in the session's formats, each in its own zone", async () => {
    const value = `{'l': '2021-07-21 11:22:33'::TIMESTAMP_LTZ, 'z': '2022-01-31 13:43:22 -0330'::TIMESTAMP_TZ, 'n': '2023-05-22 01:17:19.5'::TIMESTAMP_NTZ,
      't': '13:03:02'::TIME, 'd': '2024-03-21'::DATE}::OBJECT(l TIMESTAMP_LTZ, z TIMESTAMP_TZ, n TIMESTAMP_NTZ, t TIME, d DATE)`;
    expect(await json(`SELECT ${value}`)).toEqual({
      l: '2021-07-21 11:22:33.000 +0200',
      z: '2022-01-31 13:43:22.000 -0330',
      n: '2023-05-22 01:17:19.500',
      t: '13:03:02',
      d: '2024-03-21',
    });
    const own = await warehouse.openSession(warehouse.defaults);
    await runSql(own, "ALTER SESSION SET TIMEZONE = 'Asia/Kolkata'");
    await runSql(own, "ALTER SESSION SET TIMESTAMP_OUTPUT_FORMAT = 'DY DD MON YYYY HH12:MI AM TZH:TZM'");
    const { rows } = await runSql(
      own,
      "SELECT ['2021-07-21 09:22:33 +0000'::TIMESTAMP_LTZ]::ARRAY(TIMESTAMP_LTZ)",
    );
    expect(rows[0]![0]).toContain('"Wed 21 Jul 2021 02:52 PM +05:30"');
    await own.close();
  });

  it.each([
    ['a key is missing', `PARSE_JSON('{"a": 1}')::OBJECT(a INT, b INT)`, '001065'],
    ['a key is not expected', `PARSE_JSON('{"a": 1, "b": 2}')::OBJECT(a INT)`, '001065'],
    [
      'a key is there, and another is missing',
      `PARSE_JSON('{"a": 1, "c": 2}')::OBJECT(a INT, b INT)`,
      '001065',
    ],
    ['a value is null', `[NULL]::ARRAY(INT NOT NULL)`, '001065'],
    ['a field is null', `{'a': NULL}::OBJECT(a INT NOT NULL)`, '001065'],
    ['it is an array', `PARSE_JSON('[1]')::OBJECT(a INT)`, '001065'],
    ['it is an object', `PARSE_JSON('{}')::ARRAY(INT)`, '001065'],
    ['a value is of another type', `['x']::ARRAY(INT)`, '100038'],
    ['a key is no number', `PARSE_JSON('{"x": 1}')::MAP(INT, INT)`, '100038'],
  ])('fails where %s', async (_title, value, code) => {
    await expect(runSql(session, `SELECT ${value}`)).rejects.toMatchObject({ warehouse: { code } });
  });

  it.each([
    '1::OBJECT(a INT)',
    'NULL::OBJECT(a INT, a INT)',
    "{'a': 1}::MAP(FLOAT, INT)",
    'NULL::ARRAY(INT, INT)',
    `NULL::${'ARRAY('.repeat(6)}INT${')'.repeat(6)}`,
  ])('refuses %s', async (value) => {
    await expect(runSql(session, `SELECT ${value}`)).rejects.toMatchObject({
      code: 'unsupported_by_warehouse',
    });
  });
});

describe('a column', () => {
  const TYPE = 'OBJECT(s VARCHAR, "two words" NUMBER(5,2) NOT NULL, a ARRAY(DATE))';
  beforeAll(async () => {
    await runSql(session, `CREATE OR REPLACE TABLE SCRATCH.ST (O ${TYPE}, M MAP(VARCHAR, INT))`);
    await runSql(
      session,
      `INSERT INTO SCRATCH.ST SELECT {'a': ['2024-02-29'], 'two words': '1.5', 's': 'x'}, {'b': 2, 'a': 1}`,
    );
  });

  it('is described, and copied with its type', async () => {
    const name = 'OBJECT(s VARCHAR(16777216), "two words" NUMBER(5,2) NOT NULL, a ARRAY(DATE))';
    const types = async (table: string) =>
      (await runSql(session, `DESCRIBE TABLE SCRATCH.${table}`)).rows.map((row) => row[1]);
    expect(await types('ST')).toEqual([name, 'MAP(VARCHAR(16777216), NUMBER(38,0))']);
    await runSql(session, 'CREATE OR REPLACE TABLE SCRATCH.ST2 AS SELECT M, O FROM SCRATCH.ST');
    expect(await types('ST2')).toEqual(['MAP(VARCHAR(16777216), NUMBER(38,0))', name]);
    expect(await one('SELECT SYSTEM$TYPEOF(O) FROM SCRATCH.ST2')).toBe(`${name}[LOB]`);
    const views = await runSql(
      session,
      "SELECT DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'ST' ORDER BY ORDINAL_POSITION",
    );
    expect(views.rows).toEqual([['OBJECT'], ['MAP']]);
  });

  it('has what was put into it as a value of its type, and is compared with a bind', async () => {
    expect(await json('SELECT O FROM SCRATCH.ST')).toEqual({ s: 'x', 'two words': 1.5, a: ['2024-02-29'] });
    expect(await one("SELECT O:a[0]::DATE || M['b'] FROM SCRATCH.ST")).toBe('2024-02-292');
    const binds = { 1: { type: 'MAP', value: '{"a":"1","b":2}' } };
    const { rows } = await runSql(session, 'SELECT 1 FROM SCRATCH.ST WHERE M = ?', { binds });
    expect(rows).toHaveLength(1);
    await runSql(session, 'INSERT INTO SCRATCH.ST2 (M) SELECT (?)', { binds });
    expect((await runSql(session, 'SELECT DISTINCT M FROM SCRATCH.ST2')).rows).toHaveLength(1);
  });

  it.each([
    "INSERT INTO SCRATCH.ST (O) SELECT {'s': 'x', 'two words': NULL, 'a': []}",
    "INSERT INTO SCRATCH.ST (M) SELECT PARSE_JSON('[1]')",
    "INSERT INTO SCRATCH.ST (M) SELECT {'a': 'x'}",
    'UPDATE SCRATCH.ST SET M = PARSE_JSON(\'{"a": "x"}\')',
  ])('takes nothing else: %s', async (sql) => {
    await expect(runSql(session, sql)).rejects.toMatchObject({ code: 'statement_failed' });
    expect((await runSql(session, 'SELECT 1 FROM SCRATCH.ST')).rows).toHaveLength(1);
  });
});

describe('a client', () => {
  const sql = `SELECT {'n': 12, 's': 'x', 'm': {'1': '2024-01-05 11:22:33 +0100'::TIMESTAMP_TZ}, 'l': [1.5, NULL]}
    ::OBJECT(n INT NOT NULL, s VARCHAR(3), m MAP(INT, TIMESTAMP_TZ), l ARRAY(NUMBER(3,1))) AS O`;
  const rowType = async () => toRowType((await runSql(session, sql)).columns[0]!);

  it('that does not ask for it is told of an object', async () => {
    expect(await rowType()).toMatchObject({ type: 'object' });
    expect(await rowType()).not.toHaveProperty('fields');
    const map = await runSql(session, "SELECT {'a': 1}::MAP(VARCHAR, INT)");
    expect(toRowType(map.columns[0]!)).toMatchObject({ type: 'object' });
  });

  it('that asks for it is told of the types inside, and may have them in Arrow as what they are', async () => {
    await runSql(session, 'ALTER SESSION SET ENABLE_STRUCTURED_TYPES_IN_CLIENT_RESPONSE = true');
    const field = (more: object) => expect.objectContaining(more) as unknown;
    expect(await rowType()).toMatchObject({
      type: 'object',
      fields: [
        field({ name: 'n', type: 'fixed', precision: 38, scale: 0, nullable: false }),
        field({ name: 's', type: 'text', length: 3, byteLength: 12, nullable: true }),
        field({
          name: 'm',
          type: 'map',
          fields: [field({ type: 'fixed' }), field({ type: 'timestamp_tz', scale: 9 })],
        }),
        field({ name: 'l', type: 'array', fields: [field({ type: 'fixed', precision: 3, scale: 1 })] }),
      ],
    });
    const typeInArrow = async () => {
      const statement = await executable(session, sql, { encoding: 'arrow' });
      const { chunks } = await session.execute(statement, new AbortController().signal);
      const types: string[] = [];
      for await (const chunk of chunks)
        types.push(String(tableFromIPC(await chunk.open()).schema.fields[0]!.type));
      return types;
    };
    expect(await typeInArrow()).toEqual(['Utf8']);
    await runSql(session, 'ALTER SESSION SET ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT = true');
    expect(await typeInArrow()).toEqual([
      'Struct<{n:Decimal[38e0], s:Utf8, m:Map<{key:Decimal[38e0], value:Struct<{epoch:Int64, fraction:Int32, timezone:Int32}>}>, l:List<Int16>}>',
    ]);
    const { rows } = await runSql(session, sql, { encoding: 'arrow' });
    expect(JSON.parse(rows[0]![0]!)).toEqual({
      n: 12,
      s: 'x',
      m: { 1: '2024-01-05T11:22:33.000000000+01:00' },
      l: [1.5, null],
    });
  });
});
