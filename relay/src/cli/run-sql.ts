import type { RelayClient, StatementView } from '@sluice/contract';
import { folded, revealed, shown, type ShownText, word } from '../text/index.ts';
import { jsonLine } from './terminal-text.ts';

/** `sluice sql`: runs it, waits as long as it takes, and answers the exit code. */
export async function runSql(
  relay: Pick<RelayClient, 'statements'>,
  { sql, json }: { readonly sql: string; readonly json: boolean },
  print: (text: string) => void,
): Promise<number> {
  let statement = await relay.statements.submit({ body: { sql, agent: 'sluice sql', wait: 5 } });
  let told = false;
  while (statement.phase !== 'succeeded' && statement.phase !== 'failed') {
    if (statement.phase === 'held' && !told) {
      told = true;
      process.stderr.write(`waiting for somebody to decide on ${revealed(statement.approval.id)} ...\n`);
    }
    statement = await relay.statements.read({ params: { id: statement.id }, query: { wait: 25 } });
  }
  if (statement.phase === 'failed') {
    const { message, advice } = statement.error;
    for (const line of [...folded(revealed(message)), ...folded(revealed(advice))])
      process.stderr.write(`${line}\n`);
    return 1;
  }
  for (const line of json ? jsonLines(statement) : table(statement)) print(line);
  return 0;
}

type Succeeded = Extract<StatementView, { phase: 'succeeded' }>;

function* jsonLines({ columns, rows }: Succeeded): Generator<string> {
  for (const row of rows)
    yield jsonLine(Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
}

const WIDEST = 40;

function* table({ columns, rows, rowCount, changed, computedOn }: Succeeded): Generator<string> {
  if (changed !== undefined) {
    yield `${changed.inserted} inserted, ${changed.updated} updated, ${changed.deleted} deleted`;
    return;
  }
  const cells = [
    columns.map(({ name }) => name),
    ...rows.map((row) => row.map((cell) => cell ?? 'NULL')),
  ].map((row) =>
    row
      .map((cell) => revealed(cell))
      .map((cell) => (cell.length > WIDEST ? `${cell.slice(0, WIDEST - 1)}…` : cell)),
  );
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]!.length)));
  for (const [index, row] of cells.entries()) {
    yield row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
    if (index === 0) yield widths.map((width) => '─'.repeat(width)).join('  ');
  }
  yield rows.length < rowCount
    ? `${rows.length} of ${rowCount} rows`
    : `${rowCount} ${rowCount === 1 ? 'row' : 'rows'}`;
  if (computedOn !== undefined) yield note(shown`the rows were`, computedOn);
  for (const { name, computedOn: column } of columns)
    if (column !== undefined) yield note(shown`${word(name, { most: 80 })} was`, column);
}

/** Else a number would be taken for one of the values. */
function note(what: ShownText, { on, because }: NonNullable<Succeeded['computedOn']>): ShownText {
  return shown`note: ${what} computed on ${on}, because of ${revealed(because)}`;
}
