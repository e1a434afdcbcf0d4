import { createHash } from 'node:crypto';
import type { EventBody, TextPlace } from '@sluice/contract';
import { formatColumn } from '@sluice/snowflake-sql';
import type { SluiceError } from '../errors.ts';
import type { AskTerms } from '../policy/index.ts';
import { assessStatement, type StatementAssessment } from './assess-statement.ts';
import { confirmRequester } from './confirm-requester.ts';
import type { GateParts } from './parts.ts';
import { decisionEvent, understandingEvent } from './record-intent.ts';
import { placeIn, refusalOf } from './refusal.ts';
import type { SessionContext } from './session-context.ts';
import type { StatementRequest } from './statement-request.ts';

/** What running a statement would record of it before anything runs. */
export interface StatementExplanation {
  readonly understanding: Extract<EventBody, { type: 'understanding' }>;
  readonly decision: Extract<EventBody, { type: 'decision' }>;
  /** Where the reason lies. */
  readonly place: TextPlace;
  /** What it does with columns beside returning them. */
  readonly uses: readonly {
    readonly column: string;
    readonly as: string;
    readonly by?: string;
    readonly place: TextPlace;
  }[];
  /** Who would be asked; null when nobody would. */
  readonly asks: AskTerms | null;
  /** What running it would throw, when it is refused. */
  readonly error: SluiceError | null;
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
  request: Pick<StatementRequest, 'queryId' | 'sql'>,
  assessment: Pick<StatementAssessment, 'understanding' | 'decision'>,
): StatementExplanation {
  const { understanding, decision } = assessment;
  const { sql } = request;
  return {
    understanding: understandingEvent(request, understanding),
    decision: decisionEvent(request, decision),
    place: placeIn(sql, decision.range),
    uses: (understanding.understood ? understanding.uses : []).map(({ column, as, by, range }) => ({
      column: formatColumn(column),
      as,
      ...(by === undefined ? {} : { by }),
      place: placeIn(sql, range),
    })),
    asks: decision.effect === 'ask' ? decision.ask : null,
    error: decision.effect === 'block' ? refusalOf(sql, assessment) : null,
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
