import { z } from 'zod';

/**
 * Everything that the results page and the extension say to each other. Each side checks what comes from the other
 * against these schemas, and drops what is not in them.
 */

/** Rows that a page may ask for at once. */
export const MOST_ROWS_ASKED = 500;

const index = z.int().nonnegative();
const id = z.string().min(1).max(100);
const ask = z.int().nonnegative();
const cell = z.string().nullable();
const range = z.strictObject({ fromRow: index, toRow: index, fromColumn: index, toColumn: index });
const format = z.enum(['csv', 'tsv', 'json']);

/** What the page asks for. It names runs that it was told of; anything else is answered by nothing. */
export const fromPage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({
    type: z.literal('rows'),
    run: id,
    ask,
    from: index,
    limit: z.int().min(1).max(MOST_ROWS_ASKED),
  }),
  /** One value, whole. */
  z.strictObject({ type: z.literal('cell'), run: id, ask, row: index, column: index }),
  z.strictObject({ type: z.literal('chart'), run: id, ask, x: index, y: index }),
  z.strictObject({ type: z.literal('copy'), run: id, range, as: format, withHeaders: z.boolean() }),
  z.strictObject({ type: z.literal('export'), run: id, as: z.enum(['csv', 'json']) }),
  z.strictObject({ type: z.literal('cancel'), run: id }),
  /** The same statement once more. */
  z.strictObject({ type: z.literal('again'), run: id }),
  z.strictObject({ type: z.literal('show'), run: id }),
  z.strictObject({ type: z.literal('clear') }),
  /** The statement, or the one that an approver proposed, in an editor. */
  z.strictObject({ type: z.literal('open_sql'), run: id, which: z.enum(['statement', 'proposal']) }),
  z.strictObject({ type: z.literal('open_request'), run: id, where: z.enum(['browser', 'desktop']) }),
  z.strictObject({ type: z.literal('open_replay'), run: id }),
]);

const substituted = z.strictObject({ on: z.enum(['tokens', 'blanks']), because: z.string() });

const shownColumn = z.strictObject({
  name: z.string(),
  /** As in SQL: `NUMBER(38,2)`. */
  type: z.string(),
  isNumeric: z.boolean(),
  /** Null where values are as the warehouse has them. */
  masked: z.strictObject({ method: z.string(), because: z.string(), rule: z.string().optional() }).nullable(),
  computedOn: substituted.nullable(),
});

const place = z.strictObject({ start: index, end: index, line: z.int(), column: z.int() });

const shownState = z.discriminatedUnion('phase', [
  z.strictObject({ phase: z.literal('sending') }),
  z.strictObject({ phase: z.literal('running') }),
  z.strictObject({
    phase: z.literal('held'),
    expiresAt: z.string(),
    facts: z
      .strictObject({
        phase: z.string(),
        sentence: z.string(),
        rule: z.string(),
        reason: z.string(),
        approvers: z.array(z.string()),
        needed: z.int(),
        approvedBy: z.array(z.string()),
        askedAt: z.string(),
      })
      .nullable(),
  }),
  z.strictObject({
    phase: z.literal('succeeded'),
    columns: z.array(shownColumn),
    computedOn: substituted.nullable(),
    rowCount: z.int(),
    changed: z.strictObject({ inserted: z.int(), updated: z.int(), deleted: z.int() }).nullable(),
    /** Columns that a chart can be drawn of, and those to begin with; null where there is none. */
    chart: z.strictObject({ drawable: z.array(index), x: index, y: index }).nullable(),
  }),
  z.strictObject({
    phase: z.literal('failed'),
    error: z.strictObject({
      code: z.string(),
      message: z.string(),
      advice: z.string(),
      rule: z.string().nullable(),
      place: place.nullable(),
      proposal: z.string().nullable(),
    }),
  }),
]);

const shownRun = z.strictObject({
  id,
  sql: z.string(),
  /** The relay's name, and who asks it. */
  relay: z.string(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** Why the relay cannot be asked now; it is tried again by itself. */
  trouble: z.string().nullable(),
  /** Whether it is known which session it is recorded in. */
  hasReplay: z.boolean(),
  state: shownState,
});

const historyEntry = z.strictObject({
  id,
  sql: z.string(),
  at: z.number(),
  phase: z.enum(['sending', 'running', 'held', 'succeeded', 'failed']),
  rowCount: z.int().nullable(),
  /** The error's code. */
  code: z.string().nullable(),
});

/** What the extension tells. */
export const toPage = z.discriminatedUnion('type', [
  /** What is shown now: the newest state, not a difference. Null when nothing has been run. */
  z.strictObject({ type: z.literal('run'), run: shownRun.nullable() }),
  z.strictObject({ type: z.literal('history'), entries: z.array(historyEntry) }),
  z.strictObject({ type: z.literal('rows'), ask, from: index, rows: z.array(z.array(cell)) }),
  z.strictObject({ type: z.literal('cell'), ask, text: cell, isCut: z.boolean() }),
  z.strictObject({
    type: z.literal('chart'),
    ask,
    shape: z.enum(['bars', 'line']),
    points: z.array(z.strictObject({ label: z.string(), value: z.number() })),
    rows: z.int(),
    skipped: z.int(),
  }),
  /** What was asked for cannot be had. */
  z.strictObject({
    type: z.literal('refused'),
    ask,
    code: z.string(),
    message: z.string(),
    advice: z.string(),
  }),
  /** What has happened, to be read out. */
  z.strictObject({ type: z.literal('said'), text: z.string() }),
]);

export type FromPage = z.infer<typeof fromPage>;
export type ToPage = z.infer<typeof toPage>;
export type ShownRun = z.infer<typeof shownRun>;
export type ShownState = z.infer<typeof shownState>;
export type ShownColumn = z.infer<typeof shownColumn>;
export type HistoryShown = z.infer<typeof historyEntry>;
export type ShownCell = z.infer<typeof cell>;
