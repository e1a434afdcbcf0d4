import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeRows, joinRows, parseRows, sliceRows, splitRows } from './json-rows.ts';

const cell = fc.option(fc.string({ unit: 'binary', maxLength: 20 }), { nil: null });

it('splits rows where one ends, into no more than is asked for, and joins them again', () => {
  const some = fc.array(fc.array(cell, { maxLength: 3 }), { maxLength: 30 });
  const most = fc.record({ rows: fc.integer({ min: 1, max: 10 }), bytes: fc.integer({ min: 0, max: 100 }) });
  fc.assert(
    fc.property(some, most, (rows, most) => {
      const bytes = encodeRows(rows);
      const portions = [...splitRows(bytes, most)];
      for (const { bytes, rowCount } of portions) {
        expect(parseRows(bytes)).toHaveLength(rowCount);
        expect(rowCount).toBeLessThanOrEqual(most.rows);
        expect(rowCount === 1 || bytes.length <= most.bytes).toBe(true);
      }
      expect(Buffer.from(joinRows(portions.map(({ bytes }) => bytes)))).toEqual(bytes);
    }),
  );
});

it('takes some of the rows, by their numbers', () => {
  const some = fc.array(fc.array(cell, { maxLength: 3 }), { maxLength: 30 });
  fc.assert(
    fc.property(some, fc.nat(35), fc.nat(35), (rows, start, length) => {
      const slice = sliceRows(encodeRows(rows), start, start + length);
      expect(parseRows(slice)).toEqual(rows.slice(start, start + length));
    }),
  );
});

it.each(['["a"', '"a"', '["a"]x["b"]', '["a],["b"]'])('does not split what is no rows: %s', (text) => {
  expect(() => [...splitRows(Buffer.from(text), { rows: 1, bytes: 100 })]).toThrow('not encoded');
});
