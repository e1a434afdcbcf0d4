import { describe, expect, it } from 'vitest';
import { personShown } from '../text/index.ts';
import type { ApprovalId } from './approval.ts';
import { type HoldOutcome, holdError, outcomeOf, unusable } from './hold-outcome.ts';
import type { ApprovalState } from './state.ts';
import { answer, owners } from './testing.ts';

const [olga] = owners;
const id = 'a' as ApprovalId;
const votes: ApprovalState['votes'] = [];
const denial = {
  ...answer({ binding: '' }, 'deny', { comment: 'too wide', proposal: 'SELECT 1' }),
  by: olga,
  at: 0,
};
const by = personShown(olga);

const STATES: readonly (readonly [ApprovalState, HoldOutcome | null, code: string])[] = [
  [{ phase: 'asked', votes }, null, 'approval_void'],
  [{ phase: 'approved', votes, usableUntil: 1 }, { outcome: 'approved', approval: id }, 'approval_void'],
  [
    { phase: 'denied', votes, denial },
    { outcome: 'denied', by, reason: 'too wide', proposal: 'SELECT 1' },
    'approval_denied',
  ],
  [{ phase: 'expired', votes }, { outcome: 'expired' }, 'approval_expired'],
  [{ phase: 'cancelled', votes, why: 'gone' }, { outcome: 'cancelled', why: 'gone' }, 'approval_cancelled'],
  [{ phase: 'void', votes, why: 'changed' }, { outcome: 'void', why: 'changed' }, 'approval_void'],
  [{ phase: 'used', votes }, { outcome: 'void', why: 'it has been used already' }, 'approval_void'],
];

describe.each(STATES)('%j', (state, outcome, code) => {
  it('is what is waited for, or not yet', () => {
    expect(outcomeOf(id, state)).toEqual(outcome);
  });

  it('lets nothing run by itself', () => {
    expect(unusable(id, state)).toMatchObject({ code });
  });
});

it.each<[Parameters<typeof holdError>[0], object]>([
  [
    { outcome: 'denied', by, reason: '', proposal: null },
    {
      code: 'approval_denied',
      message: '"olga" (olga at id.example) denied this statement',
      advice: 'do not run it again unchanged',
    },
  ],
  [
    { outcome: 'denied', by, reason: 'too wide', proposal: 'SELECT 1' },
    {
      code: 'approval_denied',
      message: '"olga" (olga at id.example) denied this statement: "too wide"',
      advice: 'run what they propose instead, as a new statement: "SELECT 1"',
    },
  ],
  [
    { outcome: 'cancelled', why: 'the client went away' },
    { code: 'approval_cancelled', message: 'the request for approval was cancelled: the client went away' },
  ],
  [{ outcome: 'suspended' }, { code: 'relay_stopping' }],
])('the agent is told why it does not run: %j', (outcome, error) => {
  expect(holdError(outcome)).toMatchObject(error);
});
