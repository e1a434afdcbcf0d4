import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openShop } from '@sluice/demo';
import type { Warehouse, WarehouseSession } from '../index.ts';
import { readSignInParameters } from './parameters/read.ts';
import { executable, rowsOf, runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openShop({ customers: 5 });
});
afterAll(() => warehouse.close());
beforeEach(async () => {
  session = await warehouse.openSession(warehouse.defaults);
});

const run = (sql: string) => runSql(session, sql);
const cell = async (expression: string) => (await run(`SELECT ${expression}`)).rows[0]![0];

describe('a parameter is honoured', () => {
  const honoured: readonly [set: string, expression: string, is: string][] = [
    [
      "TIMEZONE = 'America/New_York'",
      "'2024-01-05 12:00:00'::TIMESTAMP_LTZ::VARCHAR",
      '2024-01-05 12:00:00.000 -0500',
    ],
    ["TIMEZONE = 'Asia/Kolkata'", "'2024-01-05 12:00:00'::TIMESTAMP_LTZ", '1704436200.000000000'],
    ["TIMEZONE = 'Asia/Tokyo'", 'DATEDIFF(hour, SYSDATE(), CURRENT_TIMESTAMP()::TIMESTAMP_NTZ)', '9'],
    ["DATE_OUTPUT_FORMAT = 'DD/MM/YYYY'", "'2024-01-05'::DATE::VARCHAR", '05/01/2024'],
    ["DATE_OUTPUT_FORMAT = 'DD/MM/YYYY'", "'on ' || '2024-01-05'::DATE", 'on 05/01/2024'],
    ["TIME_OUTPUT_FORMAT = 'HH24:MI'", "'10:11:12'::TIME::VARCHAR", '10:11'],
    [
      "TIMESTAMP_NTZ_OUTPUT_FORMAT = 'YYYY-MM-DD'",
      "'2024-01-05 10:11:12'::TIMESTAMP_NTZ::VARCHAR",
      '2024-01-05',
    ],
    [
      "TIMESTAMP_NTZ_OUTPUT_FORMAT = '' TIMESTAMP_OUTPUT_FORMAT = 'YYYYMMDD HH24'",
      "'2024-01-05 10:11:12'::TIMESTAMP_NTZ::VARCHAR",
      '20240105 10',
    ],
    [
      "TIMESTAMP_LTZ_OUTPUT_FORMAT = 'YYYY-MM-DD TZH:TZM', TIMEZONE = 'Asia/Kolkata'",
      "'2024-01-05'::TIMESTAMP_LTZ::VARCHAR",
      '2024-01-05 +05:30',
    ],
    ["BINARY_OUTPUT_FORMAT = 'BASE64'", "TO_BINARY('SNOW', 'UTF-8')::VARCHAR", 'U05PVw=='],
    // From Snowflake's documentation: Calendar weeks and weekdays.
    ['WEEK_START = 3', "DAYOFWEEK('2017-01-01'::DATE)", '5'],
    ['WEEK_START = 1', "DAYOFWEEK('2017-01-01'::DATE)", '7'],
    ['WEEK_START = 7', "DATE_TRUNC('week', '2017-01-03'::DATE)::VARCHAR", '2017-01-01'],
    ['WEEK_START = 3', "LAST_DAY('2017-01-01'::DATE, 'week')::VARCHAR", '2017-01-03'],
    ['WEEK_START = 7', "DATEDIFF(week, '2017-01-01'::DATE, '2017-01-07'::DATE)", '0'],
    ['WEEK_START = 7', "DATEDIFF(week, '2016-12-31'::DATE, '2017-01-01'::DATE)", '1'],
    ['WEEK_START = 7', "TIME_SLICE('2017-01-03'::DATE, 1, 'week')::VARCHAR", '2017-01-01'],
    ['WEEK_OF_YEAR_POLICY = 1', "WEEK('2016-01-01'::DATE)", '1'],
    ['WEEK_OF_YEAR_POLICY = 1 WEEK_START = 3', "WEEKOFYEAR('2017-01-04'::DATE)", '2'],
    ['WEEK_OF_YEAR_POLICY = 1', "YEAROFWEEK('2016-01-01'::DATE)", '2016'],
    ['WEEK_OF_YEAR_POLICY = 0 WEEK_START = 3', "WEEK('2017-01-04'::DATE)", '1'],
    ['WEEK_OF_YEAR_POLICY = 1 WEEK_START = 3', "WEEKISO('2016-01-01'::DATE)", '53'],
    ['WEEK_START = 7', "DAYOFWEEKISO('2017-01-01'::DATE)", '7'],
    ['WEEK_START = 7', "EXTRACT(dayofweek FROM '2017-01-01'::DATE)", '1'],
  ];
  it.each(honoured)('SET %s: %s is %s', async (set, expression, is) => {
    await run(`ALTER SESSION SET ${set}`);
    expect(await cell(expression)).toBe(is);
  });

  it('until it is unset, several at once', async () => {
    await run("ALTER SESSION SET DATE_OUTPUT_FORMAT = 'YY', TIMEZONE = 'Asia/Tokyo', WEEK_START = 7");
    await run('ALTER SESSION UNSET DATE_OUTPUT_FORMAT, TIMEZONE');
    expect(await cell("'2024-01-05'::DATE::VARCHAR")).toBe('2024-01-05');
    expect(await cell("'2024-01-05'::TIMESTAMP_LTZ")).toBe('1704412800.000000000');
    expect(session.parameters).toEqual({ WEEK_START: 7 });
  });

  it('in its own session alone, which may have signed in with it', async () => {
    await run("ALTER SESSION SET TIMEZONE = 'Asia/Tokyo'");
    const other = await warehouse.openSession(warehouse.defaults, new Map(), {
      TIMEZONE: 'America/New_York',
    });
    const noon = "SELECT '2024-01-05 12:00:00'::TIMESTAMP_LTZ::VARCHAR";
    expect((await runSql(other, noon)).rows).toEqual([['2024-01-05 12:00:00.000 -0500']]);
    expect((await run(noon)).rows).toEqual([['2024-01-05 12:00:00.000 +0900']]);
    await other.close();
  });

  it('ROWS_PER_RESULTSET, of queries and not of what is changed', async () => {
    await run('ALTER SESSION SET ROWS_PER_RESULTSET = 3');
    expect((await run('SELECT ID FROM CUSTOMERS')).rows).toHaveLength(3);
    await run('CREATE TABLE SCRATCH.ALL_OF_THEM AS SELECT ID FROM CUSTOMERS');
    expect(await cell('COUNT(*) FROM SCRATCH.ALL_OF_THEM')).toBe('5');
    expect((await run('SHOW PARAMETERS')).rows.length).toBeGreaterThan(50);
  });

  it('STATEMENT_TIMEOUT_IN_SECONDS, and the session goes on', async () => {
    await run('ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1');
    await expect(run('SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 30000000000))')).rejects.toMatchObject(
      { code: 'statement_timeout', warehouse: { code: '000630', sqlState: '57014' } },
    );
    expect(await cell('1')).toBe('1');
  });
});

