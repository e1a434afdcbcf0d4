import type { ApprovalSummary, ApprovalView } from '@sluice/contract';
import type { Identity } from '../identity/index.ts';
import { memberShown, quoted, shown, type ShownText, word } from '../text/index.ts';
import { accessCovers, accessSentence } from './access-words.ts';
import { refusalError } from './approver-decision.ts';
import {
  type AccessApproval,
  type Approval,
  boundAccessOf,
  groupsOf,
  type HeldApproval,
  isAccess,
  isHeld,
  termsOf,
} from './approval.ts';
import { summaryOf } from './person.ts';
import { riskOf } from './risk.ts';
import { refusalFor, type Vote } from './state.ts';
import { costInWords, rowsInWords, viewOfStatement, whyHeld } from './view-statement.ts';

/** What everybody who may see a request gets to know of it in lists and notifications. */
export function summarise(approval: AccessApproval): Extract<ApprovalSummary, { kind: 'access' }>;
export function summarise(approval: HeldApproval): Extract<ApprovalSummary, { kind: 'statement' }>;
export function summarise(approval: Approval): ApprovalSummary;
export function summarise(approval: Approval): ApprovalSummary {
  const { request, state } = approval;
  const { session, decision } = request;
  const summary = {
    version: 1 as const,
    id: approval.id,
    revision: approval.revision,
    phase: state.phase,
    session: session.id,
    statement: request.queryId,
    requester: summaryOf(session.identity),
    client: session.client.agent ?? session.client.application,
    rule: decision.rule,
    reason: decision.reason,
    mayChange: [...request.mayChange],
    binding: approval.binding,
    approvers: [...groupsOf(approval)],
    needed: decision.ask.needed,
    approvedBy: state.votes.map(({ by }) => summaryOf(by)),
    escalated: approval.escalated,
    risk: riskOf(approval),
    askedAt: iso(approval.askedAt),
    expiresAt: iso(state.phase === 'approved' ? state.usableUntil : approval.expiresAt),
  };
  if (request.kind === 'statement') return { ...summary, kind: 'statement', sentence: decision.sentence };
  const access = { ...request.terms, program: { ...request.terms.program } };
  return { ...summary, kind: 'access', sentence: accessSentence(request), access };
}

export interface ViewContext {
  readonly viewer: Identity;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Earlier ones that the viewer may see. */
  readonly similar: readonly Approval[];
}

/** All that one viewer may know of one request. Only those who may see it are to be given it. */
export function viewOf(
  approval: HeldApproval,
  context: ViewContext,
): Extract<ApprovalView, { kind: 'statement' }>;
export function viewOf(
  approval: AccessApproval,
  context: ViewContext,
): Extract<ApprovalView, { kind: 'access' }>;
export function viewOf(approval: Approval, context: ViewContext): ApprovalView;
export function viewOf(approval: Approval, context: ViewContext): ApprovalView {
  if (isHeld(approval)) {
    const cost = costInWords(approval, context.viewer);
    const plain = {
      who: whoAsks(approval),
      does: approval.request.decision.sentence,
      why: whyHeld(approval.request),
      rows: rowsInWords(approval),
      ...(cost === null ? {} : { cost }),
    };
    return {
      ...viewOfBoth(approval, context),
      kind: 'statement',
      summary: summarise(approval),
      plain,
      ...viewOfStatement(approval, context.viewer),
    };
  }
  if (!isAccess(approval)) throw new Error('a request is of one of two kinds');
  const { terms, decision } = approval.request;
  const summary = summarise(approval);
  return {
    ...viewOfBoth(approval, context),
    kind: 'access',
    summary,
    plain: {
      who: whoAsks(approval),
      does: summary.sentence,
      why: decision.reason,
      rows: shown`Statements would run unasked for at most ${terms.rows} rows each and ${terms.rowsInAll} in all, unless you name fewer; what would exceed them is asked about.`,
    },
    bound: boundAccessOf(approval),
    access: { ...summary.access, covers: [...accessCovers(approval)] },
  };
}

