import { expect, it } from 'vitest';
import type { ColumnUse } from '../statement/index.ts';
import { decide } from './decide.ts';
import { asked, output, policyOf, select, someone, source, use } from './statement-fixtures.ts';

const POLICY = policyOf(`
version: 1
tags: { pay: [SHOP.PUBLIC.PEOPLE.PAY], email: [SHOP.PUBLIC.PEOPLE.EMAIL] }
masks:
  tags:
    pay: { method: redact, uses: { order: blank } }
    email: { method: redact, uses: token }
defaults: { uses: block }
rules:
  - name: read
    effect: allow
    when: { kinds: [query], objects: [{ access: [read], names: ['SHOP.*.*'] }], uses: [{ tags: ['*'], as: [equal] }] }
`);

const used = (column: string, as: ColumnUse['as']): ColumnUse => ({
  ...use(`PEOPLE.${column}`, as),
  how: 'direct',
});

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
] as const)('a statement with %s', (_, uses, effect) => {
  const statement = { ...select(output('ID', source('PEOPLE.ID'))), uses };
  expect(decide(POLICY, statement, asked(someone('Ada', 'developers'))).effect).toBe(effect);
});
