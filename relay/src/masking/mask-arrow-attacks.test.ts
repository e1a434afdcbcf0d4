import {
  type Data,
  Dictionary,
  Field,
  Int32,
  Int64,
  Int8,
  List,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  tableFromIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { built, decimals, instant, ipc, shape } from '../encoding/arrow/testing.ts';
import { compileMask } from './compile-mask.ts';
import { maskArrow } from './mask-arrow.ts';
import type { ColumnShape } from './cell.ts';

/** Streams that a warehouse has no reason to send, and that must not carry a raw value past the masks. */
const KEYS = { token: new Uint8Array(32).fill(7) };
const SECRET = 'ada@secret.example';
const id = shape('fixed', { name: 'ID', precision: 38, scale: 0 });
const email = shape('text', { name: 'EMAIL' });
const city = shape('text', { name: 'CITY' });
const hidden = compileMask({ method: 'redact' }, email, KEYS);
const malformed = expect.objectContaining({ code: 'internal' }) as Error;

const ids = () => built(new Int64(), [1n, 2n]);
const texts = (...values: readonly (string | null)[]) => built(new Utf8(), values);

function stream(
  fields: readonly Field[],
  batches: readonly (readonly Data[])[],
  schemas?: readonly Schema[],
) {
  const schema = new Schema([...fields]);
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schemas?.[0] ?? schema);
  for (const children of batches)
    writer.write(
      new RecordBatch(
        schema,
        makeData({
          type: new Struct([...fields]),
          length: children[0]!.length,
          nullCount: 0,
          children: [...children],
        }),
      ),
    );
  writer.finish();
  return writer.toUint8Array(true);
}

const field = (name: string, { type }: Data, metadata?: Map<string, string>) =>
  new Field(name, type, true, metadata);

/** What the client would get of a stream with an ID and an EMAIL, which is masked. */
function masked(bytes: Uint8Array, columns: readonly ColumnShape[] = [id, email], rows = 2): Buffer {
  return Buffer.from(
    maskArrow(
      bytes,
      rows,
      columns,
      columns.map((column) => (column === email ? hidden : null)),
    ),
  );
}

describe('no byte of a masked column is passed on', () => {
  it('of its values, wherever they lie', () => {
    const bytes = ipc([
      { column: id, data: ids() },
      { column: email, data: texts(SECRET, SECRET.repeat(100)) },
    ]);
    expect(Buffer.from(bytes).includes(SECRET)).toBe(true);
    expect(masked(bytes).includes('secret')).toBe(false);
  });

  it('that lies under a null of another column', () => {
    const values = Buffer.from(SECRET + 'ok');
    const data = makeData({
      type: new Utf8(),
      length: 2,
      nullCount: 1,
      nullBitmap: Uint8Array.of(0b10),
      valueOffsets: Int32Array.of(0, SECRET.length, SECRET.length + 2),
      data: values,
    });
    const bytes = ipc([
      { column: city, data },
      { column: email, data: texts('a', 'b') },
    ]);
    expect(Buffer.from(bytes).includes(SECRET)).toBe(true);
    const written = masked(bytes, [city, email]);
    expect(written.includes('secret')).toBe(false);
    expect(tableFromIPC(written).getChildAt(0)!.toJSON()).toEqual([null, 'ok']);
  });

  it.each<[string, ColumnShape, Data]>([
    [
      'a number',
      id,
      makeData({
        type: new Int64(),
        length: 2,
        nullCount: 1,
        nullBitmap: Uint8Array.of(0b10),
        data: BigInt64Array.of(0x6461_4073_6563_7265n, 7n),
      }),
    ],
    [
      'a decimal',
      shape('fixed', { name: 'N', precision: 38, scale: 2 }),
      makeData({
        type: decimals(2).type,
        length: 2,
        nullCount: 1,
        nullBitmap: Uint8Array.of(0b10),
        data: Uint32Array.of(0x6563_7265, 0x6461_4073, 0, 0, 7, 0, 0, 0),
      } as never),
    ],
    [
      'the parts of a timestamp',
      shape('timestamp_ntz', { name: 'AT', scale: 9 }),
      makeData({
        type: instant(['epoch', 'fraction']),
        length: 2,
        nullCount: 1,
        nullBitmap: Uint8Array.of(0b10),
        children: [
          makeData({
            type: new Int64(),
            length: 2,
            nullCount: 0,
            data: BigInt64Array.of(0x6461_4073_6563_7265n, 7n),
          }),
          makeData({ type: new Int32(), length: 2, nullCount: 0, data: Int32Array.of(0x6563_7265, 7) }),
        ],
      }),
    ],
  ])('that lies under a null of %s', (_, column, data) => {
    const bytes = ipc([
      { column, data },
      { column: email, data: texts('a', 'b') },
    ]);
    expect(Buffer.from(bytes).includes('erce')).toBe(true);
    expect(masked(bytes, [column, email]).includes('erce')).toBe(false);
  });

  it('that lies outside of the values of another column', () => {
    // Four bytes before the first value, as many behind the last: Arrow's own writer would leave them out.
    const bytes = Buffer.from(
      ipc([
        { column: city, data: texts('s3cr', 'xys3') },
        { column: email, data: texts('a', 'b') },
      ]),
    );
    const at = bytes.indexOf(Buffer.from(Int32Array.of(0, 4, 8).buffer));
    [4, 5, 6].forEach((offset, index) => bytes.writeInt32LE(offset, at + index * 4));
    const written = masked(bytes, [city, email]);
    expect(written.includes('s3')).toBe(false);
    expect(tableFromIPC(written).getChildAt(0)!.toJSON()).toEqual(['x', 'y']);
  });

  it('in what fills buffers up, or behind the end', () => {
    const bytes = Buffer.from(
      ipc([
        { column: city, data: texts('x', 'y') },
        { column: email, data: texts('a', 'b') },
      ]),
    );
    // The padding behind two bytes of text.
    const at = bytes.indexOf('xy');
    bytes.write('s3cr3t', at + 2);
    const written = masked(Buffer.concat([bytes, Buffer.from(SECRET)]), [city, email]);
    expect(written.includes('s3cr3t')).toBe(false);
    expect(written.includes('secret')).toBe(false);
  });

  it('in metadata, of the stream or a field', () => {
    const telling = new Map([
      ['max', SECRET],
      ['logicalType', SECRET],
      ['scale', '0'],
    ]);
    const fields = [field('ID', ids(), telling), field('EMAIL', texts(), telling)];
    const bytes = stream(fields, [[ids(), texts('a', 'b')]], [new Schema(fields, telling)]);
    expect(Buffer.from(bytes).includes(SECRET)).toBe(true);
    const written = masked(bytes);
    expect(written.includes('secret')).toBe(false);
    expect(Object.fromEntries(tableFromIPC(written).schema.fields[0]!.metadata)).toEqual({ scale: '0' });
  });

  it('by how wide its numbers were', () => {
    const limit = shape('fixed', { name: 'EMAIL', precision: 38, scale: 0 });
    const mask = compileMask({ method: 'redact' }, limit, KEYS);
    const [narrow, wide] = [built(new Int8(), [5]), decimals(0, 10n ** 30n)].map((data) =>
      Buffer.from(maskArrow(ipc([{ column: limit, data }]), 1, [limit], [mask])),
    );
    expect(narrow).toEqual(wide);
  });

  it('by whether it was null', () => {
    const limit = shape('fixed', { name: 'EMAIL', precision: 38, scale: 0 });
    const mask = compileMask({ method: 'redact' }, limit, KEYS);
    const [some, none] = [built(new Int64(), [5n]), built(new Int64(), [null])].map((data) =>
      Buffer.from(maskArrow(ipc([{ column: limit, data }]), 1, [limit], [mask])),
    );
    expect(some).toEqual(none);
  });
});

