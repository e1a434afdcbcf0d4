import type { JsonValue, StatementView } from '@sluice/contract';
import { amount, folded, joined, quoted, revealed, shown, type ShownText, word } from '../text/index.ts';
import { displayed } from './displayed.ts';
import { type Paint, type PaintRole, unpainted } from './paint.ts';
import { recordLines, tableLines } from './table.ts';

export type SucceededView = Extract<StatementView, { phase: 'succeeded' }>;

export interface ResultOptions {
  /** Columns of the terminal; null if the output goes elsewhere, where lines may have any length. */
  readonly width: number | null;
  /** Prints each row as a block, however narrow the table is. */
  readonly records: boolean;
  readonly paint?: Paint;
}

/** What a statement returned or changed, for people: a table, or blocks if the terminal is too narrow for it. */
export function resultLines(
  view: SucceededView,
  { width, records, paint = unpainted }: ResultOptions,
): readonly string[] {
  const { columns, rows, changed } = view;
  if (changed !== undefined) return [changedText(changed)];
  const cells = rows.map((row) => row.map((value, column) => valueShown(value, columns[column]!)));
  const titles = columns.map(({ name, type }) => ({
    title: titleShown(name),
    align: NUMBERS.has(type) ? ('right' as const) : ('left' as const),
  }));
  const table = records ? [] : tableLines(titles, cells, paint);
  const isTooWide = width !== null && table.some((line) => displayed(line) > width);
  const body = records || isTooWide ? recordLines(titles, cells, width ?? PAPER, paint) : table;
  const painted = (role: PaintRole) => (text: ShownText) =>
    (width === null ? [text] : folded(text, width)).map((line) => paint(role, line));
  return [...body, ...painted('aside')(countText(view)), ...notes(view).flatMap(painted('caution'))];
}

const NUMBERS: ReadonlySet<string> = new Set(['fixed', 'real', 'decfloat']);

/** Width of blocks if the output does not go to a terminal. */
const PAPER = 100;

/** Quotes a text that could be mistaken for another value, or for none. */
function valueShown(value: JsonValue, { type, scale }: SucceededView['columns'][number]): ShownText {
  if (value === null) return shown`NULL`;
  switch (typeof value) {
    case 'string':
      return isMistakable(value) && !NUMBERS.has(type)
        ? quoted(value, { most: Number.POSITIVE_INFINITY })
        : revealed(value);
    case 'number':
      return revealed(type === 'fixed' && (scale ?? 0) > 0 ? value.toFixed(scale!) : String(value));
    case 'boolean':
      return value ? shown`true` : shown`false`;
    case 'object':
      return revealed(JSON.stringify(value));
    default:
      return value satisfies never;
  }
}

function isMistakable(text: string): boolean {
  return text === '' || text === 'NULL' || /^\s|\s$/.test(text);
}

function titleShown(name: string): ShownText {
  return /^[\w$()*., ]{1,80}$/.test(name) ? revealed(name) : word(name, { most: 80 });
}

function countText({ rows, rowCount }: SucceededView): ShownText {
  if (rows.length === rowCount) return shown`${amount(rowCount)} ${rowCount === 1 ? 'row' : 'rows'}`;
  return shown`${amount(rows.length)} of ${amount(rowCount)} rows; --json prints all of them`;
}

function changedText({ inserted, updated, deleted }: NonNullable<SucceededView['changed']>): ShownText {
  const all = [
    [inserted, 'inserted'],
    [updated, 'updated'],
    [deleted, 'deleted'],
  ] as const;
  const some = all.filter(([count]) => count > 0);
  if (some.length === 0) return shown`no rows were changed`;
  return joined(
    some.map(([count, how]) => shown`${amount(count)} ${count === 1 ? 'row' : 'rows'} ${how}`),
    ', ',
  );
}

/**
 * Notes on masked columns. Without them, masked values, and numbers computed on tokens, would be taken for real ones.
 */
function notes({ columns, computedOn }: SucceededView): readonly ShownText[] {
  const masked = columns.flatMap(({ name, masked }) =>
    masked === undefined ? [] : [shown`${word(name, SHORT)} (${word(masked.method, SHORT)})`],
  );
  return [
    ...(masked.length === 0 ? [] : [shown`note: masked columns: ${joined(masked, ', ')}`]),
    ...(computedOn === undefined ? [] : [note(shown`the rows were`, computedOn)]),
    ...columns.flatMap(({ name, computedOn: column }) =>
      column === undefined ? [] : [note(shown`${word(name, SHORT)} was`, column)],
    ),
  ];
}

const SHORT = { most: 80 };

function note(what: ShownText, { on, because }: NonNullable<SucceededView['computedOn']>): ShownText {
  return shown`note: ${what} computed on ${on}, because of ${revealed(because)}`;
}
