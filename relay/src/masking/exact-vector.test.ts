import {
  Binary,
  Bool,
  type Data,
  Field,
  FixedSizeList,
  Float32,
  Int32,
  Int64,
  makeData,
  Utf8,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { built, decimals, instant, shape } from '../encoding/arrow/testing.ts';
import { exactly } from './exact-vector.ts';

const text = shape('text');
const number = shape('fixed', { precision: 38, scale: 0 });
const bytes = (word: string) => Buffer.from(word);

const texts = (word: string, offsets: readonly number[], valid = 0xff, more: object = {}) =>
  makeData({
    type: new Utf8(),
    length: offsets.length - 1,
    nullCount: 0,
    nullBitmap: Uint8Array.of(valid),
    valueOffsets: Int32Array.from(offsets),
    data: bytes(word),
    ...more,
  });
const textOf = (data: Data | null) => Buffer.from(data!.values as Uint8Array).toString();

describe('values of any width', () => {
  it('stay as they are where there is nothing else, without a copy', () => {
    const data = texts('abcd', [0, 1, 1, 4]);
    const exact = exactly(data, text)!;
    expect(textOf(exact)).toBe('abcd');
    expect([...exact.valueOffsets]).toEqual([0, 1, 1, 4]);
    expect((exact.values as Uint8Array).buffer).toBe(data.values.buffer);
    expect([exact.nullCount, ...exact.nullBitmap]).toEqual([0, 0b111]);
  });

  it.each<[string, Data, string, readonly number[], number]>([
    ['before the first', texts('xxabcd', [2, 3, 3, 6]), 'abcd', [0, 1, 1, 4], 0],
    ['behind the last', texts('abcdxx', [0, 1, 1, 4]), 'abcd', [0, 1, 1, 4], 0],
    ['under a null', texts('abcd', [0, 1, 3, 4], 0b101), 'ad', [0, 1, 1, 2], 1],
    ['under the first null', texts('abcd', [0, 1, 3, 4], 0b110), 'bcd', [0, 0, 2, 3], 1],
    ['under every one', texts('abcd', [0, 1, 3, 4], 0), '', [0, 0, 0, 0], 3],
    ['nothing, under a null without bytes', texts('abcd', [0, 1, 1, 4], 0b101), 'abcd', [0, 1, 1, 4], 1],
  ])('lose what lies %s', (_, data, values, offsets, nulls) => {
    const exact = exactly(data, text)!;
    expect(textOf(exact)).toBe(values);
    expect([...exact.valueOffsets]).toEqual(offsets);
    expect(exact.nullCount).toBe(nulls);
  });

  it('are none where there are no rows', () => {
    for (const offsets of [new Int32Array(), Int32Array.of(3)]) {
      const data = makeData({
        type: new Utf8(),
        length: 0,
        nullCount: 0,
        valueOffsets: offsets,
        data: bytes('abc'),
      });
      const exact = exactly(data, text)!;
      expect(textOf(exact)).toBe('');
      expect([...exact.valueOffsets]).toEqual([0]);
    }
  });

  it.each<[string, Data]>([
    ['offsets are too few', texts('abcd', [0, 1, 4], 0xff, { length: 3 })],
    ['the first offset is negative', texts('abcd', [-1, 1, 4])],
    ['the last one is behind the bytes', texts('abcd', [0, 1, 5])],
    ['one is before another', texts('abcd', [0, 3, 1, 4])],
  ])('do not hold together where %s', (_, data) => {
    expect(exactly(data, text)).toBeNull();
  });

  it('are bytes too', () => {
    const data = makeData({
      type: new Binary(),
      length: 2,
      nullCount: 1,
      nullBitmap: Uint8Array.of(0b10),
      valueOffsets: Int32Array.of(0, 2, 4),
      data: bytes('xxab'),
    });
    expect(textOf(exactly(data, shape('binary')))).toBe('ab');
  });
});

describe('values of one width', () => {
  const numbers = (valid: number, ...values: readonly number[]) =>
    makeData({
      type: new Int32(),
      length: 3,
      nullCount: 0,
      nullBitmap: Uint8Array.of(valid),
      data: Int32Array.from(values),
    });

  it('stay as they are, without a copy and without what is behind them', () => {
    const data = numbers(0b111, 1, 2, 3, 99);
    const exact = exactly(data, number)!;
    expect([...exact.values]).toEqual([1, 2, 3]);
    expect((exact.values as Int32Array).buffer).toBe(data.values.buffer);
  });

  it('are zero under a null, whatever is said of the number of nulls', () => {
    const data = numbers(0b101, 1, 2, 3, 99);
    const exact = exactly(data, number)!;
    expect([...exact.values]).toEqual([1, 0, 3]);
    expect([exact.nullCount, ...exact.nullBitmap]).toEqual([1, 0b101]);
    expect([...data.values]).toEqual([1, 2, 3, 99]);
  });

  it('are looked at one by one, also behind the first eight', () => {
    const length = 20;
    const data = makeData({
      type: new Int64(),
      length,
      nullCount: 2,
      nullBitmap: Uint8Array.of(0xff, 0b1111_0111, 0b0111),
      data: BigInt64Array.from({ length }, () => 7n),
    });
    const exact = exactly(data, number)!;
    expect(
      [...exact.values].map((value, at) => (value === 0n ? at : null)).filter((at) => at !== null),
    ).toEqual([11, 19]);
    expect([exact.nullCount, ...exact.nullBitmap]).toEqual([2, 0xff, 0b1111_0111, 0b0111]);
  });

  it('may be of several words each', () => {
    const [one, two] = [5n, -7n];
    const data = decimals(0, one, two);
    const exact = exactly(data, number)!;
    expect([...(exact.values as Uint32Array)]).toEqual([...data.values]);
    expect(
      exactly(makeData({ type: data.type, length: 3, nullCount: 0, data: data.values } as never), number),
    ).toBeNull();
  });

  it('do not hold together where there are too few', () => {
    expect(
      exactly(makeData({ type: new Int32(), length: 3, nullCount: 0, data: Int32Array.of(1, 2) }), number),
    ).toBeNull();
  });
});

it('truth has no bit under a null', () => {
  const data = makeData({
    type: new Bool(),
    length: 10,
    nullCount: 0,
    nullBitmap: Uint8Array.of(0b1111_1011, 0b01),
    data: Uint8Array.of(0b1010_1110, 0b11),
  });
  const exact = exactly(data, shape('boolean'))!;
  expect([...(exact.values as Uint8Array)].slice(0, 2)).toEqual([0b1010_1010, 0b01]);
  expect(exact.nullCount).toBe(2);
});

describe('parts', () => {
  const at = shape('timestamp_ntz', { scale: 9 });
  const epochs = (more: object = {}) =>
    makeData({ type: new Int64(), length: 2, nullCount: 0, data: BigInt64Array.of(5n, 7n), ...more });
  const fractions = (more: object = {}) =>
    makeData({ type: new Int32(), length: 2, nullCount: 0, data: Int32Array.of(5, 7), ...more });
  const instants = (valid: number, children: readonly Data[]) =>
    makeData({
      type: instant(['epoch', 'fraction']),
      length: 2,
      nullCount: 0,
      nullBitmap: Uint8Array.of(valid),
      children: [...children],
    } as never) as Data;

  it('are zero under a null of the whole, and under one of their own', () => {
    const given = instants(0b10, [epochs(), fractions({ nullBitmap: Uint8Array.of(0b01) })]);
    const exact = exactly(given, at)!;
    expect([...exact.children[0]!.values]).toEqual([0n, 7n]);
    expect([...exact.children[1]!.values]).toEqual([0, 0]);
    expect(exact.children.map(({ nullCount }) => nullCount)).toEqual([1, 2]);
    expect(exact.nullCount).toBe(1);
  });

  it.each<[string, readonly Data[]]>([
    ['of another length', [epochs(), fractions({ length: 1 })]],
    ['that begin elsewhere', [epochs(), fractions({ length: 2, offset: 1, data: Int32Array.of(1, 5, 7) })]],
    ['that do not hold together', [epochs(), fractions({ data: Int32Array.of(1) })]],
  ])('do not hold together with parts %s', (_, children) => {
    expect(exactly(instants(0b11, children), at)).toBeNull();
  });
});

describe('a vector', () => {
  const column = shape('array', { dimension: 2 } as never);
  const list = (valid: number, child: Data | null) =>
    makeData({
      type: new FixedSizeList(2, new Field('item', new Float32(), true)),
      length: 2,
      nullCount: 0,
      nullBitmap: Uint8Array.of(valid),
      ...(child === null ? {} : { child }),
    } as never) as Data;
  const floats = (values: readonly number[], more: object = {}) =>
    makeData({
      type: new Float32(),
      length: values.length,
      nullCount: 0,
      data: Float32Array.from(values),
      ...more,
    });

  it('has zeros under a null, its own or of its numbers, and nothing behind them', () => {
    const exact = exactly(
      list(0b10, floats([1, 2, 3, 4, 99], { nullBitmap: Uint8Array.of(0b1_0111) })),
      column,
    )!;
    expect([...exact.children[0]!.values]).toEqual([0, 0, 3, 0]);
    expect([exact.length, exact.nullCount, exact.children[0]!.length, exact.children[0]!.nullCount]).toEqual([
      2, 1, 4, 3,
    ]);
  });

  it('does not hold together with too few numbers', () => {
    expect(exactly(list(0b11, floats([1, 2, 3])), column)).toBeNull();
    expect(exactly(list(0b11, floats([1, 2, 3], { length: 4 })), column)).toBeNull();
    // As many bytes as it takes, but those of the last number are behind the end.
    expect(exactly(list(0b11, floats([1, 2, 3, 4], { length: 3 })), column)).toBeNull();
  });
});

it('is nothing of a type that Snowflake does not have for the column', () => {
  expect(exactly(built(new Utf8(), ['a']), number)).toBeNull();
});
