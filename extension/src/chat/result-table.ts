import type { StatementView } from '@sluice/contract';
import { plainText } from '../markdown/index.ts';
import { WORDS } from '../words.ts';

const words = WORDS.agents.chat;

type Succeeded = Extract<StatementView, { phase: 'succeeded' }>;

const MOST_ROWS = 15;
const MOST_COLUMNS = 12;
const LONGEST = 80;

/** The first rows as a table in Markdown, masked columns marked, and what is not in it. */
export function resultTable({ columns, rows, rowCount, computedOn, changed }: Succeeded): string {
  if (changed !== undefined)
    return `${WORDS.agents.answer.changed(changed.inserted, changed.updated, changed.deleted)}\n\n`;
  const shown = columns.slice(0, MOST_COLUMNS);
  const heading = shown.map(({ name, masked }) =>
    masked === undefined ? plainText(name) : `${plainText(name)} *(${words.masked(masked.method)})*`,
  );
  const lines = rows.slice(0, MOST_ROWS).map((row) => line(shown.map((_, index) => cellText(row[index]!))));
  return [
    ...(rowCount === 0
      ? [words.noRows]
      : [line(heading), line(shown.map(({ type }) => (type === 'fixed' ? '--:' : '---'))), ...lines]),
    '',
    words.counted(Math.min(rowCount, lines.length), rowCount, columns.length - shown.length),
    ...columns.flatMap(({ name, masked }) =>
      masked === undefined ? [] : [`- ${plainText(words.because(name, masked.method, masked.because))}`],
    ),
    ...(computedOn === undefined
      ? []
      : [`- ${plainText(WORDS.agents.explained.rowsComputedOn(computedOn.on, computedOn.because))}`]),
    ...columns.flatMap(({ name, computedOn: on }) =>
      on === undefined ? [] : [`- ${plainText(WORDS.agents.explained.computedOn(name, on.on, on.because))}`],
    ),
    '',
    '',
  ].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function cellText(value: Succeeded['rows'][number][number]): string {
  if (value === null) return '*NULL*';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return plainText(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
