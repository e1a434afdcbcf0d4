import { expect, it } from 'vitest';
import { outlineOf } from './index.ts';

/** Of one rule, as it would stand in a policy. */
function sentenceOf(rule: string, approvers = '{ groups: [leads], needed: 1, expires_after: 30m }'): string {
  const outline = outlineOf(
    `version: 1\nmasks: {}\napprovers: { leads: ${approvers} }\nrules:\n  - { name: r, reason: because, ${rule} }\n`,
  );
  expect(outline).not.toBeNull();
  return outline!.rules[0]!.sentence;
}

it.each([
  ['{}', 'Everybody may do anything.'],
  ['{ groups: [dev] }', 'Members of dev may do anything.'],
  ['{ groups: [dev, ops, qa] }', 'Members of dev, ops or qa may do anything.'],
  ['{ people: [ada, bo] }', 'Ada or bo may do anything.'],
  ['{ groups: [dev], people: [ada] }', 'Members of dev or ada may do anything.'],
  ['{ groups: [dev], identities: [person] }', 'People of dev may do anything.'],
  ['{ identities: [person, workload] }', 'People and pipelines may do anything.'],
  ['{ applications: [dbt, Snowpark] }', 'Everybody, with dbt or Snowpark, may do anything.'],
  ['{ agents: [Copilot] }', 'Everybody, through the agent Copilot, may do anything.'],
  ['{ protocols: [snowflake, mcp, api] }', 'Everybody, over a driver, MCP or the API, may do anything.'],
  ["{ during: { from: '08:00', to: '18:00' } }", 'Everybody, from 08:00 to 18:00, may do anything.'],
  [
    "{ outside: { days: [sat, sun], from: '00:00', to: '24:00' } }",
    'Everybody, not on sat or sun from 00:00 to 24:00, may do anything.',
  ],
  [
    "{ groups: [dev], applications: [dbt], agents: [Copilot], during: { from: '08:00', to: '18:00' } }",
    'Members of dev, with dbt, through the agent Copilot, from 08:00 to 18:00, may do anything.',
  ],
])('who: %s', (when, sentence) => {
  expect(sentenceOf(`effect: allow, when: ${when}`)).toBe(sentence);
});

it.each([
  ['{ kinds: [query, create_table] }', 'run query or create table statements'],
  ['{ objects: [{ names: [A.B.C] }] }', 'use A.B.C'],
  ['{ kinds: [query], objects: [{ names: [A.B.C] }] }', 'use A.B.C, with query statements'],
  [
    '{ objects: [{ names: [A.B.C, A.B.D], access: [read, grant, call], types: [file_format, view] }] }',
    'read, grant on or call file format or view A.B.C or A.B.D',
  ],
  [
    '{ objects: [{ names: [A.B.C], access: [create] }, { names: [A.B.D], access: [alter, drop, describe, use, write] }] }',
    'create A.B.C and alter, drop, describe, use or change A.B.D',
  ],
  ['{ uses: [{ tags: [pii.email] }] }', 'compute with pii.email'],
  ["{ uses: [{ tags: ['*'] }] }", 'compute with anything sensitive'],
  ['{ uses: [{ tags: [a, b], as: [compare] }] }', 'use a or b to compare'],
  [
    '{ uses: [{ tags: [a], as: [group, order, window] }, { tags: [b], as: [aggregate, count, condition, argument] }] }',
    'use a to group, order or build windows and use b to aggregate, count, test for NULL or a condition or pass to a function',
  ],
  ['{ flows: [{ tags: [a] }] }', 'copy a'],
  ["{ flows: [{ tags: ['*', a], to: [column, location] }] }", 'copy * or a to a column or location'],
  ['{ functions: [F, G] }', 'call F or G'],
  [
    '{ objects: [{ names: [A.B.C] }], uses: [{ tags: [a] }], flows: [{ tags: [b] }], functions: [F] }',
    'use A.B.C, compute with a, copy b and call F',
  ],
])('what: %s', (when, what) => {
  expect(sentenceOf(`effect: allow, when: ${when}`)).toBe(`Everybody may ${what}.`);
});

