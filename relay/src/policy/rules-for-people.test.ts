import { describe, expect, it } from 'vitest';
import { groupsForRule, rulesNaming, rulesOnTag } from './index.ts';
import { asked, policyOf, someone, table } from './statement-fixtures.ts';

const POLICY = policyOf(`
version: 1
tags:
  pii.email: [SHOP.PUBLIC.CUSTOMERS.EMAIL]
  pii.name: [SHOP.PUBLIC.CUSTOMERS.NAME]
approvers: { leads: { groups: [leads] } }
rules:
  - { name: read, effect: allow, when: { kinds: [query], objects: [{ names: ['SHOP.PUBLIC.*'] }] } }
  - name: support
    effect: allow
    when: { groups: ['support-*', care], kinds: [query], objects: [{ names: [SHOP.PUBLIC.CUSTOMERS, SHOP.PUBLIC.TICKETS] }] }
    reveal: [pii.email]
  - name: analysts
    effect: mask
    when: { groups: [analysts], kinds: [query], objects: [{ names: [SHOP.PUBLIC.CUSTOMERS] }] }
    masks: { pii.email: { method: token } }
  - name: analysts-too
    effect: mask
    when: { groups: [analysts], kinds: [query], objects: [{ names: [SHOP.PUBLIC.CUSTOMERS] }] }
    masks: { pii.email: { method: redact } }
  - name: loads
    effect: allow
    when: { groups: [support-1], kinds: [dml], objects: [{ names: [SHOP.PUBLIC.CUSTOMERS] }] }
    reveal: [pii.name]
  - { name: not-tickets, effect: block, reason: no, when: { objects: [{ names: ['SHOP.*.TICKETS'] }] } }
  - { name: no-where, effect: block, reason: no, when: { missing_where: true } }
`);

describe('the rules that say how a tag looks to somebody', () => {
  const on = (tag: string, name: string, ...groups: readonly string[]) =>
    rulesOnTag(POLICY, asked(someone('Ada', ...groups)), tag, table(name));

  it.each([
    ['nobody says: as for everybody', 'pii.email', 'CUSTOMERS', [], []],
    ['what shows it', 'pii.email', 'CUSTOMERS', ['support-1'], ['support']],
    ['what masks it', 'pii.email', 'CUSTOMERS', ['analysts'], ['analysts', 'analysts-too']],
    [
      'what masks it wins over what shows it',
      'pii.email',
      'CUSTOMERS',
      ['analysts', 'care'],
      ['analysts', 'analysts-too'],
    ],
    ['of another tag', 'pii.name', 'CUSTOMERS', ['analysts', 'care'], []],
    ['for other statements than queries', 'pii.name', 'CUSTOMERS', ['support-1'], []],
    ['of another table', 'pii.email', 'ORDERS', ['analysts', 'care'], []],
    ['of one of two tables', 'pii.email', 'TICKETS', ['analysts', 'care'], ['support']],
  ])('%s', (_, tag, name, groups, rules) => {
    expect(on(tag, name, ...groups)).toEqual(rules);
  });
});

describe('the groups on account of which a rule is for somebody', () => {
  it.each([
    ['support', ['support-1', 'care', 'ops', 'my-support-1'], ['support-1', 'care']],
    ['analysts', ['support-1', 'care'], []],
    ['read', ['support-1'], []],
    ['unknown', ['support-1'], []],
  ])('%s: %o', (rule, groups, asks) => {
    expect(groupsForRule(POLICY, rule, groups)).toEqual(asks);
  });
});

it('the rules that name a table, by itself or by a pattern', () => {
  expect(rulesNaming(POLICY, table('CUSTOMERS'))).toEqual([
    'read',
    'support',
    'analysts',
    'analysts-too',
    'loads',
  ]);
  expect(rulesNaming(POLICY, table('TICKETS'))).toEqual(['read', 'support', 'not-tickets']);
  expect(rulesNaming(POLICY, table('ORDERS'))).toEqual(['read']);
  expect(rulesNaming(POLICY, { ...table('ORDERS'), schema: 'OTHER' })).toEqual([]);
});
