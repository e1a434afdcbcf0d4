import type { Analyses } from '../analysis/index.ts';
import type { ApprovalRequest, Estimate } from '../approval/index.ts';
import { decodeRows } from '../encoding/index.ts';
import type { RunStatement, StatementOutcome } from './statement-request.ts';

/** After this approvers decide without a number. */
const PATIENCE_MS = 10_000;

/**
 * How many rows a held statement would change or return, for those who decide. It is asked as a statement of the
 * requester's own: decided on, masked and recorded as any other, and refused where people would have to be asked about
 * it. Null for statements that have no such number.
 */
export function createEstimate(
  run: RunStatement,
  rowCount: Analyses['rowCount'],
  newId: () => string,
  now: () => number,
): (request: ApprovalRequest) => Promise<Estimate | null> {
  return async (request) => {
    const count = await rowCount(request.sql, request.binds);
    if (count === null) return null;
    const told = (rows: number | null, note: string): Estimate => {
      return { rows, bytes: null, partitions: null, note, at: now() };
    };
    if (count.sql === null) return told(count.rows, count.note);
    const { session } = request;
    const queryId = newId();
    const asked = {
      session,
      queryId,
      requestId: `estimate/${queryId}`,
      sql: count.sql,
      binds: count.binds,
      describeOnly: false,
      prompt: null,
      mayAsk: false,
    } as const;
    const progress = { held: () => {}, running: () => {} };
    const outcome = await run(asked, progress, AbortSignal.timeout(PATIENCE_MS)).catch(() => null);
    const found = outcome === null ? null : await onlyNumber(outcome).catch(() => null);
    return found === null
      ? told(null, 'it cannot be counted in time, or without asking somebody first')
      : told(found * count.times, count.note);
  };
}

async function onlyNumber({ chunks, encoding }: StatementOutcome): Promise<number | null> {
  let number: number | null = null;
  for await (const { bytes } of chunks) {
    const cell = (await decodeRows(encoding, bytes))[0]?.[0];
    if (cell != null && /^\d+$/.test(cell)) number = Number(cell);
  }
  return number;
}
