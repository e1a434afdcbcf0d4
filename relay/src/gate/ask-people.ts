import { createHash } from 'node:crypto';
import {
  type ApprovalId,
  type ApprovalRequest,
  type Approvals,
  boundObjects,
  type Grants,
  holdError,
  type HoldOutcome,
  type Openings,
  type Reviews,
} from '../approval/index.ts';
import { SluiceError } from '../errors.ts';
import { type AskDecision, type BlockDecision, type Decision, mayChangeOf } from '../policy/index.ts';
import type { Understood } from '@sluice/snowflake-sql';
import { bindsMayBeShown } from './binds-shown.ts';
import { confirmRequester } from './confirm-requester.ts';
import { assessStatement, contextOf, type StatementAssessment } from './assess-statement.ts';
import type { GateParts, Permit } from './parts.ts';
import { permitOf } from './permit.ts';
import { decisionEvent } from './record-intent.ts';
import type { SessionRoom } from './session-rooms.ts';
import { variablesNamed } from './variables-named.ts';
import type { StatementTurn } from './statement-turn.ts';
import type { CalledRequest, Progress } from './statement-request.ts';

/** What the gate needs of the part that asks people. */
export interface ApprovalDesk {
  readonly approvals: Pick<Approvals, 'hold' | 'consume' | 'void'>;
  readonly grants: Pick<Grants, 'use'>;
  readonly reviews: Pick<Reviews, 'open'>;
  readonly openings: Pick<Openings, 'find' | 'use'>;
}

/**
 * Step 6. A permit for what may run; for what must be asked about, once people have agreed. Throws what the
 * client is told when it may not.
 */
export async function askPeople(
  parts: GateParts,
  request: CalledRequest,
  room: SessionRoom,
  turn: StatementTurn,
  assessment: StatementAssessment,
  progress: Progress,
  signal: AbortSignal,
): Promise<Permit> {
  const permit = permitOf(assessment);
  if (permit === null) throw blocked(assessment.decision);
  const { decision } = permit;
  if (decision.breakGlass !== undefined && !request.describeOnly) {
    const { session, queryId, sql } = request;
    await parts.desk.openings.use(request.breakGlass!, queryId);
    await parts.desk.reviews.open({ session, queryId, sql, breakGlass: decision.breakGlass });
  }
  // Only the shape of the result leaves, and nothing runs (driver protocol, section 4.3).
  if (decision.effect !== 'ask' || request.describeOnly) return permit;

  if (request.mayAsk === false) throw new SluiceError('approval_cancelled', 'nobody is asked about this');
  const asked = await approvalRequest(parts, request, room, permit, decision);
  const use = await parts.desk.grants.use(asked);
  if (use !== null) return { ...permit, leave: { ...use, objects: asked.objects } };
  return await holdAndDecideAnew(parts, request, room, turn, asked, progress, signal);
}

/**
 * The same for a statement that was let through for so many rows, would have hit more, and was taken back: it is
 * decided anew, and asked about with what is known now. No grant is for it.
 */
export async function askAgain(
  parts: GateParts,
  request: CalledRequest,
  room: SessionRoom,
  turn: StatementTurn,
  again: NonNullable<ApprovalRequest['again']>,
  progress: Progress,
  signal: AbortSignal,
): Promise<Permit> {
  // Nobody is asked about what break-glass lets through, and what people are asked about is theirs to decide.
  const assessment = await assessStatement(parts, { ...request, breakGlass: null }, room, signal);
  await parts.recorder.append(request.session.id, decisionEvent(request, assessment.decision));
  const permit = permitOf(assessment);
  if (permit === null) throw blocked(assessment.decision);
  const { decision } = permit;
  if (decision.effect !== 'ask') return permit;
  const asked = await approvalRequest(parts, request, room, permit, decision);
  return await holdAndDecideAnew(parts, request, room, turn, { ...asked, again }, progress, signal);
}

