import { expect, it } from 'vitest';
import type { OutcomeColumn } from '../../gate.ts';
import { shown } from '../../text/index.ts';
import { toRowType } from './row-type.ts';

const plain: OutcomeColumn = {
  name: 'N',
  type: 'fixed',
  nullable: false,
  precision: 18,
  scale: 0,
  length: null,
};

it('says nothing of a column that is as the warehouse has it', () => {
  expect(toRowType(plain)).not.toHaveProperty('sluice');
});

it('says apart from what drivers read what is masked, and what is computed on tokens', () => {
  const masked = { method: 'token', because: 'A.B.C.D (pii)', rule: 'masks' };
  const computedOn = { on: 'tokens', because: shown`A.B.C.D (pii)` } as const;
  expect(toRowType({ ...plain, masked, computedOn })).toEqual({
    ...toRowType(plain),
    sluice: { masked, computedOn },
  });
});
