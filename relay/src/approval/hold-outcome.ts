import { SluiceError } from '../errors.ts';
import { personShown, quoted, shown, type ShownText } from '../text/index.ts';
import type { ApprovalId } from './approval.ts';
import type { ApprovalState } from './state.ts';

/** How waiting for people ended. Only `approved` lets the statement go on, and only through `consume`. */
export type HoldOutcome =
  | { readonly outcome: 'approved'; readonly approval: ApprovalId }
  | {
      readonly outcome: 'denied';
      /** Their name, subject and issuer. */
      readonly by: ShownText;
      readonly reason: string;
      readonly proposal: string | null;
    }
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'cancelled'; readonly why: string }
  | { readonly outcome: 'void'; readonly why: string }
  /** The relay stops; the request stays pending, and holding the same statement again goes on with it. */
  | { readonly outcome: 'suspended' };

/** Null while people have not decided. */
export function outcomeOf(approval: ApprovalId, state: ApprovalState): HoldOutcome | null {
  switch (state.phase) {
    case 'asked':
      return null;
    case 'approved':
      return { outcome: 'approved', approval };
    case 'denied': {
      const { by, comment, proposal } = state.denial;
      return { outcome: 'denied', by: personShown(by), reason: comment, proposal };
    }
    case 'expired':
      return { outcome: 'expired' };
    case 'cancelled':
      return { outcome: 'cancelled', why: state.why };
    case 'void':
      return { outcome: 'void', why: state.why };
    case 'used':
      return { outcome: 'void', why: 'it has been used already' };
    case 'granted':
      return { outcome: 'void', why: 'it was of access, and lets no statement run by itself' };
    default:
      return state satisfies never;
  }
}

/** Why an approval cannot be used. Throw it. */
export function unusable(approval: ApprovalId, state: ApprovalState): SluiceError {
  const outcome = outcomeOf(approval, state);
  return outcome === null || outcome.outcome === 'approved'
    ? holdError({ outcome: 'void', why: 'it has not been approved' })
    : holdError(outcome);
}

/** Of what approvers write: all that the contract lets them, with room for what is made visible. */
const WORDS = { most: 8_000 };
const PROPOSAL = { most: 200_000 };

/** What the agent is told. Throw it. */
export function holdError(outcome: Exclude<HoldOutcome, { outcome: 'approved' }>): SluiceError {
  switch (outcome.outcome) {
    case 'denied': {
      const reason = outcome.reason === '' ? '' : shown`: ${quoted(outcome.reason, WORDS)}`;
      return new SluiceError('approval_denied', shown`${outcome.by} denied this statement${reason}`, {
        advice:
          outcome.proposal === null
            ? 'do not run it again unchanged'
            : shown`run what they propose instead, as a new statement: ${quoted(outcome.proposal, PROPOSAL)}`,
      });
    }
    case 'expired':
      return new SluiceError('approval_expired', 'nobody decided on this statement in time', {
        advice: 'run it again when an approver is there',
      });
    case 'cancelled':
      return new SluiceError('approval_cancelled', `the request for approval was cancelled: ${outcome.why}`);
    case 'void':
      return new SluiceError('approval_void', `the approval is void: ${outcome.why}`, {
        advice: 'run the statement again to be decided on anew',
      });
    case 'suspended':
      return new SluiceError('relay_stopping', 'the relay stops; the request for approval stays pending');
    default:
      return outcome satisfies never;
  }
}
