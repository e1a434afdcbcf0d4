import type { SluiceError } from '../errors.ts';
import type { IdentityId } from '../identity/index.ts';
import type { ResultBatch, StatementResult } from '../warehouse/index.ts';
import { countBytes } from './limit-result.ts';
import type { GateParts, Authorization } from './parts.ts';
import { asSluiceError, failureEvent } from './record-failure.ts';
import type { SessionContext } from './session-context.ts';
import { rowsComputedOn, shownColumns } from './shown-columns.ts';
import type { StatementOutcome, StatementRequest } from './statement-request.ts';

/** How much of a result the recording keeps; the rest is counted, and the record says so. */
export interface RecordingLimits {
  /** Rows kept of one result. */
  readonly rowsKept: number;
  /** Rows in one payload. */
  readonly rowsPerPayload: number;
}

/**
 * Step 9. Passes the masked rows on and records them as they were returned. The stream ends only when the
 * outcome is durable; a reader that stops early, and a result that fails midway, are recorded as such.
 */
export async function recordOutcome(
  parts: Pick<
    GateParts,
    'recorder' | 'recordingLimits' | 'limits' | 'usage' | 'warehouse' | 'policy' | 'now'
  >,
  request: StatementRequest,
  context: SessionContext,
  authorization: Authorization,
  result: StatementResult,
): Promise<StatementOutcome> {
  const warehouse = await context.warehouse();
  return {
    queryId: request.queryId,
    columns: shownColumns(result.columns, authorization),
    ...rowsComputedOn(authorization),
    batches: recordBatches(parts, request, context, authorization, result),
    statementTypeId: result.statementTypeId,
    ...(result.changed === undefined ? {} : { changed: result.changed }),
    state: warehouse.state,
  };
}

async function* recordBatches(
  parts: Pick<GateParts, 'recorder' | 'recordingLimits' | 'limits' | 'usage' | 'policy' | 'now'>,
  request: StatementRequest,
  context: SessionContext,
  authorization: Authorization,
  result: StatementResult,
): AsyncGenerator<ResultBatch> {
  const { session } = request;
  const kept = keepRows(parts, session.identity.id);
  const returned = { rows: 0, bytes: 0 };
  let complete = false;
  let failure: SluiceError | null = null;
  try {
    for await (const batch of result.batches) {
      await kept.add(batch);
      count(returned, batch);
      count(context.returned, batch);
      yield batch;
    }
    complete = true;
  } catch (error) {
    failure = asSluiceError(error);
    throw failure;
  } finally {
    const { payloads, recordedRows } = await kept.end();
    const { timezone } = parts.policy();
    await parts.usage.add(session.identity.id, parts.now(), timezone, returned);
    await parts.recorder.append(session.id, {
      type: 'result',
      statement: request.queryId,
      columns: describeColumns(result, authorization),
      ...rowsComputedOn(authorization),
      ...returned,
      complete,
      payloads,
      recordedRows,
    });
    await authorization.leave?.settle(rowsHit(result, returned.rows));
    if (failure !== null) await parts.recorder.append(session.id, failureEvent(request, failure));
  }
}

/** Rows that were changed, or else returned. */
function rowsHit({ changed }: StatementResult, returned: number): number {
  return changed === undefined ? returned : changed.inserted + changed.updated + changed.deleted;
}

type KeepingParts = Pick<GateParts, 'recorder' | 'recordingLimits' | 'limits'>;

function count(volume: { rows: number; bytes: number }, batch: ResultBatch): void {
  volume.rows += batch.rows.length;
  volume.bytes += countBytes(batch);
}

function describeColumns(result: StatementResult, authorization: Authorization) {
  return shownColumns(result.columns, authorization).map(({ name, type, masked, computedOn }) => ({
    name,
    type,
    masked: masked !== undefined,
    ...(computedOn === undefined ? {} : { computedOn }),
  }));
}

/** Characters of each result that are kept whatever is left of the allowance: what was changed is always said. */
const ALWAYS_KEPT = 64 * 1024;

/** Characters of a payload that are enough, however few rows they are: hashing and sealing it takes time. */
const FULL = 1024 * 1024;

/**
 * Collects rows into payloads, as newline-delimited JSON arrays, until the recording has had its fill. Throws
 * `record_allowance_used` when they would be more than its owner may still have recorded: what is not on the
 * record is not passed on.
 */
function keepRows(
  { recorder, recordingLimits: limits, limits: allowance }: KeepingParts,
  identity: IdentityId,
) {
  let length = 0;
  const payloads: string[] = [];
  let pending: string[] = [];
  let pendingLength = 0;
  let recordedRows = 0;

  const flush = async () => {
    if (pending.length === 0) return;
    const text = pending.join('\n');
    pending = [];
    pendingLength = 0;
    payloads.push(await recorder.keep(Buffer.from(text)));
  };
  return {
    async add(batch: ResultBatch) {
      for (const row of batch.rows.slice(0, limits.rowsKept - recordedRows)) {
        const text = JSON.stringify(row);
        length += text.length;
        if (length <= ALWAYS_KEPT) allowance.recordAnyway(identity, text.length);
        else allowance.record(identity, text.length);
        pending.push(text);
        pendingLength += text.length;
        recordedRows += 1;
        if (pending.length >= limits.rowsPerPayload || pendingLength >= FULL) await flush();
      }
    },
    async end() {
      await flush();
      return { payloads, recordedRows };
    },
  };
}
