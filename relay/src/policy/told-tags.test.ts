import { describe, expect, it } from 'vitest';
import type { LoadedObject } from '@sluice/snowflake-sql';
import { loadPolicy } from './index.ts';
import { toldTags } from './told-tags.ts';

const NAME = { database: 'SHOP', schema: 'PUBLIC', name: 'LEADS' };
const POLICY = load(`
version: 1
tags: { pii: [], pii.email: [], pii.card: [], pii.national_id: [], secret: [] }
snowflake_tags: { 'CONFIDENTIALITY=high': secret, 'MASKING_POLICY=GOV.PUBLIC.*': secret, 'PII=card': pii.card }
rules: []`);

describe('what the account’s own tags stand for', () => {
  it.each([
    ['as the policy maps them', 'confidentiality', 'HIGH', ['secret']],
    ['nothing, where their value is not mapped', 'CONFIDENTIALITY', 'low', []],
    ['tags of their name', 'PII', '', ['pii']],
    ['and those of their name and value', 'PII', 'Email', ['pii', 'pii.email']],
    ['only what they are mapped to, where they are', 'PII', 'card', ['pii.card']],
    ['of the classification, what a column is called', 'SEMANTIC_CATEGORY', 'EMAIL', ['pii.email']],
    ['by another word for it', 'SEMANTIC_CATEGORY', 'US_SSN', ['pii.national_id']],
    ['nothing that the policy has no tag for', 'SEMANTIC_CATEGORY', 'AGE', []],
    ['nothing of other tags', 'COST_CENTER', 'email', []],
  ])('%s', (_title, name, value, tags) => {
    expect(POLICY.importedTags(name, value)).toEqual(tags);
  });

  it('are on the columns that have them, and a masking policy counts as mapped', () => {
    const governance = [
      { column: 'MAIL', tags: [{ name: 'PII', value: 'email' }], maskedBy: [] },
      { column: 'PAY', tags: [], maskedBy: ['GOV.PUBLIC.HIDE'] },
    ];
    expect(toldTags(POLICY, { ...LEADS, governance })).toEqual([
      { column: { object: NAME, column: 'MAIL' }, tag: { tag: 'pii' } },
      { column: { object: NAME, column: 'MAIL' }, tag: { tag: 'pii.email' } },
      { column: { object: NAME, column: 'PAY' }, tag: { tag: 'secret' } },
    ]);
  });

  it('are unknown on every column where they could not be asked for', () => {
    expect(
      toldTags(POLICY, { ...LEADS, governance: 'unknown' }).map(({ column, tag }) => [column.column, tag]),
    ).toEqual([
      ['MAIL', { tag: 'unknown' }],
      ['PAY', { tag: 'unknown' }],
    ]);
    expect(toldTags(POLICY, LEADS)).toEqual([]);
  });
});

const LEADS: LoadedObject = {
  name: NAME,
  object: {
    type: 'table',
    name: NAME,
    version: '1',
    columns: [
      { name: 'MAIL', type: 'VARCHAR' },
      { name: 'PAY', type: 'NUMBER(38,0)' },
    ],
  },
};

function load(text: string) {
  const loaded = loadPolicy(text);
  if (loaded.problems !== undefined) throw new Error(JSON.stringify(loaded.problems));
  return loaded.policy;
}
