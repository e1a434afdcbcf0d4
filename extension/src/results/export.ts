import type { RelayClient } from '@sluice/contract';
import type { ResultColumn } from './columns.ts';
import { rowWriter } from './formats.ts';
import { readRows } from './read-rows.ts';

export interface ExportOrder {
  readonly statement: string;
  readonly columns: readonly ResultColumn[];
  readonly rowCount: number;
  readonly as: 'csv' | 'json';
}

/** A piece of a file, and how many rows there are up to its end. */
export interface ExportPart {
  readonly text: string;
  readonly rows: number;
}

/** A result as a file, piece by piece: what was returned, with masked values masked, and never more. */
export async function* exportRows(
  statements: Pick<RelayClient['statements'], 'read'>,
  { statement, columns, rowCount, as }: ExportOrder,
  signal?: AbortSignal,
): AsyncGenerator<ExportPart> {
  const writer = rowWriter(as, { columns, withHeaders: true });
  yield { text: writer.head(), rows: 0 };
  let count = 0;
  for await (const rows of readRows(statements, statement, { from: 0, to: rowCount }, signal)) {
    count += rows.length;
    yield { text: writer.rows(rows), rows: count };
  }
  // A file that looks whole has to be.
  if (count !== rowCount) throw new Error(`${count} of ${rowCount} rows are still kept`);
  yield { text: writer.tail(), rows: count };
}
