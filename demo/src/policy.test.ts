import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadPolicy } from '../../relay/src/policy/index.ts';
import { analyze } from '@sluice/snowflake-sql';
import { readCases, testPolicy } from '../../relay/src/rehearsal/index.ts';

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const { policy, problems } = loadPolicy(read('policy.yaml'));
const cases = readCases(read('policy.test.yaml'));

it('the demo policy and its cases are well formed', () => {
  expect([problems, 'problems' in cases]).toEqual([undefined, false]);
});

it('the demo policy says what its cases expect', () => {
  const results = policy === undefined || 'problems' in cases ? [] : testPolicy(policy, cases.cases, analyze);
  expect(results.length).toBeGreaterThan(10);
  expect(
    results.filter(({ failures }) => failures.length > 0).map(({ name, failures }) => [name, failures]),
  ).toEqual([]);
});
