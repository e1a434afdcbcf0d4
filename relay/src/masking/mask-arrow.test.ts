import {
  Binary,
  Bool,
  type Data,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  List,
  makeData,
  Struct,
  StructRow,
  Table,
  tableFromIPC,
  TimestampMillisecond,
  Type,
  Utf8,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { built, days, decimals, type Given, instant, ipc, shape } from '../encoding/arrow/testing.ts';
import { readArrowRows } from '../encoding/arrow/index.ts';
import type { ColumnShape } from './cell.ts';
import { compileMask } from './compile-mask.ts';
import { maskArrow } from './mask-arrow.ts';
import type { MaskingPolicy } from './masking-policy.ts';

const KEYS = { token: new Uint8Array(32).fill(7) };

const only = ({ data, column }: Given, policy: MaskingPolicy): unknown => {
  const masked = maskArrow(
    ipc([{ data, column }]),
    data.length,
    [column],
    [compileMask(policy, column, KEYS)],
  );
  const table = tableFromIPC(masked);
  expect(table.schema.fields[0]).toMatchObject({ nullable: true });
  expect(table.schema.fields[0]!.metadata.get('logicalType')).toBe(column.type.toUpperCase());
  return plain(table.getChildAt(0)!.get(0));
};

/** A struct's parts; any other value as it is. */
function plain(value: unknown): unknown {
  if (value instanceof StructRow) return Object.values(value.toJSON());
  return value instanceof Uint32Array ? Array.from(value) : value;
}

const token: MaskingPolicy = { method: 'token', domain: 'd' };
const year: MaskingPolicy = { method: 'date', to: 'year' };
const thousands: MaskingPolicy = { method: 'number', step: 1_000 };

describe('each type that Snowflake sends, masked as in JSON', () => {
  it.each<[string, ColumnShape, Data, MaskingPolicy, unknown]>([
    [
      'text',
      shape('text'),
      built(new Utf8(), ['sécret']),
      { method: 'partial', keepFirst: 1, keepLast: 1 },
      's****t',
    ],
    [
      'a document',
      shape('variant'),
      built(new Utf8(), ['{"a":1.50,"b":"x"}']),
      { method: 'json', paths: [{ path: ['b'], policy: { method: 'redact' } }] },
      '{"a":1.50,"b":"***"}',
    ],
    [
      'a number of 8 bits',
      shape('fixed', { precision: 38, scale: 0 }),
      built(new Int8(), [42]),
      { method: 'number', step: 10 },
      [40, 0, 0, 0],
    ],
    [
      'a number of 16 bits with a scale',
      shape('fixed', { precision: 4, scale: 2 }),
      built(new Int16(), [1234]),
      { method: 'number', step: 1 },
      1200,
    ],
    [
      'a number of 64 bits',
      shape('fixed', { precision: 38, scale: 0 }),
      built(new Int64(), [-12_345_678_901n]),
      thousands,
      [-12_345_679_000n, -12_345_679_000n >> 32n, -1n, -1n].map((word) => Number(BigInt.asUintN(32, word))),
    ],
    [
      'one whose mask needs more than the value did',
      shape('fixed', { precision: 4, scale: 0 }),
      built(new Int8(), [42]),
      { method: 'constant', value: '1000' },
      1_000,
    ],
    ['a date', shape('date'), days(19_750), year, Date.UTC(2024, 0, 1)],
    ['a time', shape('time', { scale: 0 }), built(new Int32(), [45_296]), { method: 'redact' }, null],
    [
      'a timestamp',
      shape('timestamp_ntz', { scale: 3 }),
      built(new Int64(), [1_717_243_200_123n]),
      year,
      1_704_067_200_000n,
    ],
    [
      'one in parts',
      shape('timestamp_ltz', { scale: 9 }),
      built(instant(['epoch', 'fraction']), [{ epoch: 1_717_243_200n, fraction: 5 }]),
      year,
      [1_704_067_200n, 0],
    ],
    [
      'one with a zone',
      shape('timestamp_tz', { scale: 0 }),
      built(instant(['epoch', 'timezone']), [{ epoch: 1_717_243_200n, timezone: 1_560 }]),
      year,
      [1_704_067_200n, 1_440],
    ],
    [
      'one with a zone and a fraction',
      shape('timestamp_tz', { scale: 9 }),
      built(instant(['epoch', 'fraction', 'timezone']), [
        { epoch: 1_717_243_200n, fraction: 7, timezone: 1_560 },
      ]),
      year,
      [1_704_067_200n, 0, 1_440],
    ],
    ['a truth value', shape('boolean'), built(new Bool(), [true]), { method: 'constant', value: '0' }, false],
    ['a double', shape('real'), built(new Float64(), [1_234.5]), thousands, 1_000],
  ])('%s', (_, column, data, policy, expected) => {
    expect(only({ column, data }, policy)).toEqual(expected);
  });

  it.each<[string, ColumnShape, Data]>([
    ['a decimal', shape('fixed', { precision: 38, scale: 2 }), decimals(2, -12_345_678_901_234_567_890_123n)],
    [
      'a time before 1970',
      shape('timestamp_ntz', { scale: 9 }),
      built(instant(['epoch', 'fraction']), [{ epoch: -2n, fraction: 500_000_000 }]),
    ],
    ['a small time before 1970', shape('timestamp_ntz', { scale: 6 }), built(new Int64(), [-1n])],
    ['an infinite double', shape('real'), built(new Float64(), [Infinity])],
    ['a text of nothing', shape('text'), built(new Utf8(), [''])],
    ['a time', shape('time', { scale: 9 }), built(new Int64(), [45_296_123_456_789n])],
  ])('%s is read and written exactly', (_, column, data) => {
    const before: unknown = tableFromIPC(ipc([{ column, data }]))
      .getChildAt(0)!
      .get(0);
    // Of what it can read, it leaves everything.
    expect(only({ column, data }, { method: 'detect', detectors: ['iban'] })).toEqual(plain(before));
  });

  it('bytes have tokens of bytes', () => {
    const column = shape('binary', { length: 4 });
    const masked = only({ column, data: built(new Binary(), [Buffer.from('ada')]) }, token);
    expect(masked).toHaveLength(4);
    expect(Buffer.from(masked as Uint8Array).toString()).not.toContain('ada');
  });
});

it.each<[string, ColumnShape, Data]>([
  [
    'a type that Snowflake does not send',
    shape('timestamp_ntz', { scale: 3 }),
    built(new TimestampMillisecond(), [5]),
  ],
  [
    'another type than the column has',
    shape('fixed', { precision: 38, scale: 0 }),
    built(new Utf8(), ['secret']),
  ],
  ['a text in the place of bytes', shape('binary'), built(new Utf8(), ['secret'])],
  [
    'parts with other names',
    shape('timestamp_tz', { scale: 0 }),
    built(instant(['epoch', 'zone']), [{ epoch: 1n, zone: 1 }]),
  ],
  ['one whose values are not described here', shape('decfloat'), built(new Float64(), [1.5])],
])('%s: nothing of the column is shown', (_, column, data) => {
  // The weakest mask that there is: of what it can read, it would leave everything.
  const policy: MaskingPolicy = { method: 'detect', detectors: ['jwt'] };
  expect(only({ column, data }, policy)).toBeNull();
});

describe('a VECTOR', () => {
  const type = new FixedSizeList(2, new Field('element', new Float32(), true));
  const vector = {
    column: shape('array', { name: 'V' }),
    data: makeData({
      type,
      length: 3,
      nullCount: 1,
      nullBitmap: Uint8Array.of(0b101),
      child: makeData({
        type: new Float32(),
        length: 6,
        nullCount: 0,
        data: Float32Array.of(1.5, 2, 66.25, 77.5, 3, 4),
      }),
    } as never) as Data,
  };
  const email = { column: shape('text', { name: 'EMAIL' }), data: built(new Utf8(), ['a', 'b', 'c']) };
  const columns = [vector.column, email.column];

  it('passes beside a masked column, without what lies under a null', () => {
    const given = ipc([vector, email]);
    const masked = maskArrow(given, 3, columns, [null, compileMask(token, email.column, KEYS)]);
    expect(readArrowRows(masked).map(([cell]) => cell)).toEqual(['[1.5,2]', null, '[3,4]']);
    const { typeId, listSize } = tableFromIPC(masked).schema.fields[0]!.type as FixedSizeList;
    expect([typeId, listSize]).toEqual([Type.FixedSizeList, 2]);
    const hidden = Buffer.from(Float32Array.of(66.25).buffer);
    expect([Buffer.from(given).includes(hidden), Buffer.from(masked).includes(hidden)]).toEqual([
      true,
      false,
    ]);
  });

  it('is masked as the array that it is described as', () => {
    const masks = [compileMask({ method: 'json', paths: [] }, vector.column, KEYS), null];
    const masked = maskArrow(ipc([vector, email]), 3, columns, masks);
    expect(readArrowRows(masked).map(([cell]) => cell)).toEqual(['[1.5,2]', null, '[3,4]']);
    const none = maskArrow(ipc([vector, email]), 3, columns, [
      compileMask({ method: 'redact' }, vector.column, KEYS),
      null,
    ]);
    expect(Buffer.from(none).includes('1.5')).toBe(false);
  });
});

it.each<[string, Given]>([
  [
    'an object',
    {
      column: shape('object', { name: 'S' }),
      data: built(new Struct([new Field('a', new Int32(), true)]), [{ a: 1 }]),
    },
  ],
  [
    'an array',
    {
      column: shape('array', { name: 'S' }),
      data: makeData({
        type: new List(new Field('item', new Int32(), true)),
        length: 1,
        nullCount: 0,
        valueOffsets: Int32Array.of(0, 1),
        child: built(new Int32(), [1]),
      } as never) as Data,
    },
  ],
])(
  'passes on a structured type beside a masked column, and none of it where it is masked: %s',
  (_, structured) => {
    const email = { column: shape('text', { name: 'EMAIL' }), data: built(new Utf8(), ['a']) };
    const columns = [structured.column, email.column];
    const given = ipc([structured, email]);
    const beside = tableFromIPC(maskArrow(given, 1, columns, [null, compileMask(token, email.column, KEYS)]));
    expect(JSON.stringify(beside.getChildAt(0)!.get(0))).toMatch(/^(\{"a":1\}|\[1\])$/);
    expect(beside.getChildAt(1)!.get(0)).toMatch(/^tok_/);
    const itself = tableFromIPC(
      maskArrow(given, 1, columns, [compileMask(token, structured.column, KEYS), null]),
    );
    expect(itself.getChildAt(0)!.get(0)).toBeNull();
  },
);

describe('the other columns', () => {
  const id = {
    column: shape('fixed', { name: 'ID', precision: 38, scale: 0 }),
    data: built(new Int64(), [1n, null, 3n]),
  };
  const email = {
    column: shape('text', { name: 'EMAIL' }),
    data: built(new Utf8(), ['a@b.io', null, 'c@d.io']),
  };
  const columns = [id.column, email.column];
  const masks = [null, compileMask(token, email.column, KEYS)];

  it('stay as they are, in every batch, and nulls stay nulls', () => {
    const given = ipc([id, email], 2);
    const [before, after] = [tableFromIPC(given), tableFromIPC(maskArrow(given, 6, columns, masks))];
    expect(after.batches).toHaveLength(2);
    expect(after.schema.fields.map(({ nullable }) => nullable)).toEqual([false, true]);
    for (const [index, batch] of after.batches.entries()) {
      const [own, was] = [batch, before.batches[index]!].map(({ data }) => data.children[0]!);
      expect(own!.values).toEqual(was!.values);
      expect([0, 1, 2].map((row) => own!.getValid(row))).toEqual([true, false, true]);
    }
    const emails = new Table(after.batches).getChild('EMAIL')!.toArray() as unknown as (string | null)[];
    expect([...emails].map((cell) => cell?.slice(0, 4))).toEqual([
      'tok_',
      undefined,
      'tok_',
      'tok_',
      undefined,
      'tok_',
    ]);
    expect(Buffer.from(maskArrow(given, 6, columns, masks)).includes('b.io')).toBe(false);
  });

  it.each([
    ['another number of rows', () => maskArrow(ipc([id, email]), 4, columns, masks)],
    ['a column too few', () => maskArrow(ipc([id]), 3, columns, masks)],
    ['columns in each other’s place', () => maskArrow(ipc([email, id]), 3, columns, masks)],
    ['one column in another’s place', () => maskArrow(ipc([id, email]), 3, [id.column, id.column], masks)],
    ['bytes that are no Arrow', () => maskArrow(Buffer.from('["1","a@b.io"]'), 1, columns, masks)],
    ['a stream that breaks off', () => maskArrow(ipc([id, email]).subarray(0, 400), 3, columns, masks)],
  ])('are not let through with %s', (_, mask) => {
    expect(mask).toThrow(
      expect.objectContaining({
        code: 'internal',
        message: expect.stringContaining('not encoded as its warehouse says') as string,
      }),
    );
  });

  it('leave, of bytes that could not be read, what reading them failed with for whoever runs the relay', () => {
    const failureOf = (bytes: Uint8Array, rows: number) => {
      try {
        return maskArrow(bytes, rows, columns, masks);
      } catch (error) {
        return error as Error;
      }
    };
    expect(failureOf(ipc([id, email]).subarray(0, 400), 3)).toHaveProperty('cause', expect.any(Error));
    const otherwise = failureOf(ipc([id, email]), 4);
    expect(otherwise).toMatchObject({
      code: 'internal',
      advice: expect.stringContaining('one by one') as string,
    });
    expect(otherwise).not.toHaveProperty('cause');
  });

  it('are each of their own type where several have one name', () => {
    const text = { column: shape('text', { name: 'ID' }), data: built(new Utf8(), ['a', 'b', 'c']) };
    const number = { column: shape('fixed', { name: 'ID', scale: 0 }), data: built(new Int32(), [1, 2, 3]) };
    const given = ipc([text, number, text]);
    const columns = [text.column, number.column, text.column];
    const masked = maskArrow(given, 3, columns, [null, null, compileMask(token, text.column, KEYS)]);
    expect(readArrowRows(masked)).toEqual(
      ['a', 'b', 'c'].map((cell, index) => [cell, String(index + 1), expect.stringMatching(/^tok_/)]),
    );
  });

  it('are named where there is no row, and the stream ends as streams do', () => {
    const given = ipc([id, email], 0);
    const masked = maskArrow(given, 0, columns, masks);
    expect(tableFromIPC(masked).schema.fields.map(({ name }) => name)).toEqual(['ID', 'EMAIL']);
    expect(masked.subarray(-8)).toEqual(given.subarray(-8));
  });
});
