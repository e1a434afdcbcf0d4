import { createHash } from 'node:crypto';
import type { EventBody, TextPlace } from '@sluice/contract';
import { formatColumn, type SourceRange } from '@sluice/snowflake-sql';
import type { SluiceError } from '../errors.ts';
import type { AskTerms, DecidedReason, Decision } from '../policy/index.ts';
import type { SessionState } from '../warehouse/index.ts';
import { type AssessedContext, assessStatement, type StatementAssessment } from './assess-statement.ts';
import { isRead } from './confirm-read.ts';
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
  /** Whether `onlyReads` would let it through. */
  readonly onlyReads: boolean;
  /** Where the reason lies. */
  readonly place: TextPlace;
  /** Every reason why it does not run unasked, the first of which need not be the decision's own. */
  readonly reasons: readonly (Omit<DecidedReason, 'range'> & { readonly place: TextPlace })[];
  /** Where each of its outputs is in the text. */
  readonly outputPlaces: readonly SourceRange[];
  /** Which of its outputs the warehouse itself masks, beneath what the relay does, and by which policies, as far as it says. */
  readonly maskedBy: readonly { readonly output: number; readonly policies: readonly string[] }[];
  /** What it does with columns beside returning them. */
  readonly uses: readonly {
    readonly column: string;
    readonly as: string;
    readonly by?: string;
    readonly place: TextPlace;
  }[];
  /** What the session was taken to be. */
  readonly state: SessionState;
  /** Who would be asked; null when nobody would. */
  readonly asks: AskTerms | null;
  /** What running it would throw, when it is refused. */
  readonly error: SluiceError | null;
}

/** Where names are looked up, in place of where the session is: what an earlier USE in the same file would make of it. */
export interface ExplainedWithin {
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
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
  within: ExplainedWithin,
  signal: AbortSignal,
): Promise<StatementExplanation> {
  confirmRequester(parts, request.session);
  parts.limits.checkRecord(request.session.identity.id);
  const called = { ...request, breakGlass: null };
  const assessment = await assessStatement(parts, called, inPlace(context, within), signal);
  await recordExplained(parts, request, assessment);
  return explained(request, assessment);
}

/** A name means what it would mean there. Who asks, and what they may do, stays as it is. */
function inPlace(context: SessionContext, { database, schema }: ExplainedWithin): AssessedContext {
  if (database === undefined && schema === undefined) return context;
  return {
    ...context,
    async warehouse() {
      const { catalog, surroundings } = await context.warehouse();
      const moved = {
        ...surroundings.state,
        ...(database !== undefined && { database }),
        ...(schema !== undefined && { schema }),
      };
      return { catalog, surroundings: { ...surroundings, state: moved } };
    },
  };
}

export function explained(
  request: Pick<StatementRequest, 'queryId' | 'sql'>,
  assessment: StatementAssessment,
): StatementExplanation {
  const { understanding, decision } = assessment;
  const { sql } = request;
  return {
    understanding: understandingEvent(request, understanding),
    decision: decisionEvent(request, decision),
    onlyReads: isRead(understanding),
    place: placeIn(sql, decision.range),
    reasons: reasonsOf(decision).map(({ range, ...reason }) => ({ ...reason, place: placeIn(sql, range) })),
    outputPlaces: (understanding.understood ? understanding.outputs : []).map(
      ({ range: { start, end } }) => ({
        start,
        end,
      }),
    ),
    maskedBy: assessment.outcome === 'understood' ? assessment.ownMasks : [],
    uses: (understanding.understood ? understanding.uses : []).map(({ column, as, by, range }) => ({
      column: formatColumn(column),
      as,
      ...(by === undefined ? {} : { by }),
      place: placeIn(sql, range),
    })),
    state: assessment.surroundings.state,
    asks: decision.effect === 'ask' ? decision.ask : null,
    error: decision.effect === 'block' ? refusalOf(sql, assessment) : null,
  };
}

function reasonsOf(decision: Decision): readonly DecidedReason[] {
  if (decision.effect !== 'ask' && decision.effect !== 'block') return [];
  if (decision.reasons !== undefined) return decision.reasons;
  const { effect, rule, reason, range, advice } = decision;
  return [{ effect, rule, reason, range, ...(advice === undefined ? {} : { advice }) }];
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
