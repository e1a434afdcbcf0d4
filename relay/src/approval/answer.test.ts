import { beforeAll, describe, expect, it } from 'vitest';
import type { AskTerms } from '../policy/index.ts';
import { type Answer, checkAnswer } from './answer.ts';
import type { Approval } from './approval.ts';
import { isMember, samePerson } from './person.ts';
import { answer, deleteRequest, ada, holdNow, person, testApprovals } from './testing.ts';

describe('an answer', () => {
  let approval: Approval;
  beforeAll(async () => {
    const desk = await testApprovals();
    ({ approval } = await holdNow(desk, deleteRequest()));
    await desk.database.destroy();
  });
  const check = (verdict: 'approve' | 'deny', change: Partial<Answer>, ask: Partial<AskTerms>) => () => {
    const { request } = approval;
    const decision = { ...request.decision, ask: { ...request.decision.ask, ...ask } };
    checkAnswer({ ...approval, request: { ...request, decision } }, answer(approval, verdict, change));
  };

  it.each<['approve' | 'deny', Partial<Answer>, Partial<AskTerms>]>([
    ['approve', {}, {}],
    ['approve', { comment: '' }, {}],
    ['approve', { mostRows: 0 }, {}],
    ['approve', { mostRows: 1, grantSeconds: 60 }, { grantUpTo: 60 }],
    ['approve', { mostRows: 1, grantSeconds: 60, grantRows: 1_000 }, { grantUpTo: 60 }],
    ['deny', { comment: 'not now' }, {}],
    ['deny', { comment: 'not now', proposal: 'SELECT 1' }, {}],
  ])('is taken: %s %j under %j', (verdict, change, ask) => {
    expect(check(verdict, change, ask)).not.toThrow();
  });

  it.each<['approve' | 'deny', Partial<Answer>, Partial<AskTerms>, string]>([
    ['approve', { binding: '0'.repeat(64) }, {}, 'approval_void'],
    ['deny', { binding: '0'.repeat(64) }, {}, 'approval_void'],
    ['deny', { comment: '' }, {}, 'request_malformed'],
    ['deny', { comment: ' \n' }, {}, 'request_malformed'],
    ['approve', { proposal: 'SELECT 1' }, {}, 'request_malformed'],
    ['deny', { grantSeconds: 60 }, { grantUpTo: 60 }, 'request_malformed'],
    ['deny', { mostRows: 1 }, {}, 'request_malformed'],
    ['approve', { mostRows: 1, grantRows: 1 }, { grantUpTo: 60 }, 'request_malformed'],
    ['approve', { grantSeconds: 61 }, { grantUpTo: 60 }, 'approver_not_allowed'],
    ['approve', { grantSeconds: 1 }, {}, 'approver_not_allowed'],
  ])('is refused: %s %j under %j', (verdict, change, ask, code) => {
    expect(check(verdict, change, ask)).toThrow(expect.objectContaining({ code }));
  });
});

describe('two identities', () => {
  const saml = 'https://saml.example';
  const linked = [['https://id.example', saml], ['https://other.example']];
  it.each([
    ['the same', person('ada'), true],
    ['of one address', person('a2', [], { email: 'ada@example.com' }), true],
    ['of one address, written otherwise', person('a2', [], { email: ' Ada+test@Example.COM ' }), true],
    ['of another address', person('a2', [], { email: 'a2@example.com' }), false],
    ['of another domain', person('a2', [], { email: 'ada@example.org' }), false],
    [
      'of a name that is only the same before the plus',
      person('a2', [], { email: 'adam+ada@example.com' }),
      false,
    ],
    ['of no address', person('a2', [], { email: null }), false],
    ['of one subject at a linked issuer', person('ada', [], { issuer: saml, email: null }), true],
    ['of another subject there', person('eve', [], { issuer: saml, email: null }), false],
    [
      'of one subject at another issuer',
      person('ada', [], { issuer: 'https://other.example', email: null }),
      false,
    ],
  ])('are one person when %s: %s', (_, other, same) => {
    expect(samePerson(ada, other, linked)).toBe(same);
    expect(samePerson(other, ada, linked)).toBe(same);
  });

  it('are not one for having no address, both of them', () => {
    expect(samePerson(person('a', [], { email: null }), person('b', [], { email: null }), [])).toBe(false);
  });

  it.each([
    [['a', 'b'], ['b', 'c'], true],
    [['a'], ['b'], false],
    [[], ['a'], false],
    [['a'], [], false],
  ])('in %j, somebody is a member of %j: %s', (own, groups, member) => {
    expect(isMember(person('x', own), groups)).toBe(member);
  });
});
