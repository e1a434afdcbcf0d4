import type { DuckDBConnection } from '@duckdb/node-api';
import type { StagedFile } from '../../files/stage-files.ts';
import { messageOf } from '../error-classes.ts';
import { MISFITS } from '../render/fitting-rows.ts';
import { NOTED_LINES } from '../render/staged.ts';
import { readFormat } from './format.ts';
import type { FilesRead, OnError } from './plan-files.ts';

/** What a load that goes on after errors finds in a file. */
export interface CheckedFile {
  readonly file: StagedFile;
  readonly isTaken: boolean;
  readonly rows: number;
  readonly errors: number;
  /** From so many errors on, it is not taken. */
  readonly limit: number;
  readonly first: FirstError | null;
}

export interface FirstError {
  /** In no words of the file's: what does not fit may be anybody's. */
  readonly message: string;
  readonly line: number;
  readonly column: string | null;
}

/**
 * Reads each file once to see which of its rows fit. A file that is not of its format at all fails here, as without
 * ON_ERROR.
 *
 * @param tell tells DuckDB which file is read
 */
export async function checkFiles(
  connection: DuckDBConnection,
  { rows, most, columns }: OnError,
  { files: { format: said } }: FilesRead,
  files: readonly StagedFile[],
  tell: (file: StagedFile) => Promise<void>,
): Promise<readonly CheckedFile[]> {
  const format = readFormat(said);
  const checked: CheckedFile[] = [];
  for (const file of files) {
    await tell(file);
    if (format.type === 'CSV') await forgetLines(connection);
    const [good = 0, misfits = 0, at = null, misfit = null] = await numbers(connection, rows.check);
    const skipped = format.type === 'CSV' ? format.skip : 0;
    const lines =
      format.type === 'CSV'
        ? await notedLines(connection, skipped, at)
        : { count: 0, before: 0, first: null };
    const fit =
      at === null || misfit === null
        ? null
        : {
            message: messageOf(rows.codes[misfit]!),
            line: skipped + at + lines.before,
            column: columns[Math.floor(misfit / MISFITS.length)]!,
          };
    const all = good! + lines.count;
    const errors = misfits! + lines.count;
    const limit = limitOf(most, all);
    const first = fit === null || (lines.first !== null && lines.first.line < fit.line) ? lines.first : fit;
    checked.push({ file, isTaken: most === null || errors < limit, rows: all, errors, limit, first });
  }
  if (format.type === 'CSV') await forgetLines(connection);
  return checked;
}

/** A percentage has to be exceeded, a number reached. */
function limitOf(most: OnError['most'], rows: number): number {
  if (most === null) return rows;
  return 'rows' in most ? most.rows : Math.floor((rows * most.percent) / 100) + 1;
}

async function forgetLines(connection: DuckDBConnection): Promise<void> {
  for (const table of Object.values(NOTED_LINES))
    await connection.run(`DROP TABLE IF EXISTS temp.main.${table}`);
}

/**
 * The lines that are no rows, how many of them come before the row of this number, and the first of all. DuckDB counts the
 * lines of what is skipped, and a field with line ends in it as one.
 */
async function notedLines(connection: DuckDBConnection, skipped: number, row: number | null) {
  const lines = `(SELECT line, min(error_type) AS t, line - ${skipped} - row_number() OVER (ORDER BY line) AS rows_before
    FROM temp.main.${NOTED_LINES.lines} GROUP BY line)`;
  const [count, before, first, countedFields] = await numbers(
    connection,
    `SELECT CAST(count(*) AS INTEGER), CAST(count(*) FILTER (rows_before < ${row ?? 0}) AS INTEGER), CAST(min(line) AS INTEGER),
      CAST(min_by(t, line) IN ('MISSING COLUMNS', 'TOO MANY COLUMNS') AS INTEGER) FROM ${lines}`,
  );
  const message = messageOf(countedFields === 1 ? '100080' : '100069');
  return {
    count: count ?? 0,
    before: before ?? 0,
    first: first == null ? null : { message, line: first, column: null },
  };
}

async function numbers(connection: DuckDBConnection, sql: string): Promise<readonly (number | null)[]> {
  const [row = []] = (await connection.runAndReadAll(sql)).getRowsJS();
  return row as readonly (number | null)[];
}