async function holdAndDecideAnew(
  parts: GateParts,
  request: CalledRequest,
  room: SessionRoom,
  turn: StatementTurn,
  asked: ApprovalRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<Permit> {
  // The session's other statements go on meanwhile, and may change it: then it is decided anew.
  turn.end();
  const outcome = await hold(parts, asked, request.resumed === true, signal, progress);
  if (outcome.outcome !== 'approved') throw holdError(outcome);
  await turn.begin(signal);
  // Break-glass is over by then: what people have been asked about is theirs to decide.
  return await decideAnew(parts, { ...request, breakGlass: null }, room, outcome.approval, signal);
}

/** Holding it puts the statement on the record and into the approvals' store once more. */
async function hold(
  { desk, limits }: GateParts,
  asked: ApprovalRequest,
  resumed: boolean,
  signal: AbortSignal,
  progress: Progress,
): Promise<HoldOutcome> {
  const { identity } = asked.session;
  const release = resumed ? limits.held.keep(identity.id) : limits.held.take(identity.id);
  try {
    if (!resumed) limits.record(identity.id, 2 * Buffer.byteLength(asked.sql));
    return await desk.approvals.hold(asked, signal, progress.held);
  } finally {
    release();
  }
}

/** Time has passed: what the statement means, and what the policy says of it, is found out again. */
async function decideAnew(
  parts: GateParts,
  request: CalledRequest,
  room: SessionRoom,
  approval: ApprovalId,
  signal: AbortSignal,
): Promise<Permit> {
  const { approvals } = parts.desk;
  confirmRequester(parts, request.session);
  const assessment = await assessStatement(parts, request, room, signal);
  await parts.recorder.append(request.session.id, decisionEvent(request, assessment.decision));
  const permit = permitOf(assessment);
  if (permit === null) {
    await approvals.void(approval, assessment.decision.reason);
    throw blocked(assessment.decision);
  }
  const { decision } = permit;
  if (decision.effect !== 'ask') {
    await approvals.void(approval, 'the policy no longer asks about it');
    return permit;
  }
  const asked = await approvalRequest(parts, request, room, permit, decision);
  const { mostRows } = await approvals.consume(approval, asked);
  const { objects } = asked;
  return { ...permit, leave: { objects, rows: mostRows, settle: async () => {} } };
}

async function approvalRequest(
  parts: GateParts,
  request: CalledRequest,
  room: SessionRoom,
  { meaning: understanding, surroundings: { state } }: Permit,
  decision: AskDecision,
): Promise<ApprovalRequest> {
  const catalog = await (await room.warehouse()).catalog();
  const { session, queryId, requestId, sql, binds, describeOnly, prompt } = request;
  const mayBeShown = bindsMayBeShown(parts, understanding, catalog);
  return {
    session: { ...session, state },
    queryId,
    requestId,
    sql,
    binds,
    describeOnly,
    prompt,
    understanding,
    decision,
    objects: boundObjects(understanding, catalog),
    sessionContext: contextDigest(understanding, room),
    mayChange: mayChangeOf(parts.policy(), understanding, contextOf(parts, request, room, state)),
    again: null,
    variables: variablesNamed(sql, room.variables, mayBeShown),
    bindsMayBeShown: mayBeShown,
  };
}

/** Of the session's variables, and of what the text means under them and under earlier results. */
function contextDigest(understanding: Understood, room: SessionRoom): string {
  const text = JSON.stringify([[...room.variables], understanding]);
  return createHash('sha256').update(text).digest('hex');
}

function blocked(decision: BlockDecision | Decision): SluiceError {
  const { rule, reason, sentence } = decision;
  // Where there is no better form to name, at least what was understood.
  const advice = ('advice' in decision ? decision.advice : undefined) ?? sentence;
  return new SluiceError('blocked', `blocked by rule \`${rule}\`: ${reason}`, { advice, rule });
}
