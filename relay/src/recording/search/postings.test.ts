import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addPacked, BLOCK, keepCommon, noBits, offsetsOf, packOffsets } from './postings.ts';

const offsets = fc
  .uniqueArray(fc.nat(BLOCK - 1), { maxLength: 3_000 })
  .map((given) => given.toSorted((a, b) => a - b));

it('unpacks what it has packed, in both forms', () => {
  const all = Array.from({ length: BLOCK }, (_, index) => index);
  fc.assert(
    fc.property(fc.oneof(offsets, fc.constant(all), fc.constant([])), (given) => {
      const bits = noBits();
      const packed = packOffsets(given);
      expect(packed.length).toBeLessThanOrEqual(1 + BLOCK / 8);
      addPacked(bits, packed);
      expect(offsetsOf(bits)).toEqual(given);
    }),
  );
});

it('has what is in one or the other, or in both', () => {
  fc.assert(
    fc.property(offsets, offsets, (one, other) => {
      const [either, both, others] = [noBits(), noBits(), noBits()];
      for (const bits of [either, both]) addPacked(bits, packOffsets(one));
      addPacked(others, packOffsets(other));
      addPacked(either, packOffsets(other));
      keepCommon(both, others);
      expect(new Set(offsetsOf(either))).toEqual(new Set([...one, ...other]));
      expect(new Set(offsetsOf(both))).toEqual(new Set(one).intersection(new Set(other)));
    }),
  );
});
