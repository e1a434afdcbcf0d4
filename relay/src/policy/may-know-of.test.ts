import { describe, expect, it } from 'vitest';
import { knownNamesIn, loadPolicy, mayKnowOf, mayKnowOfPlace, type Policy } from './index.ts';
import { asked, someone, table } from './statement-fixtures.ts';

const TABLE = table('SALARIES');

describe('of an object, a person may know', () => {
  it.each<[why: string, rules: string, expected: boolean]>([
    [
      'when a rule lets them read it',
      "{ effect: allow, when: { groups: [developers], objects: [{ access: [read], names: ['SHOP.PUBLIC.*'] }] } }",
      true,
    ],
    [
      'when a rule lets them do anything with it',
      "{ effect: allow, when: { kinds: [create_view], objects: [{ access: [write], names: ['SHOP.PUBLIC.*'] }] } }",
      true,
    ],
    [
      'when people may be asked',
      '{ effect: ask, reason: r, approvers: leads, when: { kinds: [dml] } }',
      true,
    ],
    [
      'when it is one of several that a rule speaks of',
      "{ effect: allow, when: { objects: [{ names: ['SHOP.OPEN.*'] }, { names: ['X.Y.Z', 'SHOP.PUBLIC.*'] }] } }",
      true,
    ],
    ['by a rule for any statement', '{ effect: allow, when: {} }', true],
    ['when they may look around', '{ effect: allow, when: { kinds: [show, describe] } }', true],
    [
      'not when others may',
      "{ effect: allow, when: { groups: [hr], objects: [{ names: ['SHOP.PUBLIC.*'] }] } }",
      false,
    ],
    [
      'not when it is other objects',
      "{ effect: allow, when: { objects: [{ names: ['SHOP.OPEN.*'] }] } }",
      false,
    ],
    ['not by what shows nothing', '{ effect: allow, when: { kinds: [commit, set, use_schema] } }', false],
    [
      'not by what is refused',
      "{ effect: block, reason: r, when: { objects: [{ names: ['SHOP.PUBLIC.*'] }] } }",
      false,
    ],
  ])('%s', (_, rule, expected) => {
    const policy = policyOf(rule.replace('{', '{ name: rule,'));
    expect(mayKnowOf(policy, asked(someone('Ada', 'developers')), TABLE)).toBe(expected);
  });
});

it.each<[names: string, inPublic: readonly (readonly string[])[]]>([
  ["['SHOP.PUBLIC.ORDERS']", [['ORDERS']]],
  ["['shop.public.t*s', 'SHOP.*.X']", [['T', 'S'], ['X']]],
  ['[\'SHOP.PUBLIC."odd*one"\']', [['odd*one']]],
  ["['**']", [['', '']]],
  ["['SHOP.HR.*', 'OTHER.PUBLIC.*', 'SHOP.PUBLIC']", []],
])('the names that may be known of %s', (names, expected) => {
  const policy = policyOf(
    `{ name: rule, effect: allow, when: { groups: [developers], objects: [{ names: ${names} }] } }`,
  );
  const known = (group: string) =>
    knownNamesIn(policy, asked(someone('Ada', group)), { database: 'SHOP', schema: 'PUBLIC' });
  expect(known('developers')).toEqual(expected);
  expect(known('others')).toEqual([]);
});

it.each([
  ['{ effect: allow, when: { kinds: [show] } }', [['', '']]],
  ['{ effect: allow, when: { kinds: [commit] } }', []],
  ["{ effect: block, reason: r, when: { objects: [{ names: ['**'] }] } }", []],
])('the names that %s lets be known', (rule, expected) => {
  const policy = policyOf(rule.replace('{', '{ name: rule,'));
  const schema = { database: 'SHOP', schema: 'PUBLIC' };
  expect(knownNamesIn(policy, asked(someone('Ada', 'developers')), schema)).toEqual(expected);
});

describe('of a database or a schema, a person may know', () => {
  it.each<[why: string, rule: string, expected: boolean]>([
    ['when a rule lets them use something in it', "names: ['SHOP.PUBLIC.ORDERS']", true],
    ['by a wildcard', "names: ['S*.P*.*']", true],
    ['when it is anything at all', "names: ['**']", true],
    ['not when it is in another schema', "names: ['SHOP.HR.*']", false],
    ['not when it is in another database', "names: ['STORE.PUBLIC.*']", false],
    ['not by an object of the account', "names: ['SHOP.PUBLIC']", false],
  ])('%s', (_, names, expected) => {
    const policy = policyOf(
      `{ name: rule, effect: allow, when: { groups: [developers], objects: [{ ${names} }] } }`,
    );
    const mayKnow = (group: string, schema: string | null) =>
      mayKnowOfPlace(policy, asked(someone('Ada', group)), { database: 'SHOP', schema });
    expect(mayKnow('developers', 'PUBLIC')).toBe(expected);
    expect(mayKnow('developers', null)).toBe(expected || names.includes('SHOP.HR'));
    expect(mayKnow('others', 'PUBLIC')).toBe(false);
  });
});

it('one of several rules will do', () => {
  const policy = policyOf(
    `{ name: not, effect: block, reason: r, when: { kinds: [dml] } }
  - { name: one, effect: allow, when: { objects: [{ names: ['SHOP.OPEN.*'] }] } }
  - { name: two, effect: allow, when: { objects: [{ names: ['SHOP.PUBLIC.*'] }] } }`,
  );
  expect(mayKnowOf(policy, asked(someone('Ada')), TABLE)).toBe(true);
});

function policyOf(rule: string): Policy {
  const { policy, problems } = loadPolicy(`
version: 1
approvers: { leads: { groups: [leads], expires_after: 1h, valid_for: 10m } }
rules:
  - ${rule}
`);
  if (problems !== undefined) throw new Error(JSON.stringify(problems));
  return policy;
}
