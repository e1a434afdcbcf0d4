import type { EventBody } from '@sluice/contract';
import { isSluiceError, SluiceError } from '../errors.ts';
import type { GateParts } from './parts.ts';
import type { Intent } from './record-intent.ts';
import type { StatementRequest } from './statement-request.ts';

/**
 * Every error exit ends here: recorded, and turned into an error that is safe to show. What was not thrown
 * on purpose may hold data in its message, so nothing of it but its being there is passed on.
 */
export async function recordFailure(
  { onEndUnrecorded }: Pick<GateParts, 'onEndUnrecorded'>,
  request: StatementRequest,
  intent: Intent,
  thrown: unknown,
): Promise<SluiceError> {
  const error = asSluiceError(thrown);
  if (besideResult.get(request) === error) return error;
  // What stops with the relay has not ended: the next relay goes on with it. What another has is that one's to record.
  if (error.code === 'relay_stopping' || error.code === 'statement_elsewhere') return error;
  // When the record itself is the trouble, there is nowhere to write that now.
  if (error.code === 'record_unavailable') {
    if (intent.isRecorded()) onEndUnrecorded(request.queryId);
    return error;
  }
  // Its text would go on filling a record that has had enough: it is counted instead.
  if (error.code === 'record_allowance_used' && !intent.isPrepared()) return error;
  try {
    await intent.prepareAsSent();
    await intent.write((tx) => tx.record(request.session.id, failureEvent(request, error)));
    return error;
  } catch (unrecorded) {
    if (intent.isRecorded()) onEndUnrecorded(request.queryId);
    return asSluiceError(unrecorded);
  }
}

/** By statement, what its result broke off by: it is on the record beside that. Of another, the same error is not. */
const besideResult = new WeakMap<StatementRequest, SluiceError>();

/** Whoever reads the rows for their client finds that the error has been recorded. */
export function standsBesideResult(request: StatementRequest, error: SluiceError): void {
  besideResult.set(request, error);
}

export function failureEvent(request: StatementRequest, error: SluiceError): EventBody {
  const statement = request.queryId;
  if (error.rule !== undefined)
    return { type: 'blocked', statement, rule: error.rule, reason: error.message };
  if (error.code === 'statement_cancelled') return { type: 'cancelled', statement, by: error.message };
  return { type: 'error', statement, code: error.code, message: error.message };
}

export function asSluiceError(thrown: unknown): SluiceError {
  if (isSluiceError(thrown)) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new SluiceError('statement_cancelled', 'the client cancelled the statement', { cause: thrown });
  }
  return new SluiceError('internal', 'the relay failed to process the statement', {
    advice: 'try again; if it keeps failing, tell the people who run the relay, with the query id',
    cause: thrown,
  });
}
