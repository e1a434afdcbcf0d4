import { expect, it } from 'vitest';
import type { MaskingPolicy } from '../masking/index.ts';
import { strongest } from './strength.ts';

const token = (domain: string): MaskingPolicy => ({ method: 'token', domain });
const json = (...path: readonly string[]): MaskingPolicy => ({
  method: 'json',
  paths: [{ path, policy: token('a') }],
});
const partial = (keepLast: number): MaskingPolicy => ({ method: 'partial', keepFirst: 0, keepLast });
const redact: MaskingPolicy = { method: 'redact' };

it.each<[string, readonly MaskingPolicy[], MaskingPolicy]>([
  ['the one', [redact], redact],
  ['nothing where each shows another thing', [partial(4), token('a')], redact],
  ['what keeps less', [partial(4), partial(2)], partial(2)],
  [
    'the ends that both keep',
    [partial(4), { method: 'partial', keepFirst: 1, keepLast: 2 }],
    { method: 'partial', keepFirst: 0, keepLast: 2 },
  ],
  [
    'the coarser',
    [
      { method: 'date', to: 'month' },
      { method: 'date', to: 'year' },
    ],
    { method: 'date', to: 'year' },
  ],
  ['null over all', [redact, { method: 'null' }, json('x')], { method: 'null' }],
  ['tokens of one domain', [token('a'), token('a')], token('a')],
  ['no token where domains differ', [token('a'), token('b')], redact],
  [
    'all parts of documents',
    [json('x'), json('y')],
    {
      method: 'json',
      paths: [
        { path: ['x'], policy: token('a') },
        { path: ['y'], policy: token('a') },
      ],
    },
  ],
  [
    'the stronger at one path',
    [json('x'), { method: 'json', paths: [{ path: ['x'], policy: redact }] }],
    { method: 'json', paths: [{ path: ['x'], policy: redact }] },
  ],
  ['a document and a value', [json('x'), partial(4)], redact],
  [
    'all detectors',
    [
      { method: 'detect', detectors: ['email'] },
      { method: 'detect', detectors: ['jwt', 'email'] },
    ],
    { method: 'detect', detectors: ['email', 'jwt'] },
  ],
  [
    'a text with some sensitive parts, and a value',
    [{ method: 'detect', detectors: ['email'] }, partial(4)],
    redact,
  ],
  [
    'a constant over what shows something',
    [partial(4), { method: 'constant', value: 'x' }],
    { method: 'constant', value: 'x' },
  ],
  ['no value over a constant', [redact, { method: 'constant', value: 'x' }], redact],
  ['a redaction over a part of it', [redact, partial(4)], redact],
  ['a redaction for a document and a constant', [json('x'), { method: 'constant', value: 'x' }], redact],
  [
    'a redaction for a document and a text with sensitive parts',
    [json('x'), { method: 'detect', detectors: ['jwt'] }],
    redact,
  ],
  ['null for a document that one shows nothing of', [json('x'), { method: 'null' }], { method: 'null' }],
  [
    'nothing of a day that is hidden and a number that is rounded',
    [
      { method: 'date', to: 'year' },
      { method: 'number', step: 10 },
    ],
    redact,
  ],
  ['nothing of a token and a rounded number', [token('a'), { method: 'number', step: 10 }], redact],
  ['nothing of a token and a day', [token('a'), { method: 'date', to: 'month' }], redact],
  [
    'nothing of a token beside a text with sensitive parts',
    [token('a'), { method: 'detect', detectors: ['jwt'] }],
    redact,
  ],
])('%s', (_title, policies, expected) => {
  expect(strongest(policies)).toEqual(expected);
  expect(strongest(policies.toReversed())).toMatchObject({ method: expected.method });
});

it.each([
  ['month', 'quarter', 'quarter'],
  ['month', 'year', 'year'],
  ['quarter', 'year', 'year'],
  ['year', 'year', 'year'],
] as const)('of the %s and the %s, the %s, whichever comes first', (one, other, coarser) => {
  const dates = [one, other].map((to) => ({ method: 'date', to }) as const);
  expect([strongest(dates), strongest(dates.toReversed())]).toEqual([
    { method: 'date', to: coarser },
    { method: 'date', to: coarser },
  ]);
});

it.each([
  [10, 1000],
  [0.001, 0.5],
  [1e10, 1e12],
])('of steps of %d and of %d, the wider, whichever comes first', (narrow, wide) => {
  const numbers = [narrow, wide].map((step) => ({ method: 'number', step }) as const);
  expect([strongest(numbers), strongest(numbers.toReversed())]).toEqual([
    { method: 'number', step: wide },
    { method: 'number', step: wide },
  ]);
});