describe('what would change what a statement means', () => {
  it.each([
    "TIMEZONE = 'Asia/Tokyo'",
    "DATE_OUTPUT_FORMAT = 'DD/MM/YYYY'",
    'WEEK_START = 7',
    "BINARY_OUTPUT_FORMAT = 'BASE64'",
  ])('is part of what it was decided under: %s', async (set) => {
    const statement = await executable(session, 'SELECT COUNT(*) FROM CUSTOMERS');
    await run(`ALTER SESSION SET ${set}`);
    await expect(session.execute(statement, new AbortController().signal)).rejects.toMatchObject({
      code: 'session_changed',
    });
  });

  it('and what would not, is not', async () => {
    const statement = await executable(session, 'SELECT COUNT(*) FROM CUSTOMERS');
    await run("ALTER SESSION SET QUERY_TAG = 'x', WEEK_START = 0, CLIENT_PREFETCH_THREADS = 2");
    const result = await session.execute(statement, new AbortController().signal);
    expect(await rowsOf(result)).toEqual([['5']]);
  });
});

it.each([
  ['CLIENT_STAGE_ARRAY_BINDING_THRESHOLD', '1'],
  ['ENABLE_FIX_1758055_ADD_ARROW_SUPPORT_FOR_MULTI_STMTS', 'true'],
  ['NOORDER_SEQUENCE_AS_DEFAULT', 'false'],
])('%s can be set to %s, and is shown', async (name, value) => {
  await run(`ALTER SESSION SET ${name} = ${value}`);
  expect((await run(`SHOW PARAMETERS LIKE '${name}'`)).rows[0]!.slice(0, 2)).toEqual([name, value]);
  await run(`ALTER SESSION UNSET ${name}`);
});

