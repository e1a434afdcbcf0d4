import { type BindRow, bindTo } from './binds.ts';
import type { SessionParts } from './session-parts.ts';

/** What a query of one number answers, summed over the rows of an array bind. */
export async function countRows(
  { connection }: Pick<SessionParts, 'connection'>,
  sql: string,
  rows: readonly BindRow[],
): Promise<number> {
  const prepared = await connection.prepare(sql);
  let sum = 0;
  try {
    for (const row of rows) {
      prepared.clearBindings();
      bindTo(prepared, row);
      sum += Number((await prepared.runAndReadAll()).getColumns()[0]?.[0] ?? 0);
    }
  } finally {
    prepared.destroySync();
  }
  return sum;
}
