import { createHash } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import { assessStatement, type StatementAssessment } from './assess-statement.ts';
import { confirmRequester } from './confirm-requester.ts';
import type { GateParts } from './parts.ts';
import { decisionEvent, understandingEvent } from './record-intent.ts';
import type { SessionContext } from './session-context.ts';
import type { StatementRequest } from './statement-request.ts';

/** What running a statement would record of it before anything runs. */
export interface StatementExplanation {
  readonly understanding: Extract<EventBody, { type: 'understanding' }>;
  readonly decision: Extract<EventBody, { type: 'decision' }>;
}

/**
 * Steps 2 to 4 and no further: nothing runs, and nobody is asked. Whoever asks is told what they could read on their own
 * record if it ran; what break-glass would let through is not said. That it was asked is recorded: the text's digest,
 * since a text that somebody is still writing is nobody's statement.
 */
export async function explainStatement(
  parts: GateParts,
  request: StatementRequest,
  context: SessionContext,
  signal: AbortSignal,
): Promise<StatementExplanation> {
  confirmRequester(parts, request.session);
  parts.limits.checkRecord(request.session.identity.id);
  const assessment = await assessStatement(parts, { ...request, breakGlass: null }, context, signal);
  await recordExplained(parts, request, assessment);
  return explained(request, assessment);
}

export function explained(
  request: Pick<StatementRequest, 'queryId'>,
  { understanding, decision }: Pick<StatementAssessment, 'understanding' | 'decision'>,
): StatementExplanation {
  return {
    understanding: understandingEvent(request, understanding),
    decision: decisionEvent(request, decision),
  };
}

export async function recordExplained(
  { limits, recorder }: Pick<GateParts, 'limits' | 'recorder'>,
  request: Pick<StatementRequest, 'session' | 'sql' | 'queryId'>,
  assessment: StatementAssessment,
): Promise<void> {
  const { session } = request;
  const { effect, rule, policyVersion } = decisionEvent(request, assessment.decision);
  const sql = createHash('sha256').update(request.sql).digest('hex');
  const event: EventBody = {
    type: 'notice',
    what: 'explained',
    detail: { sql, effect, rule, policyVersion },
  };
  limits.record(session.identity.id, Buffer.byteLength(JSON.stringify(event)));
  await recorder.append(session.id, event);
}
