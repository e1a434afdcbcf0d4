import { describe, expect, it } from 'vitest';
import type { ColumnUse } from '@sluice/snowflake-sql';
import { decide } from './decide.ts';
import { asked, output, policyOf, select, someone, source, use } from './statement-fixtures.ts';

const POLICY = policyOf(`
version: 1
tags:
  pay: [SHOP.PUBLIC.PEOPLE.PAY, SHOP.PUBLIC.PEOPLE.BOTH, 'SHOP.PUBLIC.PEOPLE.DOC:pay']
  email: [SHOP.PUBLIC.PEOPLE.EMAIL, SHOP.PUBLIC.PEOPLE.BOTH, 'SHOP.PUBLIC.PEOPLE.DOC:email']
  name: [SHOP.PUBLIC.PEOPLE.NAME]
masks:
  tags:
    pay: { method: redact, uses: { order: blank } }
    name: { method: redact, uses: { group: blank, order: blank, argument: blank } }
    email: { method: redact, uses: token }
defaults: { uses: block }
rules:
  - name: read
    effect: allow
    when: { kinds: [query], objects: [{ access: [read], names: ['SHOP.*.*'] }], uses: [{ tags: ['*'], as: [equal, condition, count] }] }
`);

const used = (column: string, as: ColumnUse['as']): ColumnUse => ({
  ...use(`PEOPLE.${column}`, as),
  how: 'direct',
});

const effectOf = (uses: readonly ColumnUse[], parts = {}) => {
  const statement = { ...select(output('ID', source('PEOPLE.ID'))), uses };
  return decide(POLICY, statement, asked(someone('Ada', 'developers'), parts)).effect;
};

it.each([
  ['one that runs on blanks', [used('PAY', 'order')], 'allow'],
  ['one that runs on tokens', [used('EMAIL', 'group')], 'allow'],
  ['one that a rule lets have the values', [used('PAY', 'equal')], 'allow'],
  ['one on blanks beside one that has the values', [used('PAY', 'order'), used('PAY', 'equal')], 'block'],
  ['one on tokens beside one that has the values', [used('EMAIL', 'group'), used('EMAIL', 'equal')], 'block'],
  [
    'one on tokens beside another column that is looked at',
    [used('EMAIL', 'group'), used('PAY', 'equal')],
    'allow',
  ],
  ['one that nothing serves', [used('PAY', 'compare')], 'block'],
  [
    'one on tokens beside one that only asks whether there is a value',
    [used('EMAIL', 'group'), used('EMAIL', 'condition')],
    'allow',
  ],
  ['one on blanks beside a count', [used('PAY', 'order'), used('PAY', 'count')], 'allow'],
  ['one on blanks beside another on blanks', [used('NAME', 'group'), used('NAME', 'order')], 'allow'],
  ['one on blanks of what is made of the column', [{ ...used('NAME', 'group'), how: 'expression' }], 'allow'],
  [
    'one on tokens of what is made of the column',
    [{ ...used('EMAIL', 'group'), how: 'expression' }],
    'block',
  ],
  ['one that only one of two tags serves', [used('BOTH', 'group')], 'block'],
  ['one of a part of a document that runs on blanks', [{ ...used('DOC', 'order'), path: ['pay'] }], 'allow'],
  ['one of another part', [{ ...used('DOC', 'order'), path: ['email'] }], 'block'],
  ['one of the whole document', [used('DOC', 'order')], 'block'],
] as const)('a statement with %s', (_, uses, effect) => {
  expect(effectOf(uses)).toBe(effect);
});

describe('a warehouse that has no substitutes', () => {
  it.each([
    ['runs nothing on blanks', [used('PAY', 'order')]],
    ['runs nothing on tokens', [used('EMAIL', 'group')]],
  ] as const)('%s', (_, uses) => {
    expect(effectOf(uses, { floor: false })).toBe('block');
  });
});
