import { createHash } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import { assessStatement } from './assess-statement.ts';
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
  const { recorder, limits } = parts;
  const { identity, id: session } = request.session;
  confirmRequester(parts, request.session);
  limits.checkRecord(identity.id);
  const assessment = await assessStatement(parts, { ...request, breakGlass: null }, context, signal);
  const decision = decisionEvent(request, assessment.decision);
  const { effect, rule, policyVersion } = decision;
  const sql = createHash('sha256').update(request.sql).digest('hex');
  const event: EventBody = {
    type: 'notice',
    what: 'explained',
    detail: { sql, effect, rule, policyVersion },
  };
  limits.record(identity.id, Buffer.byteLength(JSON.stringify(event)));
  await recorder.append(session, event);
  return { understanding: understandingEvent(request, assessment.understanding), decision };
}