it.each([
  ['{ opaque: true }', 'do what cannot be known beforehand'],
  ['{ unresolved: true }', 'return columns of unknown origin'],
  [
    '{ opaque: true, unresolved: true, reads: [a, b] }',
    'do what cannot be known beforehand, return columns of unknown origin and read a or b',
  ],
  ["{ reads: ['*'] }", 'read anything sensitive'],
  ['{ missing_where: true, objects: [{ names: [A.B.C] }] }', 'use A.B.C without a WHERE'],
  [
    '{ missing_where: true, kinds: [dml], objects: [{ names: [A.B.C] }] }',
    'use A.B.C without a WHERE, with dml statements',
  ],
])('what sets a rule off: %s', (when, what) => {
  expect(sentenceOf(`effect: block, when: ${when}`)).toBe(`Nobody may ${what}.`);
  expect(sentenceOf(`effect: block, when: { groups: [dev], ${when.slice(1)}`)).toBe(
    `Members of dev may not ${what}.`,
  );
});

it.each([
  ["['*']", 'everything sensitive'],
  ['[a]', 'a'],
  ['[a, b]', 'a and b'],
  ["['*', a, b]", '*, a and b'],
])('reveal: %s', (tags, what) => {
  expect(sentenceOf(`effect: allow, when: {}, reveal: ${tags}`)).toBe(
    `Everybody may do anything, and see ${what} unmasked.`,
  );
});

it.each([
  ['{ method: redact }', 'redacted'],
  ['{ method: null }', 'as NULL'],
  ["{ method: 'null' }", 'as NULL'],
  ['{ method: constant, value: x }', 'as a constant'],
  ['{ method: partial, keep_first: 1 }', 'with the first character kept'],
  ['{ method: partial, keep_last: 1 }', 'with the last character kept'],
  ['{ method: partial, keep_last: 4 }', 'with the last 4 characters kept'],
  ['{ method: partial, keep_first: 2, keep_last: 1 }', 'with the first 2 and the last 1 characters kept'],
  ['{ method: partial, keep_first: 1, keep_last: 1 }', 'with the first 1 and the last 1 characters kept'],
  ['{ method: token }', 'as a token, the same for the same value'],
  ['{ method: date, to: quarter }', 'rounded to its quarter'],
  ['{ method: number, step: 1000 }', 'rounded to 1000'],
  ['{ method: detect, detectors: [email] }', 'with what is recognised in it masked'],
])('mask: %s', (mask, words) => {
  expect(sentenceOf(`effect: mask, when: {}, masks: { a: ${mask} }`)).toBe(
    `Everybody may do anything, with a ${words}.`,
  );
});

it('several masks, one after the other', () => {
  expect(sentenceOf('effect: mask, when: {}, masks: { a: { method: redact }, b: { method: token } }')).toBe(
    'Everybody may do anything, with a redacted and b as a token, the same for the same value.',
  );
});

it.each([
  ['{ groups: [leads], needed: 1, expires_after: 30m }', 'somebody of leads agrees, within 30m'],
  ['{ groups: [a, b, c], needed: 2, expires_after: 2h }', '2 people of a, b or c agree, within 2h'],
])('approvers: %s', (approvers, words) => {
  expect(sentenceOf('effect: ask, when: {}, approvers: leads', approvers)).toBe(
    `Everybody may do anything, once ${words}.`,
  );
});

it('approvers whom the policy does not have', () => {
  expect(sentenceOf('effect: ask, when: {}, approvers: others')).toBe(
    'Everybody may do anything, once others are asked.',
  );
  expect(sentenceOf('effect: ask, when: {}, approvers: toString')).toBe(
    'Everybody may do anything, once toString are asked.',
  );
});
