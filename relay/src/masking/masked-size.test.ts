import { expect, it } from 'vitest';
import { encodeRows } from '../encoding/index.ts';
import { shape } from '../encoding/arrow/testing.ts';
import { compileMask } from './compile-mask.ts';
import { maskJson } from './mask-json.ts';
import { maskedSize } from './masked-size.ts';
import type { MaskingPolicy } from './masking-policy.ts';

const KEYS = { token: new Uint8Array(32).fill(7) };
const size = (policies: readonly MaskingPolicy[], rowCount: number, bytes: number) =>
  maskedSize(
    { masks: policies.map((policy, output) => ({ output, policy, because: '' })) },
    { rowCount, bytes },
  );

it('is the size of what is not masked', () => {
  expect(size([], 10, 1_234)).toBe(1_234);
});

it.each<[MaskingPolicy, number]>([
  [{ method: 'redact' }, 48],
  [{ method: 'null' }, 48],
  [{ method: 'partial', keepFirst: 1, keepLast: 1 }, 48],
  [{ method: 'date', to: 'year' }, 48],
  [{ method: 'number', step: 10 }, 48],
  [{ method: 'detect', detectors: ['email'] }, 48],
  [{ method: 'token', domain: 'd' }, 72],
  // Within a JSON text within JSON: "\"ab\"".
  [{ method: 'constant', value: 'ab' }, 8],
  [{ method: 'constant', value: '"é"' }, 16],
  [{ method: 'json', paths: [] }, 48],
  [{ method: 'json', paths: [{ path: ['a'], policy: { method: 'token', domain: 'd' } }] }, 48 + 72],
  [
    {
      method: 'json',
      paths: [
        { path: ['a'], policy: { method: 'redact' } },
        { path: ['b'], policy: { method: 'constant', value: 'ab' } },
      ],
    },
    48 + 48 + 8,
  ],
])('and for each row what %o may add', (policy, each) => {
  expect(size([policy], 1, 100)).toBe(100 + each);
  expect(size([policy], 10, 100)).toBe(100 + 10 * each);
  expect(size([policy, policy], 10, 100)).toBe(100 + 20 * each);
  expect(size([policy], 0, 100)).toBe(100);
});

it('is three times as much where a wildcard may match any part of it', () => {
  const wild = { path: ['a', '*'], policy: { method: 'redact' } } as const;
  expect(size([{ method: 'json', paths: [wild] }], 10, 1_000)).toBe(1_000 + 48 * 10 + 2_000);
});

it.each<[MaskingPolicy, string]>([
  [{ method: 'redact' }, ''],
  [{ method: 'token', domain: 'd' }, 'x'],
  [{ method: 'constant', value: '"\\"' }, ''],
  [{ method: 'partial', keepFirst: 1, keepLast: 1 }, '"'],
])('is no less than what is written: %o of %j', (policy, value) => {
  const column = shape('text', { name: 'C' });
  const bytes = encodeRows(Array.from({ length: 20 }, () => [value]));
  const masked = maskJson(bytes, 20, [compileMask(policy, column, KEYS)]);
  expect(masked.byteLength).toBeLessThanOrEqual(size([policy], 20, bytes.byteLength));
});
