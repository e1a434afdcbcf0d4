import { SluiceError } from '../errors.ts';
import type { Identity } from '../identity/index.ts';
import type { Approval } from './approval.ts';
import type { Refusal, Vote, VoteSignature } from './state.ts';

/** What an approver says to one request. */
export interface Answer {
  readonly verdict: 'approve' | 'deny';
  /** The binding of what they saw: an answer to something else is refused. */
  readonly binding: string;
  readonly comment: string;
  readonly proposal: string | null;
  readonly grantSeconds: number | null;
  readonly signature: VoteSignature | null;
}

/** Throws unless the answer fits the request; who may give it is the state machine's question. */
export function checkAnswer(approval: Approval, answer: Answer): void {
  const { ask } = approval.request.decision;
  if (answer.binding !== approval.binding) {
    throw new SluiceError('approval_void', 'this decision is about something else than what is held', {
      advice: 'read the request again and decide on what it says now',
    });
  }
  if (answer.verdict === 'deny' && answer.comment.trim() === '') {
    throw new SluiceError('request_malformed', 'a denial needs a reason, which the agent reads');
  }
  if (answer.proposal !== null && answer.verdict !== 'deny') {
    throw new SluiceError('request_malformed', 'a proposal goes with a denial of what was asked');
  }
  if (answer.grantSeconds === null) return;
  if (answer.verdict !== 'approve') {
    throw new SluiceError('request_malformed', 'a grant goes with an approval');
  }
  const limit = ask.grantUpTo ?? 0;
  if (answer.grantSeconds > limit) {
    throw new SluiceError(
      'approver_not_allowed',
      limit === 0
        ? 'the policy lets nobody grant more than this one statement'
        : `the policy lets nobody grant more than ${limit} seconds`,
    );
  }
}

export function voteOf(by: Identity, at: number, answer: Answer): Vote {
  const { comment, proposal, grantSeconds, signature } = answer;
  return { by, at, comment, proposal, grantSeconds, signature };
}

export function refusalError(refusal: Refusal): SluiceError {
  switch (refusal) {
    case 'ended':
      return new SluiceError('approval_void', 'this request has been decided or has ended');
    case 'own_request':
      return new SluiceError('approver_not_allowed', 'nobody may decide on their own request', {
        advice: 'ask somebody else of the approver groups',
      });
    case 'not_an_approver':
      return unknownApproval();
    case 'not_a_person':
      return new SluiceError('approver_not_allowed', 'a pipeline may not decide, whatever its groups');
    case 'already_voted':
      return new SluiceError('approver_not_allowed', 'you have approved this already', {
        advice: 'it needs another person',
      });
    default:
      return refusal satisfies never;
  }
}

/** Also for those who may not see it: that a request exists is nobody else's business. */
export function unknownApproval(): SluiceError {
  return new SluiceError('approval_unknown', 'there is no such request for approval');
}
