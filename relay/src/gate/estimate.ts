import type { Analyses } from '../analysis/index.ts';
import type { ApprovalRequest, Estimate } from '../approval/index.ts';
import { decodeRows } from '../encoding/index.ts';
import type { StatementCost } from '../warehouse/index.ts';
import type { RunStatement, StatementOutcome } from './statement-request.ts';

/** After this approvers decide without a number. */
const PATIENCE_MS = 10_000;

/**
 * How many rows a held statement would change or return, for those who decide. It is asked as a statement of the
 * requester's own: decided on, masked and recorded as any other, and refused where people would have to be asked about
 * it; and what the warehouse says that it would read. Null for statements that have neither.
 */
export function createEstimate(
  run: RunStatement,
  rowCount: Analyses['rowCount'],
  newId: () => string,
  now: () => number,
  costOf: (request: ApprovalRequest, signal: AbortSignal) => Promise<StatementCost | null>,
): (request: ApprovalRequest) => Promise<Estimate | null> {
  return async (request) => {
    const [counted, cost] = await Promise.all([
      countOf(request),
      costOf(request, AbortSignal.timeout(PATIENCE_MS)).catch(() => null),
    ]);
    if (counted === null && cost === null) return null;
    const rows = counted ?? { rows: null, note: '' };
    return { ...rows, ...(cost ?? NOT_TOLD), at: now() };
  };

  async function countOf(request: ApprovalRequest): Promise<Pick<Estimate, 'rows' | 'note'> | null> {
    const count = await rowCount(request.sql, request.binds);
    if (count === null) return null;
    const told = (rows: number | null, note: string) => ({ rows, note });
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
  }
}

const NOT_TOLD = { bytes: null, partitions: null, partitionsTotal: null };

async function onlyNumber({ chunks, encoding }: StatementOutcome): Promise<number | null> {
  let number: number | null = null;
  for await (const { bytes } of chunks) {
    const cell = (await decodeRows(encoding, bytes))[0]?.[0];
    if (cell != null && /^\d+$/.test(cell)) number = Number(cell);
  }
  return number;
}
