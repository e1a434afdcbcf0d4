import type { RelayClient, StatementView } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import { folded, pointedLines, revealed } from '../text/index.ts';
import type { Terminal } from './terminal.ts';
import { displayed } from './displayed.ts';
import type { Paint } from './paint.ts';
import { resultLines, type SucceededView } from './result-lines.ts';
import { jsonLine } from './terminal-text.ts';

export interface SqlOptions {
  readonly sql: string;
  /** A table if there is room for one, a block for each row, or all rows as one JSON object per line. */
  readonly as: 'table' | 'records' | 'json';
  /** Called once if the statement is held: tells the caller who may decide, and how. */
  readonly onHeld: (approval: { readonly id: string; readonly expiresAt: string }) => Promise<void>;
}

/** `sluice sql`: runs a statement, waits until it ends, and returns the exit code. */
export async function runSql(
  relay: StatementsClient,
  { sql, as, onHeld }: SqlOptions,
  { print, note, width, paint }: Pick<Terminal, 'print' | 'note' | 'width' | 'paint'>,
): Promise<number> {
  let view = await relay.statements.submit({ body: { sql, agent: 'sluice sql', wait: 1 } });
  let told = false;
  while (view.phase !== 'succeeded' && view.phase !== 'failed') {
    if (view.phase === 'held' && !told) {
      told = true;
      await onHeld(view.approval);
    }
    view = await relay.statements.read({ params: { id: view.id }, query: { wait: 25 } });
  }
  if (view.phase === 'failed') {
    for (const line of refusalLines(sql, view.error, width ?? PAPER, paint.noted)) note(line);
    return 1;
  }
  if (as === 'json') for await (const line of allRows(relay, view)) print(line);
  else
    for (const line of resultLines(view, { width, records: as === 'records', paint: paint.printed }))
      print(line);
  return 0;
}

type StatementsClient = Pick<RelayClient, 'statements'>;

/** Width of text if the output does not go to a terminal. */
const PAPER = 100;

/** What is wrong, where in the SQL, and what to do about it. */
function refusalLines(
  sql: string,
  { message, advice, place }: Extract<StatementView, { phase: 'failed' }>['error'],
  width: number,
  paint: Paint,
): readonly string[] {
  const isPart = place !== undefined && !(place.start === 0 && place.end >= sql.trimEnd().length);
  return [
    ...folded(revealed(message), width).map((line) => paint('bad', line)),
    ...(isPart ? pointedLines(sql, place, displayed, width - MARGIN) : []),
    ...folded(revealed(advice), width),
  ];
}

/** Width of the margin before a line of SQL. */
const MARGIN = 8;

async function* allRows(relay: StatementsClient, first: SucceededView): AsyncGenerator<string> {
  let view: StatementView = first;
  while (view.phase === 'succeeded') {
    const { columns, rows, next } = view;
    for (const row of rows)
      yield jsonLine(Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
    if (next === null) return;
    view = await relay.statements.read({ params: { id: view.id }, query: { from: next } });
  }
  throw new SluiceError('result_unavailable', 'the rest of the result is gone');
}