describe('a stream is refused', () => {
  const words = (index: number) =>
    vectorFromArray([SECRET, SECRET], new Dictionary(new Utf8(), new Int32(), index)).data[0]!;

  it('with dictionaries, whichever column they are of', () => {
    const shared = words(1);
    for (const [first, second] of [
      [words(1), texts('a', 'b')],
      [texts('a', 'b'), words(1)],
      [shared, shared],
    ] as const) {
      const bytes = stream([field('CITY', first), field('EMAIL', second)], [[first, second]]);
      expect(Buffer.from(bytes).includes(SECRET)).toBe(true);
      expect(() => masked(bytes, [city, email])).toThrow(malformed);
    }
  });

  it('whose columns change midway', () => {
    const one = ipc([
      { column: city, data: texts('x', 'y') },
      { column: email, data: texts('a', 'b') },
    ]);
    const other = ipc([
      { column: email, data: texts(SECRET, SECRET) },
      { column: city, data: texts('x', 'y') },
    ]);
    // The second stream's schema and batch, before the end of the first.
    const bytes = Buffer.concat([one.subarray(0, -8), other]);
    expect(() => masked(bytes, [city, email], 4)).toThrow(malformed);
  });

  it('whose types change midway', () => {
    const [one, other] = [ids(), built(new Int8(), [1, 2])].map((data) =>
      ipc([
        { column: id, data },
        { column: email, data: texts('a', 'b') },
      ]),
    ) as [Uint8Array, Uint8Array];
    expect(() => masked(Buffer.concat([one.subarray(0, -8), other]), [id, email], 4)).toThrow(malformed);
  });

  it('with a column too many', () => {
    const bytes = ipc([
      { column: id, data: ids() },
      { column: email, data: texts('a', 'b') },
      { column: city, data: texts(SECRET, SECRET) },
    ]);
    expect(() => masked(bytes)).toThrow(malformed);
  });

  it.each<[string, Data]>([
    ['another type than its description', texts(SECRET, SECRET)],
    [
      'a list',
      makeData({
        type: new List(new Field('item', new Utf8(), true)),
        length: 2,
        nullCount: 0,
        valueOffsets: Int32Array.of(0, 1, 2),
        child: texts(SECRET, SECRET),
      } as never),
    ],
    [
      'parts that it has no name for',
      makeData({
        type: new Struct([
          new Field('epoch', new Int64(), true),
          new Field('note', new Utf8(), true),
        ]) as never,
        length: 2,
        nullCount: 0,
        children: [ids(), texts(SECRET, SECRET)],
      }),
    ],
  ])('whose unmasked column has %s', (_, data) => {
    const bytes = stream([field('ID', data), field('EMAIL', texts())], [[data, texts('a', 'b')]]);
    expect(() => masked(bytes)).toThrow(malformed);
  });

  it('whose texts do not follow one another', () => {
    const data = makeData({
      type: new Utf8(),
      length: 2,
      nullCount: 0,
      valueOffsets: Int32Array.of(0, 2, 2),
      data: Buffer.from('xy'),
    });
    const bytes = Buffer.from(
      ipc([
        { column: city, data },
        { column: email, data: texts('abc', 'd') },
      ]),
    );
    const at = bytes.lastIndexOf(Buffer.from(Int32Array.of(0, 2, 2).buffer));
    bytes.writeInt32LE(1, at + 8);
    expect(() => masked(bytes, [city, email])).toThrow(malformed);
    bytes.writeInt32LE(99, at + 8);
    expect(() => masked(bytes, [city, email])).toThrow(malformed);
  });
});
