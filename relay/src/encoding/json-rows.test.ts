import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeRows, joinRows, parseRows, splitRows } from './json-rows.ts';

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

it.each(['["a"', '"a"', '["a"]x["b"]', '["a],["b"]'])('does not split what is no rows: %s', (text) => {
  expect(() => [...splitRows(Buffer.from(text), { rows: 1, bytes: 100 })]).toThrow('not encoded');
});
