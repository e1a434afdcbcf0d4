import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadPolicy } from './index.ts';

it('loads the demo policy', () => {
  const text = readFileSync(new URL('../../demo/policy.yaml', import.meta.url), 'utf8');
  expect(loadPolicy(text).problems ?? []).toEqual([]);
});
