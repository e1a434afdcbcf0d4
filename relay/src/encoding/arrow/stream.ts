import {
  type Data,
  type Field,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
} from 'apache-arrow';

/** A column with the vectors of its rows. */
export interface ArrowColumn {
  readonly field: Field;
  /** One vector a batch. */
  readonly vectors: readonly Data[];
}

/**
 * Writes an IPC stream: of each vector as many bytes as its rows have, padded with zeros. The schema says nothing but the
 * fields, so that streams of the same columns begin with the same bytes.
 *
 * @param lengths the number of rows in each batch.
 */
export function writeStream(columns: readonly ArrowColumn[], lengths: readonly number[]): Uint8Array {
  const fields = columns.map(({ field }) => field);
  const schema = new Schema(fields);
  const type = new Struct(fields);
  const writer = new ExactStreamWriter();
  writer.reset(undefined, schema);
  for (const [batch, length] of lengths.entries()) {
    const children = columns.map(({ vectors }) => vectors[batch]!);
    writer.add(new RecordBatch(schema, makeData({ type, length, nullCount: 0, children })));
  }
  writer.finish();
  return writer.toUint8Array(true);
}

/**
 * Says of each buffer how long it is without the zeros that fill it up, which the format leaves open, and one driver
 * insists on: it reads as many offsets as there is room for, and finds the zeros behind the last one smaller.
 */
class ExactStreamWriter extends RecordBatchStreamWriter {
  /**
   * Writes a batch of the schema that has been written. `write` ends the stream at one whose own schema is another, and a batch's
   * own takes columns of one name for one: their rows would be missing.
   */
  add(batch: RecordBatch): void {
    this._writeRecordBatch(batch);
  }

  protected override _assembleRecordBatch(batch: RecordBatch) {
    const assembled = super._assembleRecordBatch(batch);
    for (const [index, region] of assembled.bufferRegions.entries())
      region.length = assembled.buffers[index]!.byteLength;
    return assembled;
  }
}
