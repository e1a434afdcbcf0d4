import { describe, expect, it } from 'vitest';
import type { ObjectAccess, ObjectType, StatementKind } from '@sluice/snowflake-sql';
import { kindAdvice, objectAdvice } from './object-advice.ts';
import { access, asked, policyOf, someone } from './statement-fixtures.ts';

const ada = asked(someone('Ada', 'developers'));
const SCRATCH = `
  - name: scratch
    effect: allow
    when: { groups: [developers], kinds: [ddl], objects: [{ names: ['SHOP.SCRATCH.*'], access: [create, drop] }] }`;
const READ = `
  - { name: read, effect: allow, when: { kinds: [query], objects: [{ names: ['SHOP.*.*'], access: [read] }] } }`;
const more = (rules: string) =>
  policyOf(`version: 1\napprovers: { leads: { groups: [leads] } }\nrules:${READ}${rules}\n`);

const CREATE: StatementKind = { family: 'ddl', name: 'create_table' };
const adviceOn = (
  rules: string,
  how: ObjectAccess,
  type: ObjectType = 'table',
  kind: StatementKind = CREATE,
) => objectAdvice(more(rules), ada, kind, access('T', how, type));

describe('where somebody may have tables of their own', () => {
  it.each<[ObjectAccess, string]>([
    ['create', 'name it in SHOP.SCRATCH: SHOP.SCRATCH.T'],
    ['drop', 'drop only what is in SHOP.SCRATCH'],
    ['write', 'change a copy of it: CREATE TABLE SHOP.SCRATCH.T AS SELECT ... FROM SHOP.PUBLIC.T'],
    ['alter', 'change a copy of it: CREATE TABLE SHOP.SCRATCH.T AS SELECT ... FROM SHOP.PUBLIC.T'],
    ['read', 'leave SHOP.PUBLIC.T out'],
    ['describe', 'leave SHOP.PUBLIC.T out'],
  ])('%s', (how, advice) => {
    expect(adviceOn(SCRATCH, how)).toBe(advice);
  });

  it.each<ObjectAccess>(['write', 'alter'])('no copy is made of what is no table: %s', (how) => {
    expect(adviceOn(SCRATCH, how, 'view')).toBe('leave SHOP.PUBLIC.T out: it may be read');
  });
});

it('of what is unloaded, a SELECT shows the rows', () => {
  const unload: StatementKind = { family: 'copy', name: 'copy_into_location' };
  expect(adviceOn(SCRATCH, 'write', 'stage', unload)).toBe(
    'run what it unloads by itself: a SELECT shows the rows, and makes no file',
  );
  expect(adviceOn(SCRATCH, 'write', 'stage', { family: 'copy', name: 'put' })).toBe(
    'leave SHOP.PUBLIC.T out',
  );
});

describe('where nobody may', () => {
  it.each<[ObjectAccess, string]>([
    ['create', 'leave SHOP.PUBLIC.T out'],
    ['drop', 'leave SHOP.PUBLIC.T out'],
    ['write', 'leave SHOP.PUBLIC.T out: it may be read'],
    ['alter', 'leave SHOP.PUBLIC.T out: it may be read'],
  ])('%s', (how, advice) => {
    expect(adviceOn('', how)).toBe(advice);
  });
});

describe('a schema is named only where all of it is given, by its name, and nobody is asked', () => {
  const given = (when: string, effect = 'allow') =>
    `\n  - { name: own, effect: ${effect}, reason: its own, ${effect === 'ask' ? 'approvers: leads, ' : ''}when: ${when} }`;
  const leave = 'leave SHOP.PUBLIC.T out';

  it.each<[string, string]>([
    ['of other people', given("{ groups: [writers], objects: [{ names: ['SHOP.SCRATCH.*'] }] }")],
    ['for reading', given("{ objects: [{ names: ['SHOP.SCRATCH.*'], access: [read] }] }")],
    ['for views', given("{ objects: [{ names: ['SHOP.SCRATCH.*'], types: [view] }] }")],
    ['for another kind of statement', given("{ kinds: [dml], objects: [{ names: ['SHOP.SCRATCH.*'] }] }")],
    ['a part of the names', given("{ objects: [{ names: ['SHOP.SCRATCH.T*'] }] }")],
    ['several schemas', given("{ objects: [{ names: ['SHOP.S*.*'] }] }")],
    ['several databases', given("{ objects: [{ names: ['S*.SCRATCH.*'] }] }")],
    ['one name that is a star', given(`{ objects: [{ names: ['SHOP.SCRATCH."*"'] }] }`)],
    ['the schema itself', given("{ objects: [{ names: ['SHOP.SCRATCH'] }] }")],
    ['everything', given("{ objects: [{ names: ['**'] }] }")],
    ['by being asked about', given("{ objects: [{ names: ['SHOP.SCRATCH.*'] }] }", 'ask')],
    ['by being forbidden', given("{ objects: [{ names: ['SHOP.SCRATCH.*'] }] }", 'block')],
    ['and asked about by another rule', SCRATCH + given("{ objects: [{ names: ['SHOP.*.*'] }] }", 'ask')],
    ['and forbidden by another rule', SCRATCH + given("{ objects: [{ names: ['SHOP.*.*'] }] }", 'block')],
  ])('%s', (_, rules) => {
    expect(adviceOn(rules, 'create')).toBe(leave);
  });

  it('a rule about something else takes nothing away', () => {
    const rules = `${SCRATCH}${given("{ objects: [{ names: ['SHOP.PUBLIC.*'] }] }", 'block')}
  - { name: no-where, effect: block, reason: no, when: { missing_where: true } }`;
    expect(adviceOn(rules, 'create')).toBe('name it in SHOP.SCRATCH: SHOP.SCRATCH.T');
  });

  it('the first of several', () => {
    const rules = given("{ objects: [{ names: ['SHOP.PUBLIC.T', 'A.B.*', 'A.C.*'] }] }");
    expect(adviceOn(rules, 'create')).toBe('name it in A.B: A.B.T');
  });
});

describe('for a kind of statement that no rule lets through, what is let through', () => {
  const kinds = (rules: string) =>
    kindAdvice(policyOf(`version: 1\napprovers: { leads: { groups: [leads] } }\nrules:${rules}\n`), ada);
  const rule = (kind: string, effect = 'allow', group = 'developers') =>
    `\n  - { name: ${kind}, effect: ${effect}, reason: some, ${effect === 'ask' ? 'approvers: leads, ' : ''}when: { groups: [${group}], kinds: [${kind}] } }`;

  it.each([
    [rule('select'), 'leave it out; what is let through: queries'],
    [rule('show'), 'leave it out; what is let through: SHOW'],
    [rule('describe'), 'leave it out; what is let through: DESCRIBE'],
    [SCRATCH, 'leave it out; what is let through: tables of your own in SHOP.SCRATCH'],
    [
      rule('select') + rule('show') + rule('describe') + SCRATCH,
      'leave it out; what is let through: queries, SHOW, DESCRIBE, tables of your own in SHOP.SCRATCH',
    ],
    [rule('call'), 'leave it out: nothing is let through here'],
    [rule('select', 'ask'), 'leave it out: nothing is let through here'],
    [rule('select', 'block'), 'leave it out: nothing is let through here'],
    [rule('select', 'allow', 'writers'), 'leave it out: nothing is let through here'],
  ])('%s', (rules, advice) => {
    expect(kinds(rules)).toBe(advice);
  });

  it.each<ObjectAccess>(['grant', 'use', 'call'])('and so where an object is not for that: %s', (how) => {
    expect(adviceOn('', how)).toBe('leave it out; what is let through: queries');
  });
});
