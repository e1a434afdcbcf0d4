import { beforeAll, describe, expect, it } from 'vitest';
import type { AskTerms } from '../policy/index.ts';
import { type ApproverDecision, checkApproverDecision } from './approver-decision.ts';
import type { HeldApproval } from './approval.ts';
import { actsAs, isMember } from './person.ts';
import { answer, deleteRequest, holdNow, person, testApprovals } from './testing.ts';

describe('an answer', () => {
  let approval: HeldApproval;
  beforeAll(async () => {
    const desk = await testApprovals();
    ({ approval } = await holdNow(desk, deleteRequest()));
    await desk.store.close();
  });
  const check =
    (verdict: 'approve' | 'deny', change: Partial<ApproverDecision>, ask: Partial<AskTerms>) => () => {
      const { request } = approval;
      const decision = { ...request.decision, ask: { ...request.decision.ask, ...ask } };
      checkApproverDecision(
        { ...approval, request: { ...request, decision } },
        answer(approval, verdict, change),
        0,
      );
    };

  it.each<['approve' | 'deny', Partial<ApproverDecision>, Partial<AskTerms>]>([
    ['approve', {}, {}],
    ['approve', { comment: '' }, {}],
    ['approve', { mostRows: 0 }, {}],
    ['approve', { mostRows: 1, grantSeconds: 60 }, { grantUpToSeconds: 60 }],
    ['approve', { mostRows: 1, grantSeconds: 60, grantRows: 1_000 }, { grantUpToSeconds: 60 }],
    ['deny', { comment: 'not now' }, {}],
    ['deny', { comment: 'not now', proposal: 'SELECT 1' }, {}],
  ])('is taken: %s %j under %j', (verdict, change, ask) => {
    expect(check(verdict, change, ask)).not.toThrow();
  });

  it.each<['approve' | 'deny', Partial<ApproverDecision>, Partial<AskTerms>, string]>([
    ['approve', { binding: '0'.repeat(64) }, {}, 'approval_void'],
    ['deny', { binding: '0'.repeat(64) }, {}, 'approval_void'],
    ['deny', { comment: '' }, {}, 'request_malformed'],
    ['deny', { comment: ' \n' }, {}, 'request_malformed'],
    ['approve', { proposal: 'SELECT 1' }, {}, 'request_malformed'],
    ['deny', { grantSeconds: 60 }, { grantUpToSeconds: 60 }, 'request_malformed'],
    ['deny', { mostRows: 1 }, {}, 'request_malformed'],
    ['approve', { mostRows: 1, grantRows: 1 }, { grantUpToSeconds: 60 }, 'request_malformed'],
    ['approve', { grantSeconds: 61 }, { grantUpToSeconds: 60 }, 'approver_not_allowed'],
    ['approve', { grantSeconds: 1 }, {}, 'approver_not_allowed'],
  ])('is refused: %s %j under %j', (verdict, change, ask, code) => {
    expect(check(verdict, change, ask)).toThrow(expect.objectContaining({ code }));
  });
});

describe('a person', () => {
  it.each([
    [['a', 'b'], ['b', 'c'], true],
    [['a'], ['b'], false],
    [[], ['a'], false],
    [['a'], [], false],
  ])('in %j, is a member of %j: %s', (own, groups, member) => {
    expect(isMember(person('x', own), groups)).toBe(member);
    expect(actsAs(person('x', own), groups)).toBe(member);
    expect(actsAs(person('x', own, { mayDecide: false }), groups)).toBe(false);
  });
});
