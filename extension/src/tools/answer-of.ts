import type { StatementView } from '@sluice/contract';
import { WORDS } from '../words.ts';
import { fittingRows } from './fitting-rows.ts';
import type { Sizing } from './tool.ts';

const words = WORDS.agents.answer;

interface Shown {
  /** For showing which part was refused; null where it is not at hand. */
  readonly sql: string | null;
  /** The first row that was asked for. */
  readonly from: number;
  readonly size: Sizing;
}

/** What a model is told of a statement: its rows, as many as it can read, or why there are none, and what to do. */
export async function answerOf(view: StatementView, { sql, from, size }: Shown): Promise<string> {
  switch (view.phase) {
    case 'succeeded':
      return await resultOf(view, { from, size });
    case 'failed':
      return refusalOf(view, sql);
    case 'held':
      return words.held(view.id, view.approval.expiresAt);
    case 'submitted':
    case 'running':
      return words.running(view.id);
    default:
      return view satisfies never;
  }
}

async function resultOf(
  view: Extract<StatementView, { phase: 'succeeded' }>,
  { from, size }: Pick<Shown, 'from' | 'size'>,
): Promise<string> {
  const { id, columns, computedOn, changed, rowCount, rows } = view;
  const masked = columns.flatMap(({ name, masked: mask }) =>
    mask === undefined ? [] : [`${JSON.stringify(name)} (${mask.method})`],
  );
  const head = [
    words.rows(id, rowCount),
    ...(changed === undefined ? [] : [words.changed(changed.inserted, changed.updated, changed.deleted)]),
    words.columns,
    ...columns.map(({ name, type, masked: mask }) =>
      JSON.stringify({ name, type, ...(mask === undefined ? {} : { masked: mask.method }) }),
    ),
    ...(masked.length === 0 ? [] : [words.masked(masked)]),
    ...(computedOn === undefined
      ? []
      : [WORDS.agents.explained.rowsComputedOn(computedOn.on, computedOn.because)]),
    ...columns.flatMap((column) =>
      column.computedOn === undefined
        ? []
        : [
            WORDS.agents.explained.computedOn(
              JSON.stringify(column.name),
              column.computedOn.on,
              column.computedOn.because,
            ),
          ],
    ),
  ].join('\n');
  const used = await size.count(head);
  const { lines, shortened } = await fittingRows(rows, { ...size, tokens: size.tokens - used - RESERVE });
  const next = from + lines.length;
  return [
    head,
    ...(lines.length === 0 ? [] : [words.data, ...lines]),
    ...(shortened === 0 ? [] : [words.shortened(shortened)]),
    ...(next < rowCount ? [words.leftOut(from, next, rowCount, id)] : []),
  ].join('\n');
}

/** Tokens for what is said of the rows. */
const RESERVE = 150;

function refusalOf({ error }: Extract<StatementView, { phase: 'failed' }>, sql: string | null): string {
  const { code, message, advice, rule, place } = error;
  if (code === 'not_a_read') return words.isChange;
  return [
    words.refused(code, rule),
    words.reason(message),
    ...(place === undefined || sql === null
      ? []
      : [words.where(sql.slice(place.start, place.end).slice(0, 200), place.line, place.column)]),
    advice === '' ? words.noAdvice : words.allowed(advice),
  ].join('\n');
}
