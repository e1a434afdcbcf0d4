import {
  BIGINT,
  BLOB,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBBlobValue,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnShape, LogicalType } from '../../encoding/index.ts';
import { encodeArrow } from './encode-arrow.ts';
import { openEmbeddedWarehouse } from './embedded-warehouse.ts';
import { executable, runSql } from './testing.ts';
import type { Warehouse, WarehouseSession } from '../warehouse.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openEmbeddedWarehouse();
  session = await warehouse.openSession(warehouse.defaults);
});
afterAll(async () => {
  await session.close();
  await warehouse.close();
});

const arrow = { encoding: 'arrow' } as const;

async function bytesOf(sql: string): Promise<Buffer[]> {
  const { chunks, encoding } = await session.execute(
    await executable(session, sql, arrow),
    new AbortController().signal,
  );
  expect(encoding).toBe('arrow');
  const read: Buffer[] = [];
  for await (const chunk of chunks) read.push(Buffer.from(await chunk.open()));
  return read;
}

const ROWS = 'FROM TABLE(GENERATOR(ROWCOUNT => 5000))';
const N = `SEQ4()`;

describe('says in Arrow what it says in JSON', () => {
  it.each([
    ['whole numbers', `SELECT 1 AS A, -1::NUMBER(2,0) AS B, 300::NUMBER(4,0) AS C, 70000::NUMBER(9,0) AS D`],
    ['wide ones', `SELECT 99999999999999999999999999999999999999 AS A, -99999999999999999999 AS B`],
    ['decimals', `SELECT 12.50::NUMBER(4,2) AS A, -0.01::NUMBER(38,2) AS B, 1.5::NUMBER(12,6) AS C`],
    ['doubles', `SELECT 1.5::FLOAT AS A, 1e300::FLOAT AS B, 'NaN'::FLOAT AS C, '-inf'::FLOAT AS D`],
    ['texts', `SELECT '' AS A, 'twelve bytes' AS B, 'thirteen bytes' AS C, 'ää€😀' AS D, NULL AS E`],
    ['truth values', `SELECT TRUE AS A, FALSE AS B, NULL::BOOLEAN AS C`],
    ['dates', `SELECT '1969-12-31'::DATE AS A, '2024-02-29'::DATE AS B, '9999-12-31'::DATE AS C`],
    ...[0, 3, 4, 6, 7, 8, 9].map((scale): [string, string] => [
      `times with ${scale} digits`,
      `SELECT '12:34:56.789012'::TIME(${scale}) AS A,
        '2024-02-29 12:34:56.789012'::TIMESTAMP_NTZ(${scale}) AS B,
        '1901-02-03 04:05:06.789012'::TIMESTAMP_NTZ(${scale}) AS C,
        '9999-12-31 23:59:59.999999'::TIMESTAMP_NTZ(${scale}) AS D,
        '2024-02-29 12:34:56.789012'::TIMESTAMP_LTZ(${scale}) AS E,
        '2024-02-29 12:34:56.789012 +0000'::TIMESTAMP_TZ(${scale}) AS F,
        '1901-02-03 04:05:06.789012 -0330'::TIMESTAMP_TZ(${scale}) AS G, NULL::TIMESTAMP_TZ(${scale}) AS H`,
    ]),
    [
      'bytes',
      `SELECT TO_BINARY('') AS A, TO_BINARY('CAFE') AS B, TO_BINARY('000102030405060708090A0B0C0D') AS C`,
    ],
    [
      'documents',
      `SELECT PARSE_JSON('{"a":[1.50,null]}') AS A, OBJECT_CONSTRUCT('k', 1) AS B, ARRAY_CONSTRUCT(1, 'x') AS C`,
    ],
    ['what is counted', `SELECT COUNT(*) AS A, SUM(1) AS B, AVG(1) AS C ${ROWS}`],
    ['many rows', `SELECT ${N} AS N, 'text ' || ${N} AS T, ${N} / 7 AS D ${ROWS}`],
    [
      'rows of which some are null',
      `SELECT IFF(MOD(${N}, 3) = 0, NULL, ${N}) AS N, IFF(MOD(${N}, 5) = 0, NULL, 'text of row ' || ${N}) AS T,
        IFF(MOD(${N}, 7) = 0, NULL, ${N} > 100) AS B, IFF(MOD(${N}, 2) = 0, NULL, DATEADD('second', ${N}, '2024-01-01'::TIMESTAMP_NTZ)) AS TS ${ROWS}`,
    ],
    [
      'more than a thousand columns',
      `SELECT ${Array.from({ length: 1100 }, (_, at) => `N + ${at} AS C${at}`).join(', ')} FROM (SELECT ${N} AS N FROM TABLE(GENERATOR(ROWCOUNT => 100)))`,
    ],
    ['no rows', `SELECT 1 AS A, 'x' AS B WHERE 1 = 0`],
  ])('%s', async (_, sql) => {
    const [inJson, inArrow] = [await runSql(session, sql), await runSql(session, sql, arrow)];
    expect(inArrow.encoding).toBe('arrow');
    expect(inArrow.columns).toEqual(inJson.columns);
    expect(inArrow.rows).toEqual(inJson.rows);
  });
});

