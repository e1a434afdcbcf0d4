import { createHash } from 'node:crypto';
import { type ApprovalId, type ApprovalRequest, holdError, type HoldOutcome } from '../approval/index.ts';
import { SluiceError } from '../errors.ts';
import { type AskDecision, mayChangeOf } from '../policy/index.ts';
import type { Understood } from '@sluice/snowflake-sql';
import { confirmRead } from './confirm-read.ts';
import { confirmRequester } from './confirm-requester.ts';
import { assessStatement, contextOf, type StatementAssessment } from './assess-statement.ts';
import type { GateParts, Authorization } from './parts.ts';
import { authorizationOf, sameAsOf } from './authorization.ts';
import { decisionEvent, type Intent } from './record-intent.ts';
import type { SessionContext } from './session-context.ts';
import { meaningOf, type SessionParameters } from '../warehouse/session-parameters.ts';
import { variablesNamed } from './variables-named.ts';
import { refusalOf } from './refusal.ts';
import type { StatementTurn } from './statement-turn.ts';
import type { CalledRequest, Progress } from './statement-request.ts';

/**
 * Step 6. An authorization for what may run; for what must be asked about, once people have agreed. Throws what the
 * client is told when it may not.
 */
export async function askPeople(
  parts: GateParts,
  request: CalledRequest,
  context: SessionContext,
  turn: StatementTurn,
  intent: Intent,
  assessment: StatementAssessment,
  progress: Progress,
  signal: AbortSignal,
): Promise<Authorization> {
  const authorization = authorizationOf(assessment);
  if (authorization === null) throw refusalOf(request.sql, assessment);
  confirmRead(request, assessment);
  const { decision } = authorization;
  if (decision.breakGlass !== undefined && !request.describeOnly) {
    const { session, queryId, sql } = request;
    const { breakGlass } = decision;
    await intent.write(async (tx) => {
      await parts.openings.use(tx, request.breakGlass!, queryId);
      await parts.reviews.open(tx, { session, queryId, sql, breakGlass });
    });
  }
  // Only the shape of the result leaves, and nothing runs (driver protocol, section 4.3).
  if (decision.effect !== 'ask' || request.describeOnly) return authorization;

  if (request.mayAsk === false) throw new SluiceError('approval_cancelled', 'nobody is asked about this');
  const asked = approvalRequest(parts, request, context, authorization, decision);
  const grant = await intent.write((tx) => parts.grants.use(tx, asked));
  if (grant !== null) {
    // Its rows are taken by now.
    const { rows, confirm: use, settle } = grant;
    return { ...authorization, leave: { objects: asked.objects, rows, use, settle } };
  }
  return await holdAndDecideAnew(parts, request, context, turn, asked, progress, signal);
}

/**
 * The same for a statement that was let through for so many rows, would have hit more, and was taken back: it is
 * decided anew, and asked about with what is known now. No grant is for it.
 */
export async function askAgain(
  parts: GateParts,
  request: CalledRequest,
  context: SessionContext,
  turn: StatementTurn,
  again: NonNullable<ApprovalRequest['again']>,
  progress: Progress,
  signal: AbortSignal,
): Promise<Authorization> {
  // Nobody is asked about what break-glass lets through, and what people are asked about is theirs to decide.
  const assessment = await assessStatement(parts, { ...request, breakGlass: null }, context, signal);
  await parts.recorder.append(request.session.id, decisionEvent(request, assessment.decision));
  const authorization = authorizationOf(assessment);
  if (authorization === null) throw refusalOf(request.sql, assessment);
  const { decision } = authorization;
  if (decision.effect !== 'ask') return authorization;
  const asked = approvalRequest(parts, request, context, authorization, decision);
  return await holdAndDecideAnew(parts, request, context, turn, { ...asked, again }, progress, signal);
}

/**
 * The same for a statement that was to run when what it had been decided by was changed, by whichever relay. What means
 * the same and is decided alike goes on. Else it is as if it had been sent only now, if nothing of it is on the record
 * yet. Throws `session_changed` if it is: people were asked, or break-glass opened, for something else.
 */
