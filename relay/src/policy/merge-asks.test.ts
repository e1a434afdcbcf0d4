import { describe, expect, it } from 'vitest';
import { shown, word } from '../text/index.ts';
import type { AskTerms } from './decision.ts';
import type { Finding } from './findings.ts';
import { mergeAsks } from './merge-asks.ts';

const terms: AskTerms = {
  approvers: ['owners'],
  needed: 1,
  expiresAfter: 600,
  validFor: 60,
  escalate: null,
  signed: false,
  signIn: { within: 3_600, acr: null },
};
const asking = (rule: string, ask: AskTerms | null): Finding => ({
  effect: 'ask',
  rule,
  reason: shown`because of ${word(rule)}`,
  range: { start: 0, end: rule.length },
  ask,
  liftable: true,
});
const merged = (one: Partial<AskTerms>, other: Partial<AskTerms>) =>
  mergeAsks([asking('one', { ...terms, ...one }), asking('other', { ...terms, ...other })]);

describe('of two rules that ask, the terms are of both:', () => {
  const escalate = (after: number, ...to: readonly string[]) => ({ escalate: { after, to } });
  it.each<[string, Partial<AskTerms>, Partial<AskTerms>, Partial<AskTerms>]>([
    ['those whom both name', { approvers: ['a', 'b'] }, { approvers: ['b', 'c'] }, { approvers: ['b'] }],
    ['as many as either needs', { needed: 1 }, { needed: 3 }, { needed: 3 }],
    ['as many as either needs', { needed: 3 }, { needed: 1 }, { needed: 3 }],
    ['the shortest wait', { expiresAfter: 60 }, { expiresAfter: 900 }, { expiresAfter: 60 }],
    ['the shortest wait', { expiresAfter: 900 }, { expiresAfter: 60 }, { expiresAfter: 60 }],
    ['the shortest time to use it', { validFor: 10 }, { validFor: 60 }, { validFor: 10 }],
    ['the shortest time to use it', { validFor: 60 }, { validFor: 10 }, { validFor: 10 }],
    ['signed where one wants it', { signed: true }, { signed: false }, { signed: true }],
    ['signed where one wants it', { signed: false }, { signed: true }, { signed: true }],
    ['unsigned where none does', { signed: false }, { signed: false }, { signed: false }],
    ['the shortest grant', { grantUpTo: 60 }, { grantUpTo: 30 }, { grantUpTo: 30 }],
    [
      'the grant of the fewest rows',
      { grantUpTo: 60, grantRows: 50 },
      { grantUpTo: 60, grantRows: 70 },
      { grantUpTo: 60, grantRows: 50 },
    ],
    [
      'the grant of no more rows than where none are said',
      { grantUpTo: 60, grantRows: 5_000 },
      { grantUpTo: 60 },
      { grantUpTo: 60, grantRows: 1_000 },
    ],
    ['to whom both escalate, when both do', escalate(5, 'a', 'b'), escalate(9, 'b'), escalate(9, 'b')],
    ['no escalation of one alone', escalate(5, 'a'), {}, { escalate: null }],
    ['no escalation of one alone', {}, escalate(5, 'a'), { escalate: null }],
    ['no escalation to nobody', escalate(5, 'a'), escalate(5, 'b'), { escalate: null }],
  ])('%s', (_, one, other, both) => {
    expect(merged(one, other).ask).toMatchObject(both);
  });

  it.each([
    [{ grantUpTo: 60 }, {}],
    [{}, { grantUpTo: 60 }],
  ])('no grant where one gives none', (one, other) => {
    expect(merged(one, other).ask).not.toHaveProperty('grantUpTo');
  });
});

describe('what is asked about twice', () => {
  it('says why, each reason once, and names the first', () => {
    const same = { ...asking('again', terms), reason: shown`because of one` };
    expect(mergeAsks([asking('one', terms), same, asking('other', terms)])).toMatchObject({
      rule: 'one',
      reason: 'because of one; because of other',
      range: { start: 0, end: 3 },
    });
  });

  it.each([
    ['nobody is named by both', [asking('one', terms), asking('other', { ...terms, approvers: ['others'] })]],
    ['one can be agreed to by nobody', [asking('one', terms), asking('other', null)]],
    ['the first can be agreed to by nobody', [asking('one', null), asking('other', terms)]],
    [
      'there are three, and two have nobody',
      [asking('one', null), asking('other', null), asking('one', terms)],
    ],
  ])('is for nobody to decide when %s', (_, findings) => {
    const { ask, reason } = mergeAsks(findings);
    expect(ask).toBeNull();
    expect(reason).toContain('`one`, `other` ask different people');
    expect(reason).toContain('because of one; because of other');
  });
});
