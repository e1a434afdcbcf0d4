import { statementOrder, statementPage } from '@sluice/contract';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { read } from './read.ts';

it.each<[z.ZodType, unknown, string]>([
  [statementOrder, {}, '"sql": "missing: expected text"'],
  [statementOrder, undefined, '"sql": "missing: expected text"'],
  [statementOrder, { sql: '' }, '"sql": "expected at least 1 character, found an empty text"'],
  [statementOrder, { sql: 7 }, '"sql": "expected text, found another value"'],
  [statementOrder, { sql: 'SELECT 1', wait: 99 }, '"wait": "expected at most 30, found another value"'],
  [statementOrder, { sql: 'SELECT 1', no: 1 }, '"no": "unknown setting no"'],
  [statementOrder, [], '"expected settings by name (a mapping), found an empty list"'],
  [statementPage, { limit: 'x' }, '"limit": "expected a number, found another text"'],
])('says what is wanted, and where, and no value: %#', (schema, sent, problem) => {
  expect(() => read(schema, sent)).toThrow(`the request is not as it should be: ${problem}`);
});

it('says no more than a few things of a request that is wrong throughout', () => {
  const sent = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, 1]));
  expect(() => read(statementOrder, { sql: 'SELECT 1', ...sent })).toThrow(/^[^;]*(?:;[^;]*){4}$/);
});
