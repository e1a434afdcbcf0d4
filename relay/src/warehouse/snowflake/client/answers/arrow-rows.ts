import { RecordBatchReader } from 'apache-arrow';
import type { ResultColumn } from '../../../result.ts';

/**
 * How many rows an Arrow stream has (driver protocol, section 8): batches are looked at, not their values. Null when it
 * is no stream of these columns.
 */
export function countArrowRows(bytes: Uint8Array, columns: readonly ResultColumn[]): number | null {
  try {
    const reader = RecordBatchReader.from(bytes).open();
    const { fields } = reader.schema;
    const isOfThese =
      fields.length === columns.length && fields.every(({ name }, index) => name === columns[index]!.name);
    if (!isOfThese) return null;
    let rowCount = 0;
    for (const { numRows } of reader) rowCount += numRows;
    return rowCount;
  } catch {
    return null;
  }
}
