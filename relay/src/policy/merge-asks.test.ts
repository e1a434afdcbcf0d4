import { describe, expect, it } from 'vitest';
import { shown, word } from '../text/index.ts';
import type { AskTerms } from './decision.ts';
import type { Finding } from './findings.ts';
import { mergeAsks } from './merge-asks.ts';

const terms: AskTerms = {
  approvers: ['owners'],
  needed: 1,
  expiresAfterSeconds: 600,
  validForSeconds: 60,
  escalate: null,
  signed: false,
  signIn: { withinSeconds: 3_600, acr: null },
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
  const escalate = (afterSeconds: number, ...to: readonly string[]) => ({ escalate: { afterSeconds, to } });
  const kinds = (acr: readonly string[] | null) => ({ signIn: { withinSeconds: 60, acr } });
  it.each<[string, Partial<AskTerms>, Partial<AskTerms>, Partial<AskTerms>]>([
    ['those whom both name', { approvers: ['a', 'b'] }, { approvers: ['b', 'c'] }, { approvers: ['b'] }],
    ['as many as either needs', { needed: 1 }, { needed: 3 }, { needed: 3 }],
    ['as many as either needs', { needed: 3 }, { needed: 1 }, { needed: 3 }],
    [
      'the shortest wait',
      { expiresAfterSeconds: 60 },
      { expiresAfterSeconds: 900 },
      { expiresAfterSeconds: 60 },
    ],
    [
      'the shortest wait',
      { expiresAfterSeconds: 900 },
      { expiresAfterSeconds: 60 },
      { expiresAfterSeconds: 60 },
    ],
    [
      'the shortest time to use it',
      { validForSeconds: 10 },
      { validForSeconds: 60 },
      { validForSeconds: 10 },
    ],
    [
      'the shortest time to use it',
      { validForSeconds: 60 },
      { validForSeconds: 10 },
      { validForSeconds: 10 },
    ],
    ['signed where one wants it', { signed: true }, { signed: false }, { signed: true }],
    ['signed where one wants it', { signed: false }, { signed: true }, { signed: true }],
    ['unsigned where none does', { signed: false }, { signed: false }, { signed: false }],
    ...([
      [60, 3_600],
      [3_600, 60],
    ].map(([one, other]) => [
      'the latest sign-in',
      { signIn: { withinSeconds: one!, acr: null } },
      { signIn: { withinSeconds: other!, acr: null } },
      { signIn: { withinSeconds: 60, acr: null } },
    ]) as [string, Partial<AskTerms>, Partial<AskTerms>, Partial<AskTerms>][]),
    ['any kind of sign-in where neither says', kinds(null), kinds(null), kinds(null)],
    ['the kinds of sign-in that one says', kinds(['phr']), kinds(null), kinds(['phr'])],
    ['the kinds of sign-in that one says', kinds(null), kinds(['phr']), kinds(['phr'])],
    ['the kinds of sign-in that both say', kinds(['phr', 'mfa']), kinds(['mfa', 'otp']), kinds(['mfa'])],
    ['no kind of sign-in where they have none in common', kinds(['phr']), kinds(['mfa']), kinds([])],
    [
      'the grant of the rows that one says',
      { grantUpToSeconds: 60 },
      { grantUpToSeconds: 60, grantRows: 70 },
      { grantUpToSeconds: 60, grantRows: 70 },
    ],
    ['the shortest grant', { grantUpToSeconds: 60 }, { grantUpToSeconds: 30 }, { grantUpToSeconds: 30 }],
    [
      'the grant of the fewest rows',
      { grantUpToSeconds: 60, grantRows: 50 },
      { grantUpToSeconds: 60, grantRows: 70 },
      { grantUpToSeconds: 60, grantRows: 50 },
    ],
    [
      'the grant of no more rows than where none are said',
      { grantUpToSeconds: 60, grantRows: 5_000 },
      { grantUpToSeconds: 60 },
      { grantUpToSeconds: 60, grantRows: 1_000 },
    ],
    ['to whom both escalate, when both do', escalate(5, 'a', 'b'), escalate(9, 'b'), escalate(9, 'b')],
    ['no escalation of one alone', escalate(5, 'a'), {}, { escalate: null }],
    ['no escalation of one alone', {}, escalate(5, 'a'), { escalate: null }],
    ['no escalation to nobody', escalate(5, 'a'), escalate(5, 'b'), { escalate: null }],
  ])('%s', (_, one, other, both) => {
    expect(merged(one, other).ask).toMatchObject(both);
  });

  it.each([
    [{ grantUpToSeconds: 60 }, {}],
    [{}, { grantUpToSeconds: 60 }],
  ])('no grant where one gives none', (one, other) => {
    expect(merged(one, other).ask).not.toHaveProperty('grantUpToSeconds');
  });
});

it('a grant has no number of rows where neither says one', () => {
  const both = merged({ grantUpToSeconds: 60 }, { grantUpToSeconds: 60 }).ask;
  expect(both).toMatchObject({ grantUpToSeconds: 60 });
  expect(both).not.toHaveProperty('grantRows');
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
