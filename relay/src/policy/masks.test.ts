import { describe, expect, it } from 'vitest';
import type { MaskingPolicy } from '../masking/index.ts';
import type { ColumnSource, OutputColumn } from '@sluice/snowflake-sql';
import { decide } from './decide.ts';
import {
  asked,
  output,
  policyOf,
  select,
  someone,
  source,
  unresolvedOutput,
  use,
} from './statement-fixtures.ts';

const POLICY = policyOf(`
version: 1
tags:
  name: [SHOP.PUBLIC.PEOPLE.NAME, SHOP.PUBLIC.PEOPLE.BOTH]
  email: [SHOP.PUBLIC.PEOPLE.EMAIL, 'SHOP.PUBLIC.PEOPLE.DOC:email', SHOP.PUBLIC.PEOPLE.BOTH]
  card: ['SHOP.PUBLIC.PEOPLE.DOC:pay.card', 'SHOP.PUBLIC.PEOPLE.DOC:pay']
  pay: [SHOP.PUBLIC.PEOPLE.PAY, 'SHOP.PUBLIC.PEOPLE.DOC:salary']
  age: [SHOP.PUBLIC.PEOPLE.AGE]
  unmasked: [SHOP.PUBLIC.PEOPLE.NOTE]
masks:
  tags:
    name: { method: partial, keep_first: 1 }
    email: { method: token, domain: people, uses: token }
    card: { method: partial, keep_last: 4 }
    pay: { method: number, step: 1000, expressions: mask, aggregates: mask }
    age: { method: number, step: 10, aggregates: allow }
  columns:
    SHOP.PUBLIC.PEOPLE.NICK: { method: constant, value: gone }
    SHOP.PUBLIC.PEOPLE.NAME: { method: 'null' }
rules:
  - name: read
    effect: allow
    when: { kinds: [query], objects: [{ access: [read], names: ['SHOP.PUBLIC.*'] }] }
  - name: support
    effect: mask
    when: { groups: [support], kinds: [query], objects: [{ names: [SHOP.PUBLIC.PEOPLE], types: [view] }] }
    masks: { name: { method: redact }, pay: { method: 'null' } }
`);
const ada = someone('Ada', 'developers');
const token: MaskingPolicy = { method: 'token', domain: 'people' };
const number: MaskingPolicy = { method: 'number', step: 1000 };
const redact: MaskingPolicy = { method: 'redact' };

const of = (outputs: readonly OutputColumn[], by = ada, parts = {}) =>
  decide(POLICY, select(...outputs), asked(by, parts));
const masksOf = (decision: ReturnType<typeof of>) => ('masks' in decision ? decision.masks : []);
const maskOf = (sources: readonly ColumnSource[], by = ada, parts = {}) =>
  masksOf(of([output('X', ...sources)], by, parts)).map(({ policy, because }) => [policy, because]);
const people = (name: string, how?: ColumnSource['how'], path?: readonly string[]) =>
  source(`PEOPLE.${name}`, how, path);

describe('the mask of an output, and why', () => {
  it.each<[string, readonly ColumnSource[], readonly [MaskingPolicy, string][]]>([
    ['by tag', [people('EMAIL')], [[token, 'SHOP.PUBLIC.PEOPLE.EMAIL (email)']]],
    ['redacted, where the tag has none', [people('NOTE')], [[redact, 'SHOP.PUBLIC.PEOPLE.NOTE (unmasked)']]],
    [
      'by column, without any tag',
      [people('NICK')],
      [[{ method: 'constant', value: 'gone' }, 'SHOP.PUBLIC.PEOPLE.NICK']],
    ],
    [
      'by column, in place of the one of its tag',
      [people('NAME')],
      [[{ method: 'null' }, 'SHOP.PUBLIC.PEOPLE.NAME (name)']],
    ],
    [
      'the strongest, for all reasons',
      [people('EMAIL'), people('NOTE')],
      [[redact, 'SHOP.PUBLIC.PEOPLE.EMAIL (email), SHOP.PUBLIC.PEOPLE.NOTE (unmasked)']],
    ],
    [
      'of two tags of a column',
      [people('BOTH')],
      [[redact, 'SHOP.PUBLIC.PEOPLE.BOTH (name), SHOP.PUBLIC.PEOPLE.BOTH (email)']],
    ],
    [
      'one reason, however often',
      [people('EMAIL'), people('EMAIL')],
      [[token, 'SHOP.PUBLIC.PEOPLE.EMAIL (email)']],
    ],
    ['none', [people('ID')], []],
  ])('%s', (_, sources, masks) => {
    expect(maskOf(sources)).toEqual(masks);
  });

  it('is said of the whole statement, at the place of the first output that is masked', () => {
    const first = { ...output('A', people('ID')), range: { start: 7, end: 9 } };
    const second = { ...output('B', people('NOTE')), range: { start: 10, end: 12 } };
    const third = { ...output('C', people('EMAIL')), range: { start: 13, end: 15 } };
    expect(of([first, second, third, third])).toMatchObject({
      effect: 'mask',
      rule: 'read',
      reason: 'masked: SHOP.PUBLIC.PEOPLE.NOTE (unmasked); SHOP.PUBLIC.PEOPLE.EMAIL (email)',
      range: { start: 10, end: 12 },
      masks: [{ output: 1 }, { output: 2 }, { output: 3 }],
    });
  });
});

