import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorsDocument } from '../bin/errors-document.ts';
import { type ErrorEntry, ERRORS } from './errors.ts';

it('is what docs/errors.md says; `npm run errors:write` brings it up to date', () => {
  expect(readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')).toBe(errorsDocument());
});

describe.each(Object.entries(ERRORS) as [string, ErrorEntry][])('%s', (_, entry) => {
  it('says what it means and what to do, a sentence each', () => {
    const { meaning, advice } = entry;
    for (const text of [meaning, advice].filter((text) => text !== '')) {
      expect(text).toMatch(/^[A-Z`].*[.]$/s);
      expect(text).not.toMatch(/[|\n]/);
    }
    expect(meaning).not.toBe('');
  });

  it('has codes of the form that each protocol wants', () => {
    const { status, snowflake } = entry;
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(snowflake.code).toMatch(/^\d{6}$/);
    expect(snowflake.sqlState).toMatch(/^[0-9A-Z]{5}$/);
  });
});