type ViewOfBoth = Omit<
  Extract<ApprovalView, { kind: 'access' }>,
  'kind' | 'summary' | 'plain' | 'bound' | 'access'
>;

function viewOfBoth(approval: Approval, context: ViewContext): ViewOfBoth {
  const { request, state } = approval;
  const { session, decision, understanding } = request;
  const { ask } = decision;
  return {
    version: 1,
    client: session.client,
    statementKind: understanding.kind.name,
    sql: request.sql,
    reasons: [
      {
        range: { start: decision.range.start, end: decision.range.end },
        rule: decision.rule,
        reason: decision.reason,
      },
    ],
    reads: namesOf(approval, (access) => READS.has(access)),
    writes: namesOf(approval, (access) => !READS.has(access)),
    masks: decision.masks.map(({ output, policy, because }) => ({
      column: understanding.outputs[output]?.name ?? `${output + 1}`,
      method: policy.method,
      because,
    })),
    computedOn: computedOnOf(approval),
    votes: [
      ...state.votes.map((vote) => viewOfVote(vote, 'approve')),
      ...(state.phase === 'denied' ? [viewOfVote(state.denial, 'deny')] : []),
    ],
    similar: context.similar.map((other) => viewOfSimilar(approval, other)),
    terms: {
      signed: ask.signed,
      validFor: ask.validForSeconds,
      grantUpTo: ask.grantUpToSeconds ?? 0,
      accessUpTo: ask.accessUpToSeconds ?? 0,
    },
    you: mayDecide(approval, context),
  };
}

function computedOnOf({ request }: Approval): ApprovalView['computedOn'] {
  const { decision, understanding } = request;
  const { rows = null, outputs = [] } = decision.computedOn ?? {};
  return [
    ...(rows === null ? [] : [{ column: null, ...rows }]),
    ...outputs.map(({ output, on, because }) => ({
      column: understanding.outputs[output]?.name ?? `${output + 1}`,
      on,
      because,
    })),
  ];
}

const READS = new Set(['read', 'use', 'describe']);

function whoAsks({ request }: Approval): ShownText {
  const { identity, client } = request.session;
  const short = { most: 80 };
  const agent = client.agent === null ? '' : shown` by the agent ${quoted(client.agent, short)}`;
  const program = shown`${quoted(client.application, short)} ${quoted(client.version, short)}`;
  return shown`${memberShown(identity)} asks${agent}, with ${program} from ${word(client.address, short)}`;
}

function namesOf({ request }: Approval, wanted: (access: string) => boolean): string[] {
  return [...new Set(request.objects.filter(({ access }) => wanted(access)).map(({ name }) => name))];
}

function viewOfVote(vote: Vote, verdict: 'approve' | 'deny'): ApprovalView['votes'][number] {
  const { by, at, comment, proposal, mostRows, grantSeconds, grantRows, signature } = vote;
  return {
    by: summaryOf(by),
    verdict,
    at: iso(at),
    comment,
    proposal,
    mostRows,
    grantSeconds,
    grantRows,
    signed: signature !== null,
  };
}

function viewOfSimilar(approval: Approval, other: Approval): ApprovalView['similar'][number] {
  const { state } = other;
  const last = state.phase === 'denied' ? state.denial : state.votes.at(-1);
  return {
    id: other.id,
    kind: other.request.kind,
    phase: state.phase,
    askedAt: iso(other.askedAt),
    requester: summaryOf(other.request.session.identity),
    sql: other.request.sql,
    sameText: other.request.sql === approval.request.sql,
    comment: last?.comment ?? '',
  };
}

function mayDecide(approval: Approval, { viewer, now }: ViewContext): ApprovalView['you'] {
  if (approval.state.phase !== 'asked') return { mayDecide: false, because: refusalError('ended').message };
  const refusal = refusalFor(termsOf(approval), viewer, now);
  if (refusal === null) return { mayDecide: true, because: '' };
  const because =
    refusal === 'not_an_approver'
      ? 'you are in none of the groups that decide'
      : refusalError(refusal).message;
  return { mayDecide: false, because };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
