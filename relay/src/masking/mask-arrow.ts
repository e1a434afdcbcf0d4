import {
  type Data,
  Field,
  makeData,
  RecordBatch,
  RecordBatchReader,
  RecordBatchStreamWriter,
  Schema,
  Struct,
} from 'apache-arrow';
import { SluiceError } from '../errors.ts';
import { arrowCells, nulls } from './arrow-cells.ts';
import type { CellMask, ColumnShape } from './cell.ts';

/**
 * Masks some columns of rows in Snowflake's Arrow encoding, an IPC stream (driver protocol, section 8). The buffers of
 * the other columns are written unchanged. A masked column whose vectors do not match its Snowflake type becomes all
 * nulls.
 *
 * @param masks one for each column; null for a column that is not masked.
 * @throws SluiceError `internal` when the bytes are not `rowCount` rows of these columns.
 */
export function maskArrow(
  bytes: Uint8Array,
  rowCount: number,
  columns: readonly ColumnShape[],
  masks: readonly (CellMask | null)[],
): Uint8Array {
  const { schema, batches } = read(bytes);
  const isAsExpected =
    schema.fields.length === columns.length &&
    schema.fields.every(({ name }, index) => name === columns[index]!.name) &&
    batches.reduce((sum, { numRows }) => sum + numRows, 0) === rowCount;
  if (!isAsExpected) throw malformed();
  const fields = schema.fields.map((field, index) =>
    masks[index] === null ? field : new Field(field.name, field.type, true, field.metadata),
  );
  const masked = new Schema(fields, schema.metadata, schema.dictionaries, schema.metadataVersion);
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, masked);
  for (const { data } of batches) {
    const children = data.children.map((child, index) => {
      const mask = masks[index];
      return mask == null ? child : maskVector(child, columns[index]!, mask);
    });
    const type = new Struct(fields);
    writer.write(new RecordBatch(masked, makeData({ type, length: data.length, nullCount: 0, children })));
  }
  writer.finish();
  return writer.toUint8Array(true);
}

function maskVector(data: Data, column: ColumnShape, mask: CellMask): Data {
  const cells = arrowCells(data, column);
  if (cells === null) return nulls(data.type, data.length);
  const masked: (string | null)[] = [];
  for (let index = 0; index < data.length; index += 1) {
    const cell = data.getValid(index) ? cells.read(index) : null;
    masked.push(cell === null ? null : mask(cell));
  }
  return cells.write(masked);
}

function read(bytes: Uint8Array): { readonly schema: Schema; readonly batches: readonly RecordBatch[] } {
  try {
    const reader = RecordBatchReader.from(bytes).open();
    const { schema } = reader;
    return { schema, batches: [...reader] };
  } catch (cause) {
    throw malformed(cause);
  }
}

function malformed(cause?: unknown): SluiceError {
  return new SluiceError('internal', 'the result is not encoded as its warehouse says', {
    ...(cause === undefined ? {} : { cause }),
    advice: 'name the columns one by one instead of `*`, and run it again',
  });
}
