import type { Cell } from '../../../encoding/index.ts';
import { SluiceError } from '../../../errors.ts';
import type { StagedFile } from '../../files/stage-files.ts';
import type { ResultColumn, StatementResult } from '../../result.ts';
import type { ExecutableStatement } from '../../warehouse.ts';
import { changeRows } from '../change-rows.ts';
import { rowsOf, status } from '../results.ts';
import type { SessionParts } from '../session-parts.ts';
import { statementTypes } from '../statement-types.ts';
import { type CheckedFile, checkFiles } from './check-files.ts';
import { loadHistory } from './load-history.ts';
import type { FilesPlan } from './plan-files.ts';
import { NUMBER, tellFiles, texts } from './run-files.ts';
import { filesMeant, idOfStage } from './session-files.ts';

type LoadPlan = Extract<FilesPlan, { kind: 'load' }>;

/** COPY INTO a table: all files or none, unless ON_ERROR says otherwise. */
export async function runLoad(
  parts: SessionParts,
  plan: LoadPlan,
  { describeOnly, changesAtMost }: ExecutableStatement,
): Promise<StatementResult> {
  const { read, table, purges, forced, onError } = plan;
  const { connection, files } = parts;
  if (describeOnly) return { columns: LOADED, ...rowsOf([]), statementTypeId: statementTypes.copy };
  const stage = idOfStage(files, read.files);
  const own = { owner: files.owner, stage };
  const history = loadHistory(connection, table, new Set(parts.temporary.keys()), own);
  const meant = await filesMeant(files, connection, read.files);
  const found = forced ? meant : await history.fresh(meant);
  if (found.length === 0) return status('Copy executed with 0 files processed.', statementTypes.copy);
  const tell = async (some: readonly StagedFile[]) => await tellFiles(parts, read, some);
  const checked =
    onError === null
      ? null
      : await checkFiles(connection, onError, read, found, async (file) => await tell([file]));
  const taken = checked === null ? found : checked.filter(({ isTaken }) => isTaken).map(({ file }) => file);
  await tell(taken);
  if (checked === null) await checkReadToEnd(connection, plan);
  const inserted =
    taken.length === 0
      ? 0
      : await changeRows(parts, {
          most: changesAtMost,
          count: checked === null ? null : async () => sum(checked.map(loadedOf)),
          async run() {
            const { rowsChanged } = await connection.run(onError?.rows.insert ?? plan.sql);
            await history.note(taken);
            return rowsChanged;
          },
        });
  const cells =
    checked === null
      ? wholeFiles(found, await rowsOfEach(parts, plan, found, inserted))
      : checked.map(cellsOf);
  if (purges)
    await files.kept.remove(
      files.owner,
      stage,
      taken.map(({ name }) => name),
    );
  return {
    columns: LOADED,
    ...rowsOf(cells),
    statementTypeId: statementTypes.copy,
    changed: { inserted, updated: 0, deleted: 0 },
  };
}

async function checkReadToEnd(
  connection: SessionParts['connection'],
  { isReadToEnd }: LoadPlan,
): Promise<void> {
  if (isReadToEnd === null) return;
  const [answer] = (await connection.runAndReadAll(isReadToEnd)).getRowsJson();
  if (answer?.[0] === true) return;
  throw new SluiceError('statement_failed', 'a file ends within a field in quotes', {
    advice: 'close the quotes, or name others with FIELD_OPTIONALLY_ENCLOSED_BY',
    warehouse: { code: '100069', sqlState: '22000' },
  });
}

async function rowsOfEach(
  { connection }: SessionParts,
  { counts }: LoadPlan,
  files: readonly StagedFile[],
  all: number,
): Promise<readonly number[]> {
  if (files.length === 1 || counts === null) return files.map(() => all);
  const asked = await connection.runAndReadAll(counts);
  const byPath = new Map(asked.getRowsJson().map(([path, count]) => [path as string, Number(count)]));
  return files.map(({ path }) => byPath.get(path) ?? 0);
}

function wholeFiles(files: readonly StagedFile[], rows: readonly number[]): readonly Cell[][] {
  return files.map(({ name }, index) => {
    const count = String(rows[index]);
    return [name, 'LOADED', count, count, '1', '0', null, null, null, null];
  });
}

function loadedOf({ isTaken, rows, errors }: CheckedFile): number {
  return isTaken ? rows - errors : 0;
}

function cellsOf(checked: CheckedFile): Cell[] {
  const { file, rows, errors, limit, first } = checked;
  const loaded = loadedOf(checked);
  const how = errors === 0 ? 'LOADED' : loaded === 0 ? 'LOAD_FAILED' : 'PARTIALLY_LOADED';
  const found =
    first === null ? [null, null, null, null] : [first.message, String(first.line), null, first.column];
  return [file.name, how, String(rows), String(loaded), String(limit), String(errors), ...found];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** What COPY INTO a table answers of each file. */
const LOADED: readonly ResultColumn[] = [
  ...texts('file', 'status'),
  ...['rows_parsed', 'rows_loaded', 'error_limit', 'errors_seen'].map((name) => ({ ...NUMBER, name })),
  ...texts('first_error'),
  ...['first_error_line', 'first_error_character'].map((name) => ({ ...NUMBER, name })),
  ...texts('first_error_column_name'),
];
