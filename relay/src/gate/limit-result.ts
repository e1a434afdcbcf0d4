import { SluiceError } from '../errors.ts';
import type { ResultLimits } from '../policy/index.ts';
import type { Cell, ResultBatch } from '../warehouse/index.ts';

/** Stops a result midway, with an error, once it returns more than the policy lets this statement return. */
export async function* limitResult(
  batches: AsyncIterable<ResultBatch>,
  limits: ResultLimits,
  onStopped: () => void,
): AsyncGenerator<ResultBatch> {
  let rows = 0;
  let bytes = 0;
  for await (const batch of batches) {
    rows += batch.rows.length;
    if (limits.maxBytes !== undefined) bytes += countBytes(batch);
    if (rows > (limits.maxRows ?? Infinity) || bytes > (limits.maxBytes ?? Infinity)) {
      onStopped();
      throw exceeded(limits);
    }
    yield batch;
  }
}

/** Stops a result before it returns more rows than people let through. */
export async function* stopAt(
  batches: AsyncIterable<ResultBatch>,
  most: number,
): AsyncGenerator<ResultBatch> {
  let rows = 0;
  for await (const batch of batches) {
    rows += batch.rows.length;
    if (rows > most) {
      const limit = most === 1 ? 'the 1 row' : `the ${most} rows`;
      throw new SluiceError(
        'rows_exceeded',
        `the result is larger than ${limit} that it was let through for`,
        {
          advice: 'narrow the query, or send it again to be asked about anew',
        },
      );
    }
    yield batch;
  }
}

/** UTF-16 units of the cells' text: what the limits and the record count as bytes. */
export function countBytes(batch: ResultBatch): number {
  return batch.rows.reduce((sum, row) => sum + row.reduce(addCell, 0), 0);
}

function addCell(sum: number, cell: Cell): number {
  return sum + (cell?.length ?? 0);
}

function exceeded({ rule = 'limit', maxRows, maxBytes }: ResultLimits): SluiceError {
  const most = [
    ...(maxRows === undefined ? [] : [`${maxRows} rows`]),
    ...(maxBytes === undefined ? [] : [`${maxBytes} bytes`]),
  ].join(' or ');
  return new SluiceError('blocked', `the result is larger than limit \`${rule}\` lets through now: ${most}`, {
    advice: 'narrow the query or aggregate',
    rule,
  });
}
