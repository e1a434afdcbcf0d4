import { decodeRows } from '../../relay/src/encoding/index.ts';
import type { EventBody } from '@sluice/contract';
import { isSluiceError } from '../../relay/src/errors.ts';
import type { StatementOutcome } from '../../relay/src/gate.ts';
import type { Cell, ResultColumn } from '@sluice/relay/warehouse';

/** Everything that leaves the relay on account of one statement. */
export interface Answer {
  readonly result: Result;
  /** What the record shows. */
  readonly events: readonly EventBody[];
  /** What approvers are shown. */
  readonly views: readonly unknown[];
  /** Rows and binds as the record keeps them. */
  readonly payloads: readonly string[];
  /** What is counted of each account's use. */
  readonly volumes: readonly unknown[];
  /** What the relay's metrics say. */
  readonly metrics: string;
  /** What a client that polls is told. */
  readonly progress: readonly string[];
}

export type Row = readonly Cell[];

/** What the client gets. */
export interface Result {
  readonly columns: readonly ResultColumn[];
  /** The bytes that came, of Arrow: its types, and whatever no reader shows, are part of what is told. */
  readonly streams: readonly Uint8Array[];
  /** In the batches that they came in. */
  readonly batches: readonly (readonly Row[])[];
  /** Counts of changed rows, the kind of statement, the session's state. */
  readonly more: Partial<Omit<StatementOutcome, 'queryId' | 'columns' | 'chunks'>>;
  readonly error: ShownError | null;
}

export interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
  readonly rule: string | null;
  readonly warehouse: { readonly code: string; readonly sqlState: string } | null;
}

/** Rows after which the client leaves: a product of every table is no better a question than its beginning. */
const ROWS = 4_096;

export async function succeeded(outcome: StatementOutcome): Promise<Result> {
  const { columns, encoding, chunks, statementTypeId, changed, state } = outcome;
  const more = { statementTypeId, state, ...(changed && { changed }) };
  const read: (readonly Row[])[] = [];
  const streams: Uint8Array[] = [];
  let rows = 0;
  try {
    for await (const { bytes, rowCount } of chunks) {
      if (encoding === 'arrow') streams.push(bytes);
      read.push(await decodeRows(encoding, bytes));
      rows += rowCount;
      if (rows >= ROWS) break;
    }
    return { columns, streams, batches: read, more, error: null };
  } catch (error) {
    return { columns, streams, batches: read, more, error: shown(error) };
  }
}

export function failed(error: unknown): Result {
  return { columns: [], streams: [], batches: [], more: {}, error: shown(error) };
}

/** As listeners pass it on; anything else that is thrown would be a fault of the worlds themselves. */
function shown(error: unknown): ShownError {
  if (!isSluiceError(error)) throw error;
  const { code, message, advice, rule, warehouse } = error;
  return { code, message, advice, rule: rule ?? null, warehouse: warehouse ?? null };
}

/** Whether people were asked before it ran. */
export function wasAsked({ events }: Answer): boolean {
  return events.some((event) => event.type === 'decision' && event.effect === 'ask');
}

/** Whether it was let through unasked, and did not fail. */
export function wasAllowed(answer: Answer): boolean {
  return answer.result.error === null && !wasAsked(answer);
}

/** Whether it said anything: a cell that is neither null nor stars, or rows that changed. */
export function isTelling({ result: { batches, more, error } }: Answer): boolean {
  if (error !== null) return false;
  const { inserted = 0, updated = 0, deleted = 0 } = more.changed ?? {};
  if (inserted + updated + deleted > 0) return true;
  return batches.some((rows) => rows.some((row) => row.some((cell) => cell !== null && !STARS.test(cell))));
}

const STARS = /^"?\*+"?$/;
