import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wildcard } from './wildcard.ts';

it.each([
  ['abc', 'abc', true],
  ['abc', 'abcd', false],
  ['*', '', true],
  ['a*', 'a', true],
  ['*a', 'ba', true],
  ['a*a', 'a', false],
  ['a*b*c', 'a.b.b.c', true],
  ['a*b*c', 'a.c.b', false],
  ['*aab*', 'aaab', true],
  ['a.c', 'abc', false],
  ['**', 'two lines\nof text', true],
])('%s and %j: %s', (pattern, text, expected) => {
  expect(wildcard(pattern)(text)).toBe(expected);
});

it('matches what the regular expression would', () => {
  const few = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
  fc.assert(
    fc.property(few, text, (pattern, candidate) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 's');
      expect(wildcard(pattern)(candidate)).toBe(expression.test(candidate));
    }),
    { numRuns: 2_000 },
  );
});
