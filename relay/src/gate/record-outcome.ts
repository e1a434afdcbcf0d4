import { isSluiceError, SluiceError } from '../errors.ts';
import { createRowKeeper, type RowKeeper } from './keep-rows.ts';
import type { MaskedResult } from './mask-statement.ts';
import { rememberShape } from './remember-effects.ts';
import type { GateParts, Authorization } from './parts.ts';
import { asSluiceError, failureEvent, standsBesideResult } from './record-failure.ts';
import { recordKept, volumeOf } from './record-kept.ts';
import type { SessionContext } from './session-context.ts';
import { rowsComputedOn, shownColumns } from './shown-columns.ts';
import type { MaskedChunk, StatementOutcome, StatementRequest } from './statement-request.ts';

type RecordingParts = Pick<
  GateParts,
  'recorder' | 'onEndUnrecorded' | 'recordingLimits' | 'limits' | 'usage' | 'now' | 'confirmIdentity'
>;

/**
 * Step 9. Passes the masked rows on and records them as they were returned. The stream ends only when the
 * outcome is durable; a reader that stops early, and a result that fails midway, are recorded as such. Rows that
 * the warehouse keeps are counted when the client is told of them, and recorded as it asks for them.
 */
export async function recordOutcome(
  parts: RecordingParts,
  request: StatementRequest,
  context: SessionContext,
  authorization: Authorization,
  result: MaskedResult,
): Promise<StatementOutcome> {
  const keeper = createRowKeeper(parts, request.session.identity.id, result.encoding);
  const returned = { rows: 0, bytes: 0 };
  if (!request.describeOnly) rememberShape(request.queryId, result.columns, context);
  return {
    queryId: request.queryId,
    columns: shownColumns(result.columns, authorization),
    ...rowsComputedOn(authorization),
    encoding: result.encoding,
    chunks: recordChunks(parts, request, context, authorization, { ...result, keeper, returned }),
    kept: recordKept(parts, request, context, authorization, result.kept, keeper, () => returned.rows),
    statementTypeId: result.statementTypeId,
    ...(result.changed === undefined ? {} : { changed: result.changed }),
    ...(result.script === undefined ? {} : { script: result.script }),
    ...(result.transfer === undefined ? {} : { transfer: result.transfer }),
    state: result.state,
    parameters: result.parameters,
  };
}

interface Recorded extends MaskedResult {
  readonly keeper: RowKeeper;
  /** Of what has passed. */
  readonly returned: { rows: number; bytes: number };
}

async function* recordChunks(
  parts: RecordingParts,
  request: StatementRequest,
  context: SessionContext,
  authorization: Authorization,
  result: Recorded,
): AsyncGenerator<MaskedChunk> {
  const { session } = request;
  const { keeper, returned, kept } = result;
  // What the warehouse keeps of it is not here to be read again.
  const isKept = !request.describeOnly && kept.length === 0;
  const again = isKept ? context.kept.begin(request.queryId, result.columns, result.encoding) : null;
  let complete = false;
  let failure: SluiceError | null = null;
  try {
    for await (const chunk of result.chunks) {
      await keeper.add(chunk);
      count(returned, chunk);
      count(context.returned, chunk);
      again?.add(chunk.bytes);
      yield chunk;
    }
    complete = true;
    again?.complete();
  } catch (error) {
    failure = asSluiceError(error);
    throw failure;
  } finally {
    const { waiting, payloads, recordedRows } = keeper.taken();
    const { timezone } = authorization.policy;
    // Of a result that broke off the client is told of nothing more.
    const listed = complete ? volumeOf(kept) : { rows: 0, bytes: 0 };
    const all = { rows: returned.rows + listed.rows, bytes: returned.bytes + listed.bytes };
    context.returned.rows += listed.rows;
    context.returned.bytes += listed.bytes;
    if (!complete) result.close?.();
    const recorded = parts.recorder.transaction(async (tx) => {
      for (const payload of waiting) await tx.keep(payload);
      await parts.usage.add(tx, session.identity.id, parts.now(), timezone, all);
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
        ...(result.upstream === undefined ? {} : { warehouseQueryId: result.upstream.queryId }),
        ...(complete && kept.length > 0 ? { kept: { chunks: kept.length, ...listed } } : {}),
      });
      await authorization.leave?.settle(tx, rowsHit(result, all.rows));
      if (failure !== null) await tx.record(session.id, failureEvent(request, failure));
    });
    await recorded.catch((error: unknown) => {
      parts.onEndUnrecorded(request.queryId);
      throw unrecorded(error);
    });
    if (failure !== null) standsBesideResult(request, failure);
  }
}

/** Unlike others of its kind, this one is of a statement that has run. */
function unrecorded(error: unknown): unknown {
  if (!isSluiceError(error) || error.code !== 'record_unavailable') return error;
  return new SluiceError(
    error.code,
    `the statement ran, and what came of it cannot be recorded: ${error.message}`,
    { advice: 'its rows are not given out; look at what it did before you run it again', cause: error },
  );
}

/** Rows that were changed, or else returned. */
function rowsHit({ changed }: MaskedResult, returned: number): number {
  return changed === undefined ? returned : changed.inserted + changed.updated + changed.deleted;
}

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
