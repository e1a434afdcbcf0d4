import { firstRows } from '../encoding/index.ts';
import type { SluiceError } from '../errors.ts';
import type { IdentityId } from '../identity/index.ts';
import type { MaskedResult } from './mask-statement.ts';
import type { ResultEncoding } from '../warehouse/index.ts';
import type { SealedPayload } from '../recording/index.ts';
import type { GateParts, Authorization } from './parts.ts';
import { asSluiceError, failureEvent } from './record-failure.ts';
import type { SessionContext } from './session-context.ts';
import { rowsComputedOn, shownColumns } from './shown-columns.ts';
import type { MaskedChunk, StatementOutcome, StatementRequest } from './statement-request.ts';

/**
 * Step 9. Passes the masked rows on and records them as they were returned. The stream ends only when the
 * outcome is durable; a reader that stops early, and a result that fails midway, are recorded as such.
 */
export async function recordOutcome(
  parts: Pick<GateParts, 'recorder' | 'recordingLimits' | 'limits' | 'usage' | 'warehouse' | 'now'>,
  request: StatementRequest,
  context: SessionContext,
  authorization: Authorization,
  result: MaskedResult,
): Promise<StatementOutcome> {
  const warehouse = await context.warehouse();
  return {
    queryId: request.queryId,
    columns: shownColumns(result.columns, authorization),
    ...rowsComputedOn(authorization),
    encoding: result.encoding,
    chunks: recordChunks(parts, request, context, authorization, result),
    statementTypeId: result.statementTypeId,
    ...(result.changed === undefined ? {} : { changed: result.changed }),
    state: warehouse.state,
  };
}

async function* recordChunks(
  parts: Pick<GateParts, 'recorder' | 'recordingLimits' | 'limits' | 'usage' | 'now'>,
  request: StatementRequest,
  context: SessionContext,
  authorization: Authorization,
  result: MaskedResult,
): AsyncGenerator<MaskedChunk> {
  const { session } = request;
  const kept = keepRows(parts, session.identity.id, result.encoding);
  const returned = { rows: 0, bytes: 0 };
  let complete = false;
  let failure: SluiceError | null = null;
  try {
    for await (const chunk of result.chunks) {
      await kept.add(chunk);
      count(returned, chunk);
      count(context.returned, chunk);
      yield chunk;
    }
    complete = true;
  } catch (error) {
    failure = asSluiceError(error);
    throw failure;
  } finally {
    const { waiting, payloads, recordedRows } = kept.end();
    const { timezone } = authorization.policy;
    await parts.recorder.transaction(async (tx) => {
      for (const payload of waiting) await tx.keep(payload);
      await parts.usage.add(tx, session.identity.id, parts.now(), timezone, returned);
      if (!request.describeOnly) await context.keep(tx);
      await tx.record(session.id, {
        type: 'result',
        statement: request.queryId,
        encoding: result.encoding,
        columns: describeColumns(result, authorization),
        ...rowsComputedOn(authorization),
        ...returned,
        complete,
        payloads,
        recordedRows,
      });
      await authorization.leave?.settle(tx, rowsHit(result, returned.rows));
      if (failure !== null) await tx.record(session.id, failureEvent(request, failure));
    });
  }
}

/** Rows that were changed, or else returned. */
function rowsHit({ changed }: MaskedResult, returned: number): number {
  return changed === undefined ? returned : changed.inserted + changed.updated + changed.deleted;
}

type KeepingParts = Pick<GateParts, 'recorder' | 'recordingLimits' | 'limits'>;

function count(volume: { rows: number; bytes: number }, { rowCount, bytes }: MaskedChunk): void {
  volume.rows += rowCount;
  volume.bytes += bytes.byteLength;
}

function describeColumns(result: MaskedResult, authorization: Authorization) {
  return shownColumns(result.columns, authorization).map(({ name, type, masked, computedOn }) => ({
    name,
    type,
    masked: masked !== undefined,
    ...(computedOn === undefined ? {} : { computedOn }),
  }));
}

/** Bytes of each result that are kept whatever is left of the allowance: what was changed is always said. */
const ALWAYS_KEPT = 64 * 1024;

/** Bytes of a payload that are enough, however few rows they are: hashing and sealing it takes time. */
const FULL = 1024 * 1024;

/** Bytes of sealed payloads that are kept in one transaction: others wait for it. */
const TOGETHER = 4 * 1024 * 1024;

/**
 * Keeps rows as the very bytes that are passed on, until the recording has had its fill; of Arrow, whole chunks. Throws
 * `record_allowance_used` when they would be more than its owner may still have recorded: what is not on the
 * record is not passed on.
 */
function keepRows(
  { recorder, recordingLimits: limits, limits: allowance }: KeepingParts,
  identity: IdentityId,
  encoding: ResultEncoding,
) {
  let bytesKept = 0;
  let recordedRows = 0;
  const payloads: string[] = [];
  /** They wait for the outcome, which they share a commit with, unless they are too much to keep in memory. */
  let waiting: SealedPayload[] = [];
  let waitingBytes = 0;
  const keep = async (bytes: Uint8Array) => {
    const payload = await recorder.seal(bytes);
    payloads.push(payload.address);
    waiting.push(payload);
    waitingBytes += payload.sealed.byteLength;
    if (waitingBytes < TOGETHER) return;
    const full = waiting;
    waiting = [];
    waitingBytes = 0;
    await recorder.transaction(async (tx) => {
      for (const one of full) await tx.keep(one);
    });
  };
  return {
    async add(chunk: MaskedChunk) {
      for (let rest = chunk; rest.rowCount > 0 && recordedRows < limits.rowsKept;) {
        const rows = Math.min(limits.rowsPerPayload, limits.rowsKept - recordedRows);
        // What is kept whatever is left is a payload of its own: the next one is not begun when nothing is left.
        const most = bytesKept < ALWAYS_KEPT ? ALWAYS_KEPT : FULL;
        const kept = encoding === 'json' ? firstRows(rest.bytes, { rows, bytes: most }) : rest;
        const { byteLength } = kept.bytes;
        bytesKept += byteLength;
        if (bytesKept <= ALWAYS_KEPT) allowance.recordAnyway(identity, byteLength);
        else allowance.record(identity, byteLength);
        await keep(kept.bytes);
        recordedRows += kept.rowCount;
        // Behind the comma.
        rest = { rowCount: rest.rowCount - kept.rowCount, bytes: rest.bytes.subarray(byteLength + 1) };
      }
    },
    end: () => ({ waiting, payloads, recordedRows }),
  };
}
