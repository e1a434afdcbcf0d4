import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

it.each([
  // RFC 8785, section 3.2.3: sorted by UTF-16 code units.
  [
    { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 },
    '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
  ],
  // Section 3.2.2: numbers and escapes.
  [
    [JSON.parse('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    '[333333333.3333333,1e+30,4.5,0.002,1e-27]',
  ],
  ['\u20ac$\u000f\nA\'B"\\"/', '"\u20ac$\\u000f\\nA\'B\\"\\\\\\"/"'],
  [{ a: undefined, b: [null, true, false, {}] }, '{"b":[null,true,false,{}]}'],
])('writes %j as RFC 8785 does', (value, expected) => {
  expect(canonicalJson(value)).toBe(expected);
});

it.each([NaN, Infinity, -0, '\ud800', { '\udc00': 1 }, [undefined], 1n])('refuses %s', (value) => {
  expect(() => canonicalJson(value)).toThrow(TypeError);
});

it('does not depend on the order of members, and loses nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const parsed: unknown = JSON.parse(JSON.stringify(value));
      const written = canonicalJson(parsed);
      expect(JSON.parse(written)).toEqual(parsed);
      expect(canonicalJson(JSON.parse(written))).toBe(written);
    }),
  );
});
