import { encodeRows } from '../../encoding/index.ts';
import type { EncodedRows, Query, SpooledResult } from '../../queries/index.ts';
import type { OutcomeColumn } from '../../gate.ts';
import type { CountedRows, ResultColumn, RowCounts } from '../../warehouse/index.ts';

/** A result as Snowflake would show it. */
export interface PresentedResult {
  readonly columns: readonly OutcomeColumn[];
  readonly rows: EncodedRows;
  readonly statementTypeId: number;
  readonly stats: object | null;
}

/**
 * A series and a statement that changed rows answer one row whose column names carry the meaning (driver
 * protocol, sections 4.5 and 4.7); everything else answers its rows.
 */
export function presentResult(query: Query, result: SpooledResult): PresentedResult {
  const { columns, first, statementTypeId, changed } = result;
  if (query.parts.length > 0) {
    return {
      columns: [seriesColumn],
      rows: oneRow(['Multiple statements executed successfully.']),
      statementTypeId,
      stats: null,
    };
  }
  if (!changed) return { columns, rows: first, statementTypeId, stats: null };
  const stats = {
    numRowsInserted: changed.inserted,
    numRowsUpdated: changed.updated,
    numRowsDeleted: changed.deleted,
    numDmlDuplicates: 0,
  };
  const counts = dmlColumns[statementTypeId]?.(changed);
  // What makes a table of rows, or empties one, says so in words.
  if (!counts) return { columns, rows: first, statementTypeId, stats };
  return {
    columns: counts.map(([name]) => ({ ...countColumn, name })),
    rows: query.describeOnly
      ? { bytes: encodeRows([]), rowCount: 0 }
      : oneRow(counts.map(([, count]) => String(count))),
    statementTypeId,
    stats,
  };
}

function oneRow(cells: readonly string[]): EncodedRows {
  return { bytes: encodeRows([cells]), rowCount: 1 };
}

type Counts = readonly (readonly [name: string, count: number])[];

const column = (of: CountedRows) => (changed: RowCounts) => [`number of rows ${of}`, changed[of]] as const;
const [inserted, updated, deleted] = [column('inserted'), column('updated'), column('deleted')];
const EVERYTHING: readonly CountedRows[] = ['inserted', 'updated', 'deleted'];

/** By statement type (driver protocol, section 10.3). Drivers add these columns up to the row count. */
const dmlColumns: Readonly<Record<number, (changed: RowCounts) => Counts>> = {
  0x3100: (changed) => [inserted(changed)],
  0x3200: (changed) => [updated(changed), ['number of multi-joined rows updated', changed.multiJoined ?? 0]],
  0x3300: (changed) => [deleted(changed)],
  // Snowpark takes them by their places, for the clauses that there are.
  0x3400: ({ does = EVERYTHING, ...changed }) =>
    EVERYTHING.filter((one) => does.includes(one)).map((one) => column(one)(changed)),
  0x3500: (changed) => [inserted(changed)],
};

const countColumn = { type: 'fixed', nullable: false, precision: 19, scale: 0, length: null } as const;

const seriesColumn: ResultColumn = {
  name: 'multiple statement execution',
  type: 'text',
  nullable: false,
  precision: null,
  scale: null,
  length: 16_777_216,
};
