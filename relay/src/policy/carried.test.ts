import { describe, expect, it } from 'vitest';
import type { ColumnFlow } from '@sluice/snowflake-sql';
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

describe('what a flow carries', () => {
  const carried = (from: ColumnFlow['from'], to: ColumnFlow['to'] = copy('A.X', 'COPY.X').to) => {
    const policy = policyOf(`
version: 1
tags:
  pii: [SHOP.PUBLIC.CUSTOMERS.EMAIL, SHOP.PUBLIC.COPY.TAGGED]
  card: ['SHOP.PUBLIC.CUSTOMERS.PROFILE:pay.card', 'SHOP.PUBLIC.CUSTOMERS.LIST:cards[*].number', 'SHOP.PUBLIC.CUSTOMERS.TWO:a', 'SHOP.PUBLIC.CUSTOMERS.TWO:b']
rules: []`);
    const insert = dml('insert', 'COPY', { flows: [{ from, to, range: { start: 50, end: 60 } }] });
    return carriedTags(policy, NONE, insert).map(({ tag }) => tag);
  };
  const opaque = { opaque: true, reason: 'dynamic SQL', range: { start: 1, end: 2 } } as const;

  it.each<[string, ColumnFlow['from'], ReturnType<typeof carried>]>([
    ['a value: its tag', source('CUSTOMERS.EMAIL'), [{ tag: 'pii' }]],
    ['what is made of it: its tag', source('CUSTOMERS.EMAIL', 'expression'), [{ tag: 'pii' }]],
    ['a count: nothing', source('CUSTOMERS.EMAIL', 'counted'), []],
    ['a value without a tag: nothing', source('CUSTOMERS.ID'), []],
    [
      'a document: the tag, at its path',
      source('CUSTOMERS.PROFILE'),
      [{ tag: 'card', path: ['pay', 'card'] }],
    ],
    [
      'a part of it: what is left of the path',
      source('CUSTOMERS.PROFILE', 'direct', ['pay']),
      [{ tag: 'card', path: ['card'] }],
    ],
    [
      'two parts of one tag: both',
      source('CUSTOMERS.TWO'),
      [
        { tag: 'card', path: ['a'] },
        { tag: 'card', path: ['b'] },
      ],
    ],
    [
      'any element of a list: the tag',
      source('CUSTOMERS.LIST', 'direct', ['cards', '3', 'number']),
      [{ tag: 'card' }],
    ],
    ['another part of it: nothing', source('CUSTOMERS.LIST', 'direct', ['cards', '3', 'name']), []],
    [
      'what is made of a document: the tag, wherever the value is now',
      source('CUSTOMERS.PROFILE', 'expression'),
      [{ tag: 'card' }],
    ],
    ['what nobody could see: a tag that no policy reveals', opaque, [{ tag: 'unknown' }]],
  ])('%s', (_, from, tags) => {
    expect(carried(from)).toEqual(tags);
  });

  it('nothing to what has the tag already, nor to what is no column', () => {
    expect(carried(source('CUSTOMERS.EMAIL'), copy('A.X', 'COPY.TAGGED').to)).toEqual([]);
    expect(carried(source('CUSTOMERS.EMAIL'), { type: 'variable', name: 'V' })).toEqual([]);
  });

  it('one tag beside another, each once', () => {
    const flows = ['EMAIL', 'EMAIL', 'CARD'].map((name) => copy(`CUSTOMERS.${name}`, 'COPY.X'));
    const policy = policyOf(`
version: 1
tags: { pii: [SHOP.PUBLIC.CUSTOMERS.EMAIL], card: [SHOP.PUBLIC.CUSTOMERS.CARD] }
rules: []`);
    expect(carriedTags(policy, NONE, dml('insert', 'COPY', { flows })).map(({ tag }) => tag.tag)).toEqual([
      'pii',
      'card',
    ]);
  });

  it('is redacted where nobody could see it, also of one who may see everything', () => {
    const insert = dml('insert', 'COPY', {
      flows: [{ from: opaque, to: copy('A.X', 'COPY.X').to, range: { start: 50, end: 60 } }],
    });
    const read = select(output('X', source('COPY.X')));
    const whole = { ...block(insert, read), outputs: read.outputs };
    const policy = policyOf(`
version: 1
tags: { pii: [] }
rules: [{ name: all, effect: allow, when: { flows: [{ tags: ['*'] }] }, reveal: [pii] }]`);
    expect(decide(policy, whole, asked(someone('Ada')))).toMatchObject({
      effect: 'mask',
      masks: [{ output: 0, policy: { method: 'redact' } }],
    });
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