describe('the mask of what is made of a value', () => {
  it.each<[string, readonly ColumnSource[], MaskingPolicy | null]>([
    ['an expression, redacted', [people('EMAIL', 'expression')], redact],
    ['an aggregate, redacted', [people('EMAIL', 'aggregate')], redact],
    ['an expression, as the value where the mask says so', [people('PAY', 'expression')], number],
    ['an aggregate, as the value where the mask says so', [people('PAY', 'aggregate')], number],
    ['a number of different ones, as the value', [people('PAY', 'distinct')], number],
    ['an aggregate that may be seen', [people('AGE', 'aggregate')], null],
    ['a number of different ones that may be seen', [people('AGE', 'distinct')], null],
    ['an expression, though aggregates may be seen', [people('AGE', 'expression')], redact],
    ['a number of tokens, which is the number of values', [people('EMAIL', 'distinct')], null],
    ['a number of values that have no tokens', [people('NOTE', 'distinct')], redact],
    ['a number of values one of whose tags has none', [people('BOTH', 'distinct')], redact],
    ['a count', [people('EMAIL', 'counted')], null],
  ])('%s', (_, sources, policy) => {
    expect(maskOf(sources).map(([found]) => found)).toEqual(policy === null ? [] : [policy]);
  });

  it('is NULL where the warehouse puts no blanks in its place', () => {
    const bare = (how: ColumnSource['how'], name = 'EMAIL') =>
      maskOf([people(name, how)], ada, { floor: false }).map(([found]) => found);
    expect(bare('expression')).toEqual([{ method: 'null' }]);
    expect(bare('aggregate')).toEqual([{ method: 'null' }]);
    // Without tokens, they are not what is counted.
    expect(bare('distinct')).toEqual([{ method: 'null' }]);
    expect(bare('direct')).toEqual([token]);
    expect(bare('expression', 'PAY')).toEqual([number]);
  });
});

describe('the mask of a document', () => {
  const jsonOf = (path: readonly string[] | undefined, how: ColumnSource['how'] = 'direct') =>
    maskOf([people('DOC', how, path)]).map(([policy]) => policy);
  const card = (...path: readonly string[]) => ({
    path,
    policy: { method: 'partial', keepFirst: 0, keepLast: 4 },
  });

  it('is on its parts', () => {
    expect(jsonOf(undefined)).toEqual([
      {
        method: 'json',
        paths: [
          { path: ['email'], policy: token },
          card('pay', 'card'),
          card('pay'),
          { path: ['salary'], policy: number },
        ],
      },
    ]);
  });

  it.each<[string, readonly string[], readonly object[]]>([
    ['the part itself', ['email'], [token]],
    ['a part without a tag', ['name'], []],
    ['a part of what is masked, of which nothing is shown', ['email', 'host'], [{ method: 'null' }]],
    // Of `pay` and of `pay.card`: the card is a part of what carries the tag.
    ['a part that is tagged, in a part that is tagged', ['pay', 'card'], [{ method: 'null' }]],
  ])('%s', (_, path, policies) => {
    expect(jsonOf(path)).toEqual(policies);
  });

  it('what is made of it is redacted, though its parts might be seen', () => {
    expect(jsonOf(undefined, 'expression')).toEqual([redact]);
    expect(jsonOf(['salary'], 'expression')).toEqual([number]);
    expect(jsonOf(undefined, 'aggregate')).toEqual([redact]);
    expect(jsonOf(['salary'], 'aggregate')).toEqual([number]);
  });
});

