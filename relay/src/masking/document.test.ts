import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rewriteDocument } from './document.ts';
import { each } from './cell.ts';
import { jsonMask } from './json-mask.ts';

const VARIANT = { name: '', type: 'variant', precision: null, scale: null, length: null } as const;
/** Each path's mask puts its own name there: one value at a time, or, as tokens are made, those of all documents together. */
const inColumn = (method: 'constant' | 'token', ...paths: readonly string[]) =>
  jsonMask(
    paths.map((path) => ({
      path: path.split('.'),
      policy: method === 'token' ? { method, domain: path } : { method, value: path },
    })),
    VARIANT,
    (policy) => {
      const name =
        policy.method === 'constant' ? policy.value : policy.method === 'token' ? policy.domain : '';
      return each((cell) => JSON.stringify(`${name}(${cell.length})`));
    },
  );
const masking =
  (...paths: readonly string[]) =>
  (given: string) => {
    const [one, together] = (['constant', 'token'] as const).map((method) =>
      inColumn(method, ...paths)([given]),
    );
    expect(together).toEqual(one);
    return one![0]!;
  };

/** Rules that change nothing but scalars, everywhere. */
const ASIDE = {
  inKey: () => 1,
  inArray: () => 1,
  whole: (_: number, value: string) => value,
  rename: () => null,
};

describe('a document is walked once for all its paths', () => {
  it.each([
    ['a key twice', ['a'], '{"a":1,"b":2,"a":"x"}', '{"a":"a(1)","b":2,"a":"a(3)"}'],
    ['a key in another case', ['a'], '{"A":1,"a":1}', '{"A":1,"a":"a(1)"}'],
    ['a key written with escapes', ['a'], '{"\\u0061":"x"}', '{"\\u0061":"a(3)"}'],
    [
      'white space and digits, which stay',
      ['a'],
      ' { "b" : 1.50e1 , "a":\n1 } ',
      ' { "b" : 1.50e1 , "a":\n"a(1)" } ',
    ],
    ['any key', ['*.a'], '{"x":{"a":1},"y":{"b":1},"z":3}', '{"x":{"a":"*.a(1)"},"y":{"b":1},"z":"*.a(1)"}'],
    ['any key and one of them', ['*.a', 'x.b'], '{"x":{"a":1,"b":2}}', '{"x":{"a":"*.a(1)","b":"x.b(1)"}}'],
    ['elements', ['a.*'], '{"a":[1,[2],{"b":3}]}', '{"a":["a.*(1)","a.*(3)","a.*(7)"]}'],
    [
      'elements where a key was expected',
      ['a.b'],
      '{"a":[{"b":1},[{"b":2}],3]}',
      '{"a":[{"b":"a.b(1)"},[{"b":"a.b(1)"}],"a.b(1)"]}',
    ],
    ['a path within another', ['a', 'a.b'], '{"a":{"b":1,"c":2}}', '{"a":"a(20)"}'],
    ['two paths that something stands in the way of', ['a.b', 'a.c'], '{"a":7}', '{"a":"a.c(8)"}'],
    ['null, which tells nothing', ['a', 'b.c'], '{"a":null,"b":null}', '{"a":null,"b":null}'],
    ['what is beside the paths', ['a'], '{"b":[1,[2],{"a":3}],"a":"x"}', '{"b":[1,[2],{"a":3}],"a":"a(3)"}'],
    ['nothing to mask', ['a'], '{"b":{"a":1},"c":[]}', '{"b":{"a":1},"c":[]}'],
    ['empty ones', ['a.b', 'c'], '{"a":{},"c":[ ]}', '{"a":{},"c":"c(3)"}'],
  ])('%s', (_, paths, given, masked) => {
    expect(masking(...paths)(given)).toBe(masked);
  });

  it.each([
    '',
    ' ',
    'undefined',
    '[undefined]',
    '{"a":1',
    '{"a":1}}',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '[1,]',
    '[1 2]',
    '{"a" 1}',
    '01',
    '1.',
    '.5',
    '-',
    '1e',
    'NaN',
    'nul',
    'truex',
    '"a',
    '"\\x"',
    '"\\u00g0"',
    '"\\u00G0"',
    '"\\u00`0"',
    '"\\u00@0"',
    '"\\u00a"',
    '"\\u00ag"',
    '"\\u00a"x',
    '"\\a"',
    '"\\',
    '1E',
    '1e+',
    '--1',
    '\u000b1',
    '1\u00a0',
    '"\n"',
    '{"b":"\t"}',
    '[1]//',
  ])('and redacted whole when it is none: %j', (given) => {
    expect(masking('a')(given)).toBe('"***"');
  });

  it('and redacted whole when it is nested deeper than there is stack for', () => {
    expect(masking('a')('['.repeat(1_000_000))).toBe('"***"');
  });
});

it.each([
  ' \t\r\n{} \t\r\n',
  '"\\u0019\\uAFaf\\u09fF"',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
  '[-1.50E+2,1e-2,1E2,0.10,-0]',
])('keeps %j to the letter', (given) => {
  const kept = { ...ASIDE, scalar: (_: number, value: string) => value };
  expect(rewriteDocument(given, 1, kept)).toBe(given);
  // And where no rule looks.
  expect(rewriteDocument(`[${given}]`, 1, { ...kept, inArray: () => null })).toBe(`[${given}]`);
});

it('asks no rule about null', () => {
  expect(rewriteDocument('[null,1]', 1, { ...ASIDE, scalar: () => '"x"' })).toBe('[null,"x"]');
});

it('does not take what breaks in a rule for a broken document', () => {
  const broken = () => {
    throw new TypeError('broken');
  };
  expect(() => rewriteDocument('[1]', 1, { ...ASIDE, scalar: broken })).toThrow('broken');
});

it('takes for a document exactly what is one, and leaves it as it is', () => {
  const broken = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '{', '}', '[', ']', '\\', '0', 'x', ' '))
    .map(([json, at, by]) => json.slice(0, at % json.length) + by + json.slice((at % json.length) + 1));
  const whole = { ...ASIDE, scalar: (_: number, value: string) => value };
  fc.assert(
    fc.property(fc.oneof(fc.json(), broken), (text) => {
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      expect(rewriteDocument(text, 1, whole)).toBe(isJson ? text : null);
    }),
    { numRuns: 2_000 },
  );
});

it('of a whole column are masked as each is by itself, also beside what is no document', () => {
  const documents = [
    '{"a":"one","b":["x",1]}',
    null,
    '{"a":"not finished","b":["y"',
    '{"b":["longer",[true,{"c":2}]],"a":{"deep":"er"}}',
    '[{"a":1},{"a":22},{"b":333}]',
    'none',
    '{"a":"one","a":"two"}',
  ];
  for (const paths of [['a'], ['a', 'b'], ['a', 'b.*', 'a.deep']]) {
    const mask = inColumn('token', ...paths);
    expect(mask(documents)).toEqual(documents.map((document) => mask([document])[0]));
    expect(mask(documents)).toEqual(inColumn('constant', ...paths)(documents));
  }
});
