import {
  Binary,
  Bool,
  type Data,
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Field,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  makeData,
  Struct,
  TimeSecond,
  Uint32,
  Utf8,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { cellReader } from '@sluice/contract/arrow';
import type { ColumnShape } from '../column.ts';
import { arrowType } from './fields.ts';
import { built, days, decimals, instant, shape } from './testing.ts';
import { writeCells } from './write-cells.ts';

/** Each encoding: a vector that Arrow itself built, and the cells that its values are. */
const ENCODINGS: readonly (readonly [string, ColumnShape, Data, readonly string[]])[] = [
  ['text', shape('text'), built(new Utf8(), ['', 'ä', 'secret']), ['', 'ä', 'secret']],
  ['a document', shape('variant'), built(new Utf8(), ['{"a":1}', 'null']), ['{"a":1}', 'null']],
  ['an object', shape('object'), built(new Utf8(), ['{}']), ['{}']],
  ['an array', shape('array'), built(new Utf8(), ['[]', '[undefined]']), ['[]', '[undefined]']],
  ['bytes', shape('binary'), built(new Binary(), [bytes(0, 255, 16), bytes()]), ['00FF10', '']],
  ['8 bits', shape('fixed', { scale: 0 }), built(new Int8(), [0, 127, -128]), ['0', '127', '-128']],
  ['16 bits', shape('fixed', { scale: 2 }), built(new Int16(), [1234, -5, 0]), ['12.34', '-0.05', '0.00']],
  ['32 bits', shape('fixed'), built(new Int32(), [2 ** 31 - 1, -(2 ** 31)]), ['2147483647', '-2147483648']],
  [
    '64 bits',
    shape('fixed', { scale: 1 }),
    built(new Int64(), [9_223_372_036_854_775_807n, -1n]),
    ['922337203685477580.7', '-0.1'],
  ],
  [
    '128 bits',
    shape('fixed', { scale: 2 }),
    decimals(
      2,
      -12_345_678_901_234_567_890_123n,
      1n,
      0n,
      99_999_999_999_999_999_999_999_999_999_999_999_999n,
    ),
    ['-123456789012345678901.23', '0.01', '0.00', '999999999999999999999999999999999999.99'],
  ],
  [
    'doubles',
    shape('real'),
    built(new Float64(), [1.5, -0.25, Infinity, -Infinity, Number.NaN, 0, 1e300]),
    ['1.5', '-0.25', 'inf', '-inf', 'NaN', '0', '1e+300'],
  ],
  [
    'truth values',
    shape('boolean'),
    built(new Bool(), [true, false, false, true, true, false, true, false, true, false]),
    ['1', '0', '0', '1', '1', '0', '1', '0', '1', '0'],
  ],
  ['dates', shape('date'), days(0, 19_750, -1), ['0', '19750', '-1']],
  ['times', shape('time', { scale: 3 }), built(new Int32(), [45_296_123, 0]), ['45296.123', '0.000']],
  [
    'timestamps',
    shape('timestamp_ntz', { scale: 3 }),
    built(new Int64(), [1_717_243_200_123n, -1n]),
    ['1717243200.123', '-0.001'],
  ],
  [
    'timestamps in parts',
    shape('timestamp_ltz', { scale: 9 }),
    built(instant(['epoch', 'fraction']), [
      { epoch: 1n, fraction: 5 },
      { epoch: -1n, fraction: 999_999_999 },
      { epoch: -2n, fraction: 500_000_000 },
    ]),
    ['1.000000005', '-0.000000001', '-1.500000000'],
  ],
  [
    'timestamps in parts that show less than they hold',
    shape('timestamp_ltz', { scale: 2 }),
    built(instant(['epoch', 'fraction']), [{ epoch: 7n, fraction: 120_000_000 }]),
    ['7.12'],
  ],
  [
    'timestamps with a zone',
    shape('timestamp_tz', { scale: 3 }),
    built(instant(['epoch', 'timezone']), [{ epoch: 1_500n, timezone: 1_560 }]),
    ['1.500 1560'],
  ],
  [
    'timestamps with a zone, in parts',
    shape('timestamp_tz', { scale: 9 }),
    built(instant(['epoch', 'fraction', 'timezone']), [
      { epoch: 1n, fraction: 7, timezone: 0 },
      { epoch: -1n, fraction: 0, timezone: 2_279 },
    ]),
    ['1.000000007 0', '-1.000000000 2279'],
  ],
];

function bytes(...given: readonly number[]): Uint8Array {
  return Uint8Array.from(given);
}

describe.each(ENCODINGS)('%s', (_, column, data, texts) => {
  it('are read', () => {
    const read = cellReader(data, column)!;
    expect(texts.map((_, index) => read(index))).toEqual(texts);
  });

  it('are written as Arrow writes them, and nulls between them', () => {
    // More than eight, since that many share a byte of what is null.
    const given = [null, ...texts, null, ...texts, ...texts, null, ...texts, ...texts, ...texts, null];
    const written = writeCells(column, given);
    const read = cellReader(written, column)!;
    expect(written).toMatchObject({
      length: given.length,
      nullCount: given.filter((cell) => cell === null).length,
    });
    expect(written.type).toEqual(arrowType(column));
    expect(given.map((_, index) => (written.getValid(index) ? read(index) : null))).toEqual(given);
  });
});

it('bytes are written from hexadecimal digits in either case', () => {
  expect(cellReader(writeCells(shape('binary'), ['00ff']), shape('binary'))!(0)).toBe('00FF');
});

it('a time with a fraction shorter than there is room for is filled up', () => {
  const written = writeCells(shape('time', { scale: 9 }), ['1.5', '2']);
  expect(written.values).toEqual(BigInt64Array.of(1_500_000_000n, 2_000_000_000n));
});

describe('what is no value of the type becomes null, of which nothing stays, and those beside it stay', () => {
  it.each<[string, ColumnShape, right: string, wrong: readonly string[]]>([
    ['bytes', shape('binary'), 'FF', ['F', 'FFF', 'xFF', 'FFx', 'GG', '***']],
    [
      'a number of 8 bits',
      shape('fixed', { precision: 2, scale: 1 }),
      '12.7',
      ['12.8', '-12.9', '1.25', '1.', '.5', '+1', '1e3', '1 ', 'x1.5', '1.5x', '***', ''],
    ],
    [
      'a number of 64 bits',
      shape('fixed', { precision: 18, scale: 0 }),
      '9223372036854775807',
      ['9223372036854775808', '1.0', '***'],
    ],
    [
      'a number of 128 bits',
      shape('fixed', { scale: 2 }),
      '1.25',
      // More digits than a decimal has, and one that 128 bits do not hold.
      ['1.255', `${'9'.repeat(38)}.99`, '9'.repeat(39), `2${'0'.repeat(37)}.00`, 'x1.25', '1.25x', '***'],
    ],
    ['a double', shape('real'), '-inf', ['', ' ', '***', '1.5x', 'Infinity', '1e999', 'nan']],
    ['a truth value', shape('boolean'), '1', ['', '2', 'true', '***', '10']],
    ['a date', shape('date'), '19750', ['19750.5', '2024-01-01', '2147483648', '***']],
    ['a timestamp', shape('timestamp_ntz', { scale: 3 }), '1.500', ['1.2345', '1 1440']],
    [
      'one in parts',
      shape('timestamp_ntz', { scale: 9 }),
      '1.500000000',
      ['', 'x', '1.5 1440', '1.1234567891'],
    ],
    [
      'one with a zone',
      shape('timestamp_tz', { scale: 0 }),
      '1 1440',
      ['1', '1 ', '1 x', '1 x1440', '1 1440x', '1 14400', 'x 1440', ' 1440', '***'],
    ],
    [
      'one with a zone, in parts',
      shape('timestamp_tz', { scale: 9 }),
      '1.500000000 0',
      ['1.5', '1.5 x', 'x 0', ''],
    ],
  ])('%s', (_, column, right, wrong) => {
    const written = wrong.map((cell) => writeCells(column, [right, cell, right]));
    expect(written.map((each) => [0, 1, 2].map((index) => each.getValid(index)))).toEqual(
      wrong.map(() => [true, false, true]),
    );
    expect(written.map((each) => [0, 2].map((index) => cellReader(each, column)!(index)))).toEqual(
      wrong.map(() => [right, right]),
    );
    expect(written.map(({ nullCount }) => nullCount)).toEqual(wrong.map(() => 1));
    const nothing = writeCells(column, [right, null, right]);
    expect(written.map(bytesOf)).toEqual(wrong.map(() => bytesOf(nothing)));
  });

  function bytesOf({ values, children }: Data): unknown {
    return [values, children.map((child) => child.values as unknown)];
  }
});

it.each<[number, DataType]>([
  [1, new Int8()],
  [2, new Int8()],
  [3, new Int16()],
  [5, new Int32()],
  [10, new Int64()],
  [18, new Int64()],
  [19, new Decimal(0, 38, 128)],
])('a number of %i digits is as wide as any such number needs', (precision, type) => {
  expect(arrowType(shape('fixed', { precision, scale: 0 }))).toEqual(type);
});

/** A struct of these parts, of these types. */
function parts(given: Readonly<Record<string, Data>>): Data {
  const fields = Object.entries(given).map(([name, { type }]) => new Field(name, type, true));
  return makeData({ type: new Struct(fields), length: 1, nullCount: 0, children: Object.values(given) });
}

const narrow = built(new Int32(), [1]);
const wide = built(new Int64(), [1n]);

describe('a vector of a type that Snowflake does not have for the column’s is not read', () => {
  it.each<[string, ColumnShape, Data]>([
    ['text of bytes', shape('text'), built(new Binary(), [bytes(1)])],
    ['a document of numbers', shape('variant'), narrow],
    ['an object of bytes', shape('object'), built(new Binary(), [bytes(1)])],
    ['an array of bytes', shape('array'), built(new Binary(), [bytes(1)])],
    ['bytes of text', shape('binary'), built(new Utf8(), ['secret'])],
    ['numbers of text', shape('fixed'), built(new Utf8(), ['1'])],
    ['numbers of doubles', shape('fixed'), built(new Float64(), [1])],
    ['numbers without a sign', shape('fixed'), built(new Uint32(), [1])],
    ['doubles of integers', shape('real'), narrow],
    ['doubles of half the size', shape('real'), built(new Float32(), [1])],
    ['truth values of integers', shape('boolean'), narrow],
    ['dates of integers', shape('date'), narrow],
    ['dates of milliseconds', shape('date'), built(new DateMillisecond(), [new Date()])],
    ['times of Arrow’s own', shape('time', { scale: 0 }), built(new TimeSecond(), [1])],
    ['times of days', shape('time', { scale: 0 }), built(new DateDay(), [new Date()])],
    ['timestamps of days', shape('timestamp_ntz', { scale: 0 }), days(1)],
    ['timestamps of text', shape('timestamp_ltz', { scale: 0 }), built(new Utf8(), ['1'])],
    ['a zone nowhere', shape('timestamp_tz', { scale: 0 }), wide],
    [
      'a zone for a column without',
      shape('timestamp_ntz', { scale: 0 }),
      parts({ epoch: wide, timezone: narrow }),
    ],
    ['nothing but seconds', shape('timestamp_ntz', { scale: 0 }), parts({ epoch: wide })],
    ['narrow seconds', shape('timestamp_ntz', { scale: 0 }), parts({ epoch: narrow, fraction: narrow })],
    ['wide fractions', shape('timestamp_ntz', { scale: 0 }), parts({ epoch: wide, fraction: wide })],
    ['a wide zone', shape('timestamp_tz', { scale: 0 }), parts({ epoch: wide, timezone: wide })],
    [
      'a wide zone behind a fraction',
      shape('timestamp_tz', { scale: 9 }),
      parts({ epoch: wide, fraction: narrow, timezone: wide }),
    ],
    [
      'parts in another order',
      shape('timestamp_ntz', { scale: 0 }),
      parts({ fraction: narrow, epoch: wide }),
    ],
    ['decfloats', shape('decfloat'), built(new Float64(), [1.5])],
  ])('%s', (_, column, data) => {
    expect(cellReader(data, column)).toBeNull();
  });

  it('decimals of which there are fewer words than values', () => {
    const column = shape('fixed', { scale: 0 });
    const { type, values } = decimals(0, 1n) as Data & { readonly values: Uint32Array };
    const short = makeData({ type, length: 2, nullCount: 0, data: values } as never) as Data;
    expect(cellReader(short, column)).toBeNull();
  });

  it('nor the middle of one', () => {
    const data = built(new Int32(), [1, 2, 3]);
    expect(cellReader(data.slice(1, 2), shape('fixed'))).toBeNull();
    expect(cellReader(data, shape('fixed'))).not.toBeNull();
  });
});

it.each([
  '0',
  '-1',
  '127',
  '128',
  '-129',
  '1234.5',
  '0.000000000001',
  '100000',
  '99999999999999999999999999999999999999',
  '-12345678901234567890123456789012345678e600',
  '1e-16383',
])('a DECFLOAT is written and read exactly: %s', (text) => {
  const column = shape('decfloat');
  const data = writeCells(column, [text, null, 'x', '1e99999']);
  const read = cellReader(data, column)!;
  expect([data.getValid(0), read(0)]).toEqual([true, text]);
  // What is no value of the type becomes null.
  expect([1, 2, 3].map((index) => data.getValid(index))).toEqual([false, false, false]);
});
