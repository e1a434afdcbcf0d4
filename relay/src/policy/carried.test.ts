import { expect, it } from 'vitest';
import { carriedTags } from './carried.ts';
import { decide } from './decide.ts';
import {
  asked,
  copy,
  dml,
  output,
  policyOf,
  select,
  someone,
  source,
  statement,
} from './statement-fixtures.ts';

const POLICY = policyOf(`
version: 1
tags: { pii: [SHOP.PUBLIC.CUSTOMERS.EMAIL] }
rules:
  - { name: all, effect: allow, when: { flows: [{ tags: [pii] }] } }`);
const NONE = { tagsOf: () => [] };
const block = (...inner: Parameters<typeof decide>[1][]) =>
  statement({ kind: { family: 'scripting', name: 'block' }, inner });

const first = dml('insert', 'A', { flows: [copy('CUSTOMERS.EMAIL', 'A.X')] });
const second = dml('insert', 'B', { flows: [copy('A.X', 'B.X')] });
const reading = select(output('HARMLESS', source('B.X')));

it.each([
  ['in their order', block(first, second)],
  ['whatever their order: they may stand in a loop', block(second, first)],
])('carries tags from statement to statement of a block, %s', (_title, meaning) => {
  const columns = carriedTags(POLICY, NONE, meaning).map(({ column, tag }) => [column.object.name, tag.tag]);
  expect(columns.toSorted(([a], [b]) => (a! < b! ? -1 : 1))).toEqual([
    ['A', 'pii'],
    ['B', 'pii'],
  ]);
});

it('ends where columns feed themselves', () => {
  const round = dml('insert', 'A', {
    flows: [copy('CUSTOMERS.EMAIL', 'A.X'), copy('A.X', 'B.X'), copy('B.X', 'A.X')],
  });
  expect(carriedTags(POLICY, NONE, round)).toHaveLength(2);
});

it('decides on a block knowing what its own statements carry', () => {
  const whole = { ...block(first, second, reading), outputs: reading.outputs };
  expect(decide(POLICY, whole, asked(someone('Ada')))).toMatchObject({
    effect: 'mask',
    masks: [{ output: 0 }],
  });
});

it('still sees each flow as one', () => {
  const strict = policyOf(`
version: 1
tags: { pii: [SHOP.PUBLIC.CUSTOMERS.EMAIL] }
rules: [{ name: all, effect: allow, when: {} }]`);
  expect(decide(strict, block(first, second), asked(someone('Ada')))).toMatchObject({
    effect: 'block',
    rule: 'flows',
  });
});
