import {
  Bool,
  type Data,
  Field,
  Int32,
  List,
  makeData,
  Map_,
  Struct,
  tableFromIPC,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { built, type Given, ipc, shape } from '../encoding/arrow/testing.ts';
import { compileMask } from './compile-mask.ts';
import { exactly } from './exact-vector.ts';
import { maskArrow } from './mask-arrow.ts';

const SECRET = 'hidden';
const array = shape('array', { name: 'A' });
const object = shape('object', { name: 'O' });

const texts = (...values: (string | null)[]) => built(new Utf8(), values);
/** A text that is null, with one under it all the same. */
const hidden = makeData({
  type: new Utf8(),
  length: 2,
  nullCount: 1,
  nullBitmap: Uint8Array.of(0b01),
  valueOffsets: Int32Array.of(0, 1, 1 + SECRET.length),
  data: Buffer.from(`a${SECRET}`),
});

/** @param valid a bit for each of them. */
function list(child: Data, offsets: readonly number[], valid = 0xff): Data {
  const type = new List(new Field('item', child.type, true));
  const nullBitmap = Uint8Array.of(valid);
  const valueOffsets = Int32Array.from(offsets);
  const shaped = { type, length: offsets.length - 1, nullCount: 1, nullBitmap, valueOffsets, child };
  return makeData(shaped as never);
}

function struct(children: Readonly<Record<string, Data>>, length: number, valid = 0xff): Data {
  const fields = Object.entries(children).map(([name, { type }]) => new Field(name, type, true));
  const nullBitmap = Uint8Array.of(valid);
  const shaped = {
    type: new Struct(fields),
    length,
    nullCount: 1,
    nullBitmap,
    children: Object.values(children),
  };
  return makeData(shaped as never);
}

function map(keys: Data, values: Data, offsets: readonly number[]): Data {
  const child = struct({ key: keys, value: values }, keys.length);
  const type = new Map_(new Field('entries', child.type as never, false));
  const valueOffsets = Int32Array.from(offsets);
  const nullBitmap = Uint8Array.of(0xff);
  return makeData({
    type,
    length: offsets.length - 1,
    nullCount: 0,
    nullBitmap,
    valueOffsets,
    child,
  } as never);
}

/** Everything that would be written of a vector. */
function holds({ values, valueOffsets, nullBitmap, children }: Data): string {
  const own = [values, valueOffsets, nullBitmap].map((part: unknown) =>
    ArrayBuffer.isView(part)
      ? Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('latin1')
      : '',
  );
  return [...own, ...children.map(holds)].join();
}

describe('a structured value', () => {
  it.each<[string, Data, typeof array]>([
    ['a list', list(texts('a', null, 'b'), [0, 2, 2, 3]), array],
    ['a list of lists', list(list(texts('a', 'b'), [0, 1, 2]), [0, 2]), array],
    ['a struct', struct({ a: texts('a', null), b: built(new Int32(), [1, 2]) }, 2), object],
    ['a map', map(texts('k', 'l'), built(new Int32(), [1, null]), [0, 1, 2]), object],
    ['nothing', list(texts(), [0]), array],
  ])('stays as it is: %s', (_title, data, column) => {
    const exact = exactly(data, column)!;
    expect(exact.length).toBe(data.length);
    expect(JSON.stringify(valuesOf(exact, column))).toBe(JSON.stringify(valuesOf(data, column)));
  });

  it.each<[string, Data, typeof array]>([
    ['under a null in a list', list(hidden, [0, 2]), array],
    ['under a null in a struct', struct({ a: hidden }, 2), object],
    ['under a struct that is null', struct({ a: texts('a', SECRET) }, 2, 0b01), object],
    [
      'under a struct in a list that is null',
      list(struct({ a: texts('a', SECRET) }, 2, 0b01), [0, 2]),
      array,
    ],
    ['behind the last in a list', list(texts('a', SECRET), [0, 1]), array],
    ['behind the last of a list of lists', list(list(texts('a', SECRET), [0, 1, 2]), [0, 1]), array],
    ['behind the last of a map', map(texts('k', SECRET), built(new Int32(), [1, 2]), [0, 1]), object],
  ])('loses what lies %s', (_title, data, column) => {
    expect(holds(data)).toContain(SECRET);
    expect(holds(exactly(data, column)!)).not.toContain(SECRET);
  });

  it.each<[string, Data, typeof array]>([
    ['a null has elements', list(texts('a', SECRET), [0, 1, 2], 0b01), array],
    ['elements are before the first', list(texts(SECRET, 'a'), [1, 2]), array],
    ['there are fewer elements than it says', list(texts('a'), [0, 2]), array],
    ['there are fewer bits than it says', list(built(new Bool(), [true]), [0, 2]), array],
    ['one is before another', list(texts('a', 'b'), [0, 2, 1]), array],
    ['a list in a null has elements', struct({ a: list(texts('a', 'b'), [0, 1, 2]) }, 2, 0b01), object],
    ['a part has more rows', struct({ a: texts('a', SECRET) }, 1), object],
    [
      'a part is of a type that Snowflake does not have there',
      list(built(new TimestampMillisecond(), [1]), [0, 1]),
      array,
    ],
    ['a column is a text', list(texts('a'), [0, 1]), shape('text', { name: 'T' })],
    ['a column is a number', list(texts('a'), [0, 1]), shape('fixed', { name: 'N' })],
  ])('does not hold together where %s', (_title, data, column) => {
    expect(exactly(data, column)).toBeNull();
  });

  it('has no metadata but what drivers know, however deep', () => {
    const metadata = new Map([
      ['logicalType', 'TEXT'],
      ['note', SECRET],
      ['scale', SECRET],
    ]);
    const inner = new Struct([new Field('a', new Utf8(), true, metadata)]);
    const child = struct({ a: texts('a') }, 1);
    const type = new List(new Field('item', inner, true, metadata));
    const given = { type, length: 1, nullCount: 0, valueOffsets: Int32Array.of(0, 1), child };
    const email = { column: shape('text', { name: 'E' }), data: texts('a@b.example') };
    const all: readonly Given[] = [{ column: array, data: makeData(given as never) as Data }, email];
    const bytes = ipc(all);
    expect(Buffer.from(bytes).includes(SECRET)).toBe(true);
    const mask = compileMask({ method: 'redact' }, email.column, { token: new Uint8Array(32) });
    const masked = maskArrow(bytes, 1, [array, email.column], [null, mask]);
    expect(Buffer.from(masked).includes(SECRET)).toBe(false);
    const [item] = tableFromIPC(masked).schema.fields[0]!.type.children as Field[];
    expect([...item!.metadata]).toEqual([['logicalType', 'TEXT']]);
  });
});

function valuesOf(data: Data, column: typeof array): unknown {
  return tableFromIPC(ipc([{ column, data }]))
    .getChildAt(0)!
    .toArray();
}