describe('what is not honoured', () => {
  it.each([
    ['NONSENSE = 1', '001420', "invalid property 'NONSENSE' for 'SESSION'"],
    ["TIMEZONE = 'Nowhere/Land'", '001008', `invalid value ["Nowhere/Land"] for parameter 'TIMEZONE'`],
    ['WEEK_START = 8', '001008', `invalid value ["8"] for parameter 'WEEK_START'`],
    ["AUTOCOMMIT = 'perhaps'", '001008', `invalid value ["perhaps"] for parameter 'AUTOCOMMIT'`],
    ['QUOTED_IDENTIFIERS_IGNORE_CASE = TRUE', '000002', 'QUOTED_IDENTIFIERS_IGNORE_CASE with the value true'],
    ["DATE_INPUT_FORMAT = 'DD/MM/YYYY'", '000002', 'name the format: TO_DATE(text, format)'],
    ["TIMESTAMP_TYPE_MAPPING = 'TIMESTAMP_LTZ'", '000002', 'TIMESTAMP is TIMESTAMP_NTZ'],
    ["DATE_OUTPUT_FORMAT = 'YYYY''x'", '000002', 'does not support'],
    ["TIMEZONE = 'UTC', NONSENSE = 1", '001420', 'NONSENSE'],
  ])('is refused by name: %s', async (set, code, message) => {
    await expect(run(`ALTER SESSION SET ${set}`)).rejects.toMatchObject({
      message: expect.stringContaining(message),
      warehouse: { code },
    });
    // All or none.
    expect(session.parameters).toEqual({});
  });

  it('to UNSET is nothing that there is', async () => {
    await expect(run('ALTER SESSION UNSET NONSENSE')).rejects.toMatchObject({
      warehouse: { code: '001420' },
    });
    await run('ALTER SESSION UNSET TIMEZONE');
  });

  it('is left as it is at a sign-in when nobody knows it, and refused when it would not be honoured', () => {
    const asked = {
      timezone: 'UTC',
      NONSENSE: 1,
      CLIENT_PREFETCH_THREADS: 0,
      AUTOCOMMIT: false,
      QUERY_TAG: null,
    };
    expect(readSignInParameters(asked)).toEqual({ TIMEZONE: 'UTC', AUTOCOMMIT: false });
    // As the Go driver says what it was told at its first sign-in.
    const told = {
      CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: '2.147483647e+09',
      STATEMENT_TIMEOUT_IN_SECONDS: '6e+01',
    };
    expect(readSignInParameters(told)).toEqual({
      CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: 2_147_483_647,
      STATEMENT_TIMEOUT_IN_SECONDS: 60,
    });
    expect(readSignInParameters({ __proto__: 1, constructor: 'x' })).toEqual({});
    for (const wrong of [
      { QUOTED_IDENTIFIERS_IGNORE_CASE: true },
      { WEEK_START: 9 },
      { WEEK_START: '1.5' },
      { STATEMENT_TIMEOUT_IN_SECONDS: '1e99' },
      { TIMEZONE: ['UTC'] },
      { DATE_OUTPUT_FORMAT: "'" },
    ]) {
      expect(() => readSignInParameters(wrong)).toThrow(/parameter|the relay opens no sessions with/);
      // Whatever warehouse is behind the relay.
      expect(() => readSignInParameters(wrong)).not.toThrow(/embedded/);
    }
  });
});

it('lists them with value, default and level', async () => {
  await run("ALTER SESSION SET TIMEZONE = 'Asia/Tokyo'");
  const { columns, rows } = await run("SHOW PARAMETERS LIKE 'time%zone' IN SESSION");
  expect(columns.map(({ name }) => name)).toEqual([
    'key',
    'value',
    'default',
    'level',
    'description',
    'type',
  ]);
  expect(rows).toEqual([['TIMEZONE', 'Asia/Tokyo', 'Etc/UTC', 'SESSION', expect.any(String), 'STRING']]);
  expect((await run("SHOW PARAMETERS LIKE 'AUTOCOMMIT'")).rows[0]!.slice(0, 4)).toEqual([
    'AUTOCOMMIT',
    'true',
    'true',
    '',
  ]);
  await expect(run('SHOW PARAMETERS IN WAREHOUSE DEMO_WH')).rejects.toMatchObject({
    code: 'unsupported_by_warehouse',
  });
});
