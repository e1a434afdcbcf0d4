import {
  type Data,
  type DataType,
  Field,
  FixedSizeList,
  List,
  Map_,
  RecordBatchReader,
  type Schema,
  Struct,
  Type,
} from 'apache-arrow';
import { arrowField, arrowType, cellReader, writeCells, writeStream } from '../encoding/arrow/index.ts';
import { SluiceError } from '../errors.ts';
import type { Cell, ColumnMask, ColumnShape } from './cell.ts';
import { exactly, isValid } from './exact-vector.ts';

/**
 * Masks some columns of rows in Snowflake's Arrow encoding, an IPC stream (driver protocol, section 8).
 *
 * A masked column is written anew: its vectors are of the type that its description decides, whatever type the values had,
 * since Snowflake makes numbers as narrow as the largest of them allows. Where its vectors are not of a type that its
 * description allows, it becomes nulls. Of other columns the values are passed on, and nothing that no reader sees: what
 * lies under a null, before, between and behind values, in dictionaries and in metadata that drivers do not know.
 *
 * @param masks one for each column; null for a column that is not masked.
 * @throws SluiceError `internal` when the bytes are not `rowCount` rows of these columns.
 */
export function maskArrow(
  bytes: Uint8Array,
  rowCount: number,
  columns: readonly ColumnShape[],
  masks: readonly (ColumnMask | null)[],
): Uint8Array {
  const { schema, batches } = read(bytes, columns);
  if (batches.reduce((sum, { length }) => sum + length, 0) !== rowCount) throw malformed();
  const written = columns.map((column, index) => {
    const mask = masks[index];
    const given = batches.map(({ children }) => children[index]!);
    if (mask == null) {
      const vectors = given.map((data) => exactly(data, column) ?? fail());
      return { field: known(schema.fields[index]!), vectors };
    }
    const vectors = given.map((data) => maskVector(data, column, mask));
    return { field: arrowField(column, arrowType(column)), vectors };
  });
  return writeStream(
    written,
    batches.map(({ length }) => length),
  );
}

function maskVector(data: Data, column: ColumnShape, mask: ColumnMask): Data {
  const read = cellReader(data, column);
  const cells = Array.from({ length: data.length }, (_, index): Cell =>
    read !== null && isValid(data, index) ? read(index) : null,
  );
  return writeCells(column, mask(cells));
}

/** What drivers know of a field. Other metadata may say anything. */
function known({ name, type, nullable, metadata }: Field): Field {
  const pairs = [...metadata].filter(([key, value]) => KNOWN.has(key) && WORD.test(value));
  return new Field(name, knownType(type as DataType), nullable, new Map(pairs));
}

/** The fields inside of a structured type have metadata, too. */
function knownType(type: DataType): DataType {
  const [only] = type.children ?? [];
  switch (type.typeId) {
    case Type.Struct:
      return new Struct(type.children.map(known));
    case Type.List:
      return new List(known(only!));
    case Type.Map:
      return new Map_(known(only!) as never, (type as Map_).keysSorted);
    case Type.FixedSizeList:
      return new FixedSizeList((type as FixedSizeList).listSize, known(only!));
    default:
      return type;
  }
}

const KNOWN = new Set([
  'logicalType',
  'precision',
  'scale',
  'charLength',
  'byteLength',
  'finalType',
  'physicalType',
]);
const WORD = /^[A-Z_]{1,20}\d{0,2}$|^\d{1,10}$/;

interface Read {
  readonly schema: Schema;
  readonly batches: readonly Data[];
}

function read(bytes: Uint8Array, columns: readonly ColumnShape[]): Read {
  const { schema, batches } = parsed(bytes);
  const isAsExpected =
    isOf(schema, columns) &&
    // A stream may name other columns midway.
    batches.every((batch) => isOf(batch.schema, columns) && hasTypesOf(batch.data, schema));
  if (!isAsExpected) throw malformed();
  return { schema, batches: batches.map(({ data }) => data) };
}

function parsed(bytes: Uint8Array) {
  try {
    const reader = RecordBatchReader.from(bytes).open();
    const { schema } = reader;
    return { schema, batches: [...reader] };
  } catch (cause) {
    throw malformed(cause);
  }
}

/** Snowflake sends no dictionaries; what they hold need not be what any row shows. */
function isOf({ fields, dictionaries }: Schema, columns: readonly ColumnShape[]): boolean {
  return (
    dictionaries.size === 0 &&
    fields.length === columns.length &&
    fields.every(({ name }, index) => name === columns[index]!.name)
  );
}

/** Every type of Arrow's says what it is, with its widths and scales; their base class does not say that they do. */
function textOf(type: unknown): string {
  return String(type);
}

/** By its vectors: its own schema takes columns of one name for one. */
function hasTypesOf({ children }: Data, { fields }: Schema): boolean {
  return (
    children.length === fields.length &&
    children.every((child, index) => textOf(child.type) === textOf(fields[index]!.type))
  );
}

function fail(): never {
  throw malformed();
}

function malformed(cause?: unknown): SluiceError {
  return new SluiceError('internal', 'the result is not encoded as its warehouse says', {
    ...(cause === undefined ? {} : { cause }),
    advice: 'name the columns one by one instead of `*`, and run it again',
  });
}