export async function decideOnNewer(
  parts: GateParts,
  request: CalledRequest,
  context: SessionContext,
  turn: StatementTurn,
  intent: Intent,
  earlier: Authorization,
  progress: Progress,
  signal: AbortSignal,
): Promise<Authorization> {
  confirmRequester(parts, request.session);
  const assessment = await assessStatement(parts, request, context, signal);
  const same = sameAsOf(earlier, assessment);
  if (same !== null) return same;
  if (intent.isRecorded()) {
    const message = 'the policy, or what is known of a column, was changed before the statement could run';
    throw new SluiceError('session_changed', message, { advice: 'send the statement again' });
  }
  await intent.prepare(assessment);
  return await askPeople(parts, request, context, turn, intent, assessment, progress, signal);
}

async function holdAndDecideAnew(
  parts: GateParts,
  request: CalledRequest,
  context: SessionContext,
  turn: StatementTurn,
  asked: ApprovalRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<Authorization> {
  // The session's other statements go on meanwhile, and may change it: then it is decided anew.
  turn.end();
  const outcome = await hold(parts, asked, request.resumed === true, signal, progress);
  if (outcome.outcome !== 'approved') throw holdError(outcome);
  await turn.begin(signal);
  // Break-glass is over by then: what people have been asked about is theirs to decide.
  return await decideAnew(parts, { ...request, breakGlass: null }, context, outcome.approval, signal);
}

/** Holding it puts the statement on the record and into the approvals' store once more. */
async function hold(
  { approvals, limits }: GateParts,
  asked: ApprovalRequest,
  resumed: boolean,
  signal: AbortSignal,
  progress: Progress,
): Promise<HoldOutcome> {
  const { identity } = asked.session;
  const release = resumed ? limits.held.keep(identity.id) : limits.held.take(identity.id);
  try {
    if (!resumed) limits.record(identity.id, 2 * Buffer.byteLength(asked.sql));
    return await approvals.hold(asked, signal, progress.held);
  } finally {
    release();
  }
}

/** Time has passed: what the statement means, and what the policy says of it, is found out again. */
async function decideAnew(
  parts: GateParts,
  request: CalledRequest,
  context: SessionContext,
  approval: ApprovalId,
  signal: AbortSignal,
): Promise<Authorization> {
  const { approvals } = parts;
  confirmRequester(parts, request.session);
  const assessment = await assessStatement(parts, request, context, signal);
  await parts.recorder.append(request.session.id, decisionEvent(request, assessment.decision));
  const authorization = authorizationOf(assessment);
  if (authorization === null) {
    await approvals.void(approval, assessment.decision.reason);
    throw refusalOf(request.sql, assessment);
  }
  const { decision } = authorization;
  if (decision.effect !== 'ask') {
    await approvals.void(approval, 'the policy no longer asks about it');
    return authorization;
  }
  const asked = approvalRequest(parts, request, context, authorization, decision);
  const { mostRows, use } = await approvals.consume(approval, asked);
  const { objects } = asked;
  return { ...authorization, leave: { objects, rows: mostRows, use, settle: async () => {} } };
}

function approvalRequest(
  parts: GateParts,
  request: CalledRequest,
  context: SessionContext,
  { understanding, forApproval, told, surroundings: { state, answers }, policy }: Authorization,
  decision: AskDecision,
): ApprovalRequest {
  if (forApproval === null) throw new Error('people are asked about what was decided to be asked about');
  const { session, queryId, requestId, sql, binds, describeOnly, prompt } = request;
  const mayBeShown = forApproval.bindsMayBeShown;
  return {
    kind: 'statement',
    session: { ...session, state },
    queryId,
    requestId,
    sql,
    binds,
    describeOnly,
    prompt,
    understanding,
    decision,
    objects: forApproval.objects,
    sessionContext: contextDigest(understanding, context, answers.parameters),
    mayChange: mayChangeOf(policy, understanding, contextOf(parts, policy, request, context, state, told)),
    again: null,
    parameters: meaningOf(answers.parameters).map(([name, value]) => ({ name, value: String(value) })),
    variables: variablesNamed(sql, context.variables, mayBeShown),
    bindsMayBeShown: mayBeShown,
  };
}

/** Of the session's variables and parameters, and of what the text means under them and under earlier results. */
function contextDigest(
  understanding: Understood,
  context: SessionContext,
  parameters: SessionParameters,
): string {
  const text = JSON.stringify([[...context.variables], understanding, meaningOf(parameters)]);
  return createHash('sha256').update(text).digest('hex');
}
