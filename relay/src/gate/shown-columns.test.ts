import { describe, expect, it } from 'vitest';
import type { AllowDecision, Decision, MaskDecision } from '../policy/index.ts';
import { shown } from '../text/index.ts';
import type { ResultColumn } from '../warehouse/index.ts';
import { recordedComputedOn, rowsComputedOn, shownColumns } from './shown-columns.ts';

const base = {
  rule: 'read',
  reason: shown``,
  range: { start: 0, end: 1 },
  sentence: shown``,
  policyVersion: 'v',
  limits: {},
} as const;
const allowed: AllowDecision = { ...base, effect: 'allow' };
const masked: MaskDecision = {
  ...base,
  effect: 'mask',
  masks: [{ output: 1, policy: { method: 'redact' }, because: shown`T.B (pii)` }],
};
const rows = { on: 'tokens', because: shown`T.C (pii)` } as const;
const outputs = [{ output: 0, on: 'blanks', because: shown`T.D (pii)` }] as const;
const column = (name: string): ResultColumn => ({
  name,
  type: 'text',
  nullable: false,
  precision: null,
  scale: null,
  length: null,
});
const columns = [column('A'), column('B')];

describe('a result’s columns', () => {
  it('are as they are, when nothing is masked or computed on something else', () => {
    expect(shownColumns(columns, { decision: allowed })).toEqual(columns);
  });

  it('say which is masked, how and why', () => {
    expect(shownColumns(columns, { decision: masked })).toEqual([
      columns[0],
      { ...columns[1], masked: { method: 'redact', because: shown`T.B (pii)`, rule: 'masks' } },
    ]);
  });

  it('say by which rule, where one says how', () => {
    const decision: MaskDecision = { ...masked, masks: [{ ...masked.masks[0]!, rule: 'cards' }] };
    expect(shownColumns(columns, { decision })[1]?.masked?.rule).toBe('cards');
  });

  it('say which is computed on something else than values', () => {
    const decision: AllowDecision = { ...allowed, computedOn: { rows: null, outputs } };
    expect(shownColumns(columns, { decision })).toEqual([
      { ...columns[0], computedOn: { on: 'blanks', because: shown`T.D (pii)` } },
      columns[1],
    ]);
  });
});

describe('a result’s rows', () => {
  it.each([
    ['were chosen by values', allowed, {}],
    [
      'were chosen by values, of which columns are made',
      { ...allowed, computedOn: { rows: null, outputs } },
      {},
    ],
    ['were chosen by tokens', { ...allowed, computedOn: { rows, outputs: [] } }, { computedOn: rows }],
  ])('%s', (_, decision, expected) => {
    expect(rowsComputedOn({ decision })).toEqual(expected);
  });
});

describe('the record', () => {
  it.each<[string, Decision, object]>([
    ['has nothing where all is of values', allowed, {}],
    [
      'has both rows and columns',
      { ...masked, computedOn: { rows, outputs } },
      { computedOn: { rows, outputs } },
    ],
    ['has nothing of what does not run', { ...base, effect: 'block' }, {}],
  ])('%s', (_, decision, expected) => {
    expect(recordedComputedOn(decision)).toEqual(expected);
  });
});
