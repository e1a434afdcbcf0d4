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
])('%s', (_title, policies, expected) => {
  expect(strongest(policies)).toEqual(expected);
});
