import type { EventBody } from '@sluice/contract';
import {
  type Approval,
  boundAccessOf,
  boundRequestOfKept,
  type Estimate,
  groupsOf,
  isAccess,
  isHeld,
} from './approval.ts';
import { summaryOf } from './person.ts';
import type { ApprovalState, Vote } from './state.ts';

/** What goes on the record with a request, before anybody is told of it. */
export function askedEvent(approval: Approval): EventBody {
  const terms = {
    ...place(approval),
    binding: approval.binding,
    approvers: [...groupsOf(approval)],
    needed: approval.request.decision.ask.needed,
    expiresAt: new Date(approval.expiresAt).toISOString(),
  };
  if (isHeld(approval)) return { type: 'approval_asked', ...terms, bound: boundRequestOfKept(approval) };
  if (isAccess(approval)) return { type: 'access_asked', ...terms, bound: boundAccessOf(approval) };
  throw new Error('a request is of one of two kinds');
}

/** What goes on the record before an approval moves on. That it was used is the gate's `executed`. */
export function transitionEvents(before: Approval, after: ApprovalState): EventBody[] {
  const events: EventBody[] = [];
  if (after.phase === 'denied') events.push(decided(before, 'deny', after.denial));
  const newest = after.votes.at(-1);
  if (newest !== undefined && after.votes.length > before.state.votes.length) {
    events.push(decided(before, 'approve', newest));
  }
  if (after.phase !== before.state.phase && after.phase !== 'asked' && after.phase !== 'used') {
    events.push({ type: 'approval_ended', ...place(before), how: after.phase });
  }
  return events;
}

export function escalatedEvent(approval: Approval, to: readonly string[]): EventBody {
  return {
    type: 'notice',
    what: 'approval_escalated',
    detail: { ...place(approval), to: to.join(', ') },
  };
}

/** What approvers are told of its rows from now on. */
export function estimatedEvent(approval: Approval, { rows, note, at }: Estimate): EventBody {
  const counted = rows === null ? {} : { rows: String(rows) };
  return {
    type: 'notice',
    what: 'approval_estimated',
    detail: { ...place(approval), ...counted, note, at: new Date(at).toISOString() },
  };
}

function decided(approval: Approval, verdict: 'approve' | 'deny', vote: Vote): EventBody {
  const { by, comment, proposal, mostRows, grantSeconds, grantRows, signature } = vote;
  return {
    type: 'approval_decided',
    ...place(approval),
    binding: approval.binding,
    verdict,
    by: summaryOf(by),
    comment,
    proposal,
    mostRows,
    grantSeconds,
    grantRows,
    signature,
  };
}

function place(approval: Approval): { statement: string; approval: string } {
  return { statement: approval.request.queryId, approval: approval.id };
}