describe('a token beside values that anybody may have put there', () => {
  it.each<[string, readonly ColumnSource[], MaskingPolicy['method']]>([
    ['is redacted beside a free column', [people('EMAIL'), people('ID')], 'redact'],
    ['is redacted inside a document', [people('DOC'), people('ID')], 'redact'],
    ['is redacted beside what is made of one', [people('EMAIL'), people('ID', 'expression')], 'redact'],
    ['is redacted beside what a number chooses', [people('EMAIL'), people('ID', 'counted')], 'redact'],
    [
      'is redacted beside what its own number chooses',
      [people('EMAIL'), people('EMAIL', 'counted')],
      'redact',
    ],
    [
      'is redacted beside what a number of values chooses',
      [people('EMAIL'), people('EMAIL', 'distinct')],
      'redact',
    ],
    ['stays beside another token of its domain', [people('EMAIL'), people('EMAIL')], 'token'],
    ['is no matter of other masks', [people('PAY'), people('ID')], 'number'],
  ])('%s', (_, sources, method) => {
    expect(maskOf(sources).map(([policy]) => (policy as MaskingPolicy).method)).toEqual([method]);
  });

  it('is withheld where the same people write, from uses as well', () => {
    const policy = policyOf(`
version: 1
tags: { email: [SHOP.PUBLIC.OWN.EMAIL] }
masks: { tags: { email: { method: number, step: 1, uses: { group: token, order: blank } } } }
rules:
  - { name: read, effect: allow, when: { kinds: [query] } }
  - { name: own, effect: allow, when: { groups: [developers], kinds: [dml], objects: [{ access: [write], names: [SHOP.PUBLIC.OWN] }] } }`);
    const using = (as: 'group' | 'order', by = ada) => {
      const uses = [{ ...use('OWN.EMAIL', as), how: 'direct' as const }];
      return decide(policy, { ...select(output('ID', source('OWN.ID'))), uses }, asked(by)).effect;
    };
    expect([using('group'), using('order'), using('group', someone('Eve', 'guests'))]).toEqual([
      'block',
      'allow',
      'allow',
    ]);
    const shown = decide(policy, select(output('E', source('OWN.EMAIL'))), asked(ada));
    expect(masksOf(shown)).toMatchObject([{ policy: { method: 'number' } }]);
  });
});

describe('a rule that masks', () => {
  it('counts for the objects that it lets be read, and names itself', () => {
    const sue = someone('Sue', 'support');
    expect(of([output('P', people('PAY'))], sue)).toMatchObject({
      rule: 'support',
      masks: [{ policy: { method: 'null' } }],
    });
    expect(of([output('P', people('EMAIL'))], sue)).toMatchObject({
      rule: 'read',
      masks: [{ policy: token }],
    });
    expect(of([output('I', people('EMAIL')), output('P', people('PAY'))], sue)).toMatchObject({
      rule: 'support',
    });
    expect(of([output('P', people('PAY'))])).toMatchObject({ rule: 'read', masks: [{ policy: number }] });
  });

  it('wins over the mask of the column', () => {
    expect(maskOf([people('NAME')], someone('Sue', 'support')).map(([policy]) => policy)).toEqual([redact]);
  });
});

describe('an output of unknown origin', () => {
  const unknown = (unresolved: string, floor = true) => {
    const policy = policyOf(`
version: 1
approvers: { leads: { groups: [leads] } }
defaults: { unresolved: ${unresolved}, approvers: leads }
rules: [{ name: read, effect: allow, when: { kinds: [query] } }]`);
    const decision = decide(policy, select(unresolvedOutput), asked(ada, { floor }));
    return { effect: decision.effect, rule: decision.rule, masks: masksOf(decision) };
  };
  const because = 'its origin is not known: "a function of unknown result"';
  const detectors = ['card_number', 'us_ssn', 'iban', 'email', 'phone', 'national_id', 'secret_key', 'jwt'];

  it.each([
    ['redact', { effect: 'mask', rule: 'read', masks: [{ output: 0, policy: redact, because }] }],
    [
      '{ detect: [iban] }',
      {
        effect: 'mask',
        rule: 'read',
        masks: [{ output: 0, policy: { method: 'detect', detectors: ['iban'] }, because }],
      },
    ],
    // People let it through not knowing what it is: what can be recognised is masked still.
    [
      'ask',
      {
        effect: 'ask',
        rule: 'unresolved',
        masks: [{ output: 0, policy: { method: 'detect', detectors }, because }],
      },
    ],
    ['block', { effect: 'block', rule: 'unresolved', masks: [] }],
  ])('%s', (unresolved, expected) => {
    expect(unknown(unresolved)).toEqual(expected);
  });

  it('is NULL where the warehouse puts no blanks in its place', () => {
    expect(unknown('redact', false).masks).toEqual([{ output: 0, policy: { method: 'null' }, because }]);
  });
});
