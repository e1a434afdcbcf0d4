import { describe, expect, it } from 'vitest';
import type { Identity } from '../identity/index.ts';
import { decide } from './decide.ts';
import { peopleInAnySpelling, peopleToTheLetter } from './people.ts';
import { asked, output, policyOf, select, someone, source } from './statement-fixtures.ts';

const eve = someone('Eve');

/** Of Eve, somebody who is called like her in another spelling, a pipeline, and her namesake elsewhere. */
const named = (test: (who: Identity) => boolean) =>
  [
    eve,
    { ...eve, subject: ' ＥVE' },
    { ...eve, kind: 'workload' as const },
    { ...eve, issuer: 'https://other.test' },
  ].map((who) => test(who));

describe('people are named', () => {
  it.each<[string, readonly string[], letter: readonly boolean[], spelling: readonly boolean[]]>([
    ['by their subject', ['eve'], [true, false, false, true], [true, true, false, true]],
    ['by a pattern', ['x', 'e*'], [true, false, false, true], [true, true, false, true]],
    [
      'by their issuer and subject',
      ['https://issuer.test|eve'],
      [true, false, true, false],
      [true, true, true, false],
    ],
    ['in another spelling', ['Eve'], [false, false, false, false], [true, true, false, true]],
    [
      'in another spelling, at their issuer',
      ['https://ISSUER.test|EVE'],
      [false, false, false, false],
      [true, true, true, false],
    ],
    ['by nobody', [], [false, false, false, false], [false, false, false, false]],
  ])('%s', (_, names, letter, spelling) => {
    expect(named(peopleToTheLetter(names))).toEqual(letter);
    expect(named(peopleInAnySpelling(names))).toEqual(spelling);
  });
});

describe('what a rule keeps from somebody it keeps from them in any spelling', () => {
  const name = select(output('NAME', source('CUSTOMERS.NAME')));
  const rules = (rule: string) =>
    policyOf(`
version: 1
approvers: { leads: { groups: [leads] } }
rules:
  - { name: read, effect: allow, when: { kinds: [query] } }
  - ${rule}`);
  const effects = (rule: string) =>
    ['Eve', 'Ada'].map((who) => {
      const policy = rules(rule);
      return decide(policy, name, asked({ ...someone(who), subject: who.toUpperCase() })).effect;
    });

  it.each([
    ['block', '{ name: not, effect: block, reason: so, when: { people: [eve] } }', ['block', 'allow']],
    [
      'ask',
      '{ name: first, effect: ask, reason: so, approvers: leads, when: { people: [eve] } }',
      ['ask', 'allow'],
    ],
  ])('%s', (_, rule, expected) => {
    expect(effects(rule)).toEqual(expected);
  });

  it('and what it gives, to nobody but them', () => {
    const policy = policyOf('{ version: 1, rules: [{ name: r, effect: allow, when: { people: [eve] } }] }');
    expect(
      ['eve', 'EVE'].map((subject) => decide(policy, name, asked({ ...someone('Eve'), subject })).effect),
    ).toEqual(['allow', 'block']);
  });
});