it('answers in JSON what Snowflake does', async () => {
  for (const sql of ['SHOW TABLES', 'SELECT 1 AS N']) {
    const { encoding } = await runSql(session, sql, { ...arrow, describeOnly: sql === 'SELECT 1 AS N' });
    expect(encoding).toBe('json');
  }
});

it('copies nothing of what lies under a null', async () => {
  const hidden: readonly (readonly [DuckDBType, LogicalType, DuckDBValue, Buffer])[] = [
    [BIGINT, 'fixed', 0x5555_5555_5555_5555n, Buffer.alloc(8, 0x55)],
    [DECIMAL(38, 2), 'fixed', new DuckDBDecimalValue(0x55_5555_5555_5555n, 38, 2), Buffer.alloc(7, 0x55)],
    [DOUBLE, 'real', 1.25e77, written((bytes) => bytes.writeDoubleLE(1.25e77))],
    [
      DATE,
      'date',
      new DuckDBDateValue(19_782),
      written((bytes) => bytes.writeInt32LE(19_782)).subarray(0, 4),
    ],
    [VARCHAR, 'text', 'secret', Buffer.from('secret')],
    [VARCHAR, 'text', 'a secret of some length', Buffer.from('secret')],
    [BLOB, 'binary', new DuckDBBlobValue(Buffer.from('secret')), Buffer.from('secret')],
    [VARCHAR, 'variant', '"secret"', Buffer.from('secret')],
    [
      TIMESTAMP,
      'timestamp_ntz',
      new DuckDBTimestampValue(1_709_210_096_789_012n),
      written((bytes) => bytes.writeBigInt64LE(1_709_210_096n)),
    ],
    [
      TIMESTAMP,
      'timestamp_ntz',
      new DuckDBTimestampValue(1_709_210_096_789_012n),
      written((bytes) => bytes.writeBigInt64LE(1_709_210_096_789_012n)),
    ],
  ];
  for (const [type, logical, value, needle] of hidden) {
    const chunk = DuckDBDataChunk.create([type], 16);
    const vector = chunk.getColumnVector(0);
    for (let row = 0; row < 16; row += 1) vector.setItem(row, value);
    vector.flush();
    for (const scale of [0, 2, 6, 9]) {
      const column: ColumnShape = { name: 'C', type: logical, precision: 38, scale, length: 100 };
      const encoded = async () => {
        const bytes = await encodeArrow(chunk, [column], [{ column, encode: String, isPlain: false }], 0, 16);
        return Buffer.from(bytes).includes(needle);
      };
      // Seen while it is no null, in one of the scales at least.
      seen.set(needle, (await encoded()) || seen.get(needle) === true);
      for (let row = 0; row < 16; row += 1) vector.setItem(row, null);
      vector.flush();
      expect(await encoded(), `${logical}(${scale})`).toBe(false);
      for (let row = 0; row < 16; row += 1) vector.setItem(row, value);
      vector.flush();
    }
  }
  expect([...seen.values()]).not.toContain(false);
});

const seen = new Map<Buffer, boolean>();

function written(write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(8);
  write(bytes);
  return bytes;
}

it('says of each field what drivers go by', async () => {
  const [stream] = await bytesOf(
    `SELECT 1.5::NUMBER(12,2) AS N, 'x'::VARCHAR(10) AS T, CURRENT_TIMESTAMP() AS TS`,
  );
  const { fields, metadata } = tableFromIPC(stream).schema;
  expect(metadata.size).toBe(0);
  expect(fields.map((field) => [field.name, String(field.type), Object.fromEntries(field.metadata)])).toEqual(
    [
      [
        'N',
        'Int64',
        {
          logicalType: 'FIXED',
          precision: '12',
          scale: '2',
          charLength: '0',
          byteLength: '8',
          finalType: 'T',
        },
      ],
      [
        'T',
        'Utf8',
        {
          logicalType: 'TEXT',
          precision: '38',
          scale: '0',
          charLength: '10',
          byteLength: '40',
          finalType: 'T',
        },
      ],
      [
        'TS',
        expect.stringContaining('epoch'),
        {
          logicalType: 'TIMESTAMP_LTZ',
          precision: '38',
          scale: '9',
          charLength: '0',
          byteLength: '16',
          finalType: 'T',
        },
      ],
    ],
  );
});
