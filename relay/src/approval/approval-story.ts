import { bindingOf, type EventBody } from '@sluice/contract';
import type { Followed, Story } from '../recording/index.ts';
import { type Approval, boundAccessOf, boundRequestOfKept, isAccess, isHeld } from './approval.ts';
import { isMember } from './person.ts';
import type { ApprovalRequest } from './approval-request.ts';
import type { Vote } from './state.ts';

type Decided = Extract<EventBody, { type: 'approval_decided' }>;

/** A request for approval as the record has it. */
export interface ApprovalOnRecord {
  readonly id: string;
  readonly statement: string;
  readonly binding: string;
  readonly votes: readonly Decided[];
  /** Rows that approvers were shown, in decimal; null when they were shown none. */
  readonly rows: string | null;
  readonly ended: { readonly how: string; readonly at: string } | null;
  /** Whether the statement was begun to be executed since. */
  readonly isExecuted: boolean;
}

export const APPROVAL_STORY: Story<ApprovalOnRecord> = {
  types: ['approval_asked', 'access_asked', 'approval_decided', 'approval_ended', 'executed', 'notice'],
  begin({ body }) {
    if (body.type !== 'approval_asked' && body.type !== 'access_asked') return null;
    const { approval: id, statement, binding } = body;
    return { id, statement, binding, votes: [], rows: null, ended: null, isExecuted: false };
  },
  next(state, { body, at }) {
    switch (body.type) {
      case 'approval_decided':
        if (body.approval !== state.id || body.verdict !== 'approve') return state;
        return { ...state, votes: [...state.votes, body] };
      case 'approval_ended':
        return body.approval === state.id ? { ...state, ended: { how: body.how, at } } : state;
      case 'executed':
        return body.statement === state.statement ? { ...state, isExecuted: true } : state;
      case 'notice':
        if (body.what !== 'approval_estimated' || body.detail['approval'] !== state.id) return state;
        return { ...state, rows: body.detail['rows'] ?? null };
      default:
        return state;
    }
  },
};

/**
 * Why a row that is open is not the request that the record has, with the votes and the number of rows that it has; null when
 * it is. Votes of people who are out are taken from the row, and stay on the record.
 */
export async function wrongApproval(
  approval: Approval,
  followed: Followed<ApprovalOnRecord>,
): Promise<string | null> {
  if (!('state' in followed)) return followed.why;
  const { id, binding, votes, rows, ended, isExecuted } = followed.state;
  const { state, estimate } = approval;
  if (approval.id !== id || approval.binding !== binding || (await bindingOfKept(approval)) !== binding)
    return 'which is not what was asked on the record';
  if (!state.votes.every((vote) => votes.some((decided) => isVote(vote, decided))))
    return 'with a vote that is not on the record';
  if ((estimate?.rows ?? null) !== (rows === null ? null : Number(rows)))
    return 'with a number of rows that approvers were not shown';
  if (state.phase === 'asked') return ended === null ? null : 'which has ended on the record';
  if (state.phase !== 'approved') return null;
  if (ended?.how !== 'approved') return 'which was not approved on the record';
  if (isExecuted) return 'which was used on the record';
  const validMs = approval.request.decision.ask.validForSeconds * 1000;
  // Put so that a time that is not a number is too late.
  const isInTime = state.usableUntil <= Date.parse(ended.at) + validMs + TOLERANCE_MS;
  return isInTime ? null : 'which is good for longer than was approved';
}

/**
 * Why the votes are not those that the statement needs, as it was decided on just before it runs; null when they are. What a row
 * says of who may approve, and how, is not asked.
 */
export function lacksVotes(approval: Approval, { decision: { ask } }: ApprovalRequest): string | null {
  const { votes } = approval.state;
  const groups = [...ask.approvers, ...(ask.escalate?.to ?? [])];
  if (votes.length < ask.needed) return 'fewer people have approved it than it needs';
  if (!votes.every(({ by }) => isMember(by, groups))) return 'somebody has approved it who may not';
  if (ask.signed && votes.some(({ signature }) => signature === null))
    return 'an approval of it is not signed, and has to be';
  return null;
}

async function bindingOfKept(approval: Approval): Promise<string | null> {
  if (isHeld(approval)) return await bindingOf(boundRequestOfKept(approval));
  return isAccess(approval) ? await bindingOf(boundAccessOf(approval)) : null;
}

function isVote(vote: Vote, decided: Decided): boolean {
  const { by, mostRows, grantSeconds, grantRows, signature } = vote;
  return (
    decided.by.id === by.id &&
    decided.by.subject === by.subject &&
    decided.by.groups.join('\n') === by.groups.join('\n') &&
    decided.mostRows === mostRows &&
    decided.grantSeconds === grantSeconds &&
    decided.grantRows === grantRows &&
    (decided.signature?.value ?? null) === (signature?.value ?? null)
  );
}

/** A clock may be put back a little between a decision and its event. */
const TOLERANCE_MS = 5_000;
