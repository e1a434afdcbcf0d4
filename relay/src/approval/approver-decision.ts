import { SluiceError } from '../errors.ts';
import { cannotDecide, type Identity, UNCLEAR_ADVICE } from '../identity/index.ts';
import { type AccessApproval, type Approval, type HeldApproval, isAccess, isHeld } from './approval.ts';
import { boundsOf } from './grant-bounds.ts';
import { givenAhead } from './grant-given.ts';
import { grantRowsOf, rowsUpTo } from './grant-rows.ts';
import type { Refusal, Vote, VoteSignature } from './state.ts';

/** What an approver says to one request. */
export interface ApproverDecision {
  readonly verdict: 'approve' | 'deny';
  /** The binding of what they saw: an answer to something else is refused. */
  readonly binding: string;
  readonly comment: string;
  readonly proposal: string | null;
  readonly mostRows: number | null;
  readonly grantSeconds: number | null;
  readonly grantRows: number | null;
  readonly signature: VoteSignature | null;
}

/**
 * Throws unless the answer fits the request; who may give it is the state machine's question.
 *
 * @param now milliseconds since the epoch.
 */
export function checkApproverDecision(approval: Approval, answer: ApproverDecision, now: number): void {
  if (answer.binding !== approval.binding) {
    throw new SluiceError(
      'approval_void',
      'this decision is about something other than the request that is held',
      {
        advice: 'read the request again and decide on what it says now',
      },
    );
  }
  if (answer.verdict === 'deny' && answer.comment.trim() === '') {
    throw new SluiceError('request_malformed', 'a denial needs a reason, which the agent reads');
  }
  if (answer.proposal !== null && answer.verdict !== 'deny') {
    throw new SluiceError('request_malformed', 'a proposal can only be given with a denial');
  }
  if (answer.mostRows !== null && answer.verdict !== 'approve') {
    throw new SluiceError('request_malformed', 'a number of rows can only be given with an approval');
  }
  if (answer.verdict !== 'approve' && (answer.grantSeconds !== null || answer.grantRows !== null)) {
    throw new SluiceError('request_malformed', 'a grant can only be given with an approval');
  }
  if (isHeld(approval)) checkGrant(approval, answer);
  else if (isAccess(approval) && answer.verdict === 'approve') checkAccess(approval, answer, now);
}

/** Nobody gives more than was asked for: the others who have to agree, and whoever asks, have read no more. */
function checkAccess(approval: AccessApproval, answer: ApproverDecision, now: number): void {
  const { seconds, rows, rowsInAll } = approval.request.terms;
  const named = [
    [answer.grantSeconds, seconds],
    [answer.mostRows, rows],
    [answer.grantRows, rowsInAll],
  ] as const;
  if (named.some(([given, asked]) => given !== null && given > asked)) {
    throw new SluiceError('request_malformed', 'it is more than was asked for', {
      advice: 'name less, or nothing: then it is as it was asked for',
    });
  }
  if (answer.mostRows === 0) {
    throw new SluiceError('request_malformed', 'access to no rows is none', { advice: 'deny it instead' });
  }
  if (givenAhead(approval, [...approval.state.votes, answer], now) === null) {
    throw new SluiceError('request_malformed', 'access for so long would be over by now', {
      advice: 'give it for longer, or deny it',
    });
  }
}

/** A grant has an end, and a number of rows, neither beyond what the policy lets. */
function checkGrant(approval: HeldApproval, answer: ApproverDecision): void {
  const { ask } = approval.request.decision;
  if (answer.grantSeconds === null) {
    if (answer.grantRows === null) return;
    throw new SluiceError('request_malformed', 'a number of rows in all can only be given with a grant');
  }
  const limit = ask.grantUpToSeconds ?? 0;
  if (answer.grantSeconds > limit) {
    throw new SluiceError(
      'approver_not_allowed',
      limit === 0
        ? 'the policy lets nobody grant more than this one statement'
        : `the policy lets nobody grant more than ${limit} seconds`,
    );
  }
  if (boundsOf(approval.request) === null) {
    throw new SluiceError('approver_not_allowed', 'statements like this one cannot be recognised', {
      advice: 'approve it without a grant: it is asked about each time',
    });
  }
  const rows = grantRowsOf(approval, answer);
  if (rows === null) {
    throw new SluiceError('request_malformed', 'how many rows it hits is not known, or it hits none', {
      advice: 'say how many rows each statement under the grant may change or return at most',
    });
  }
  const most = rowsUpTo(ask);
  if (rows.rows > most || rows.rowsInAll > most) {
    throw new SluiceError('approver_not_allowed', `the policy lets nobody grant more than ${most} rows`);
  }
  if (rows.rowsInAll < rows.rows) {
    throw new SluiceError(
      'request_malformed',
      'the number of rows in all is smaller than the number for each statement',
    );
  }
}

export function voteOf(by: Identity, at: number, answer: ApproverDecision): Vote {
  const { comment, proposal, mostRows, grantSeconds, grantRows, signature } = answer;
  return { by, at, comment, proposal, mostRows, grantSeconds, grantRows, signature };
}

export function refusalError(refusal: Refusal): SluiceError {
  if (typeof refusal === 'object') {
    return 'signIn' in refusal ? refusal.signIn : unclearError(refusal.unclear);
  }
  switch (refusal) {
    case 'ended':
      return new SluiceError('approval_void', 'this request has been decided or has ended');
    case 'own_request':
      return new SluiceError('approver_not_allowed', 'nobody may decide on their own request', {
        advice: 'ask another member of the approver groups',
      });
    case 'not_an_approver':
      return unknownApproval();
    case 'not_to_decide':
      return cannotDecide();
    case 'not_a_person':
      return new SluiceError('approver_not_allowed', 'a pipeline may not decide, whatever its groups');
    case 'already_voted':
      return new SluiceError('approver_not_allowed', 'you have already approved this', {
        advice: 'it needs another person',
      });
    default:
      return refusal satisfies never;
  }
}

/** @param why a clause that names what is missing. */
export function unclearError(why: string): SluiceError {
  return new SluiceError(
    'person_unclear',
    `it cannot be told whether you are another person than those concerned: ${why}`,
    { advice: UNCLEAR_ADVICE },
  );
}

/** Also for those who may not see it: that a request exists is nobody else's business. */
export function unknownApproval(): SluiceError {
  return new SluiceError('approval_unknown', 'there is no such request for approval');
}
