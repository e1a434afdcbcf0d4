import { describe, expect, it } from 'vitest';
import { isExact, readableJson } from './readable-json.ts';

describe('a document is read', () => {
  it.each([
    ['as JSON', '{"a":[1,null,"x",true,1.5]}', { a: [1, null, 'x', true, 1.5] }],
    [
      'its numbers as text where a double is another number',
      '[9007199254740993,0.1,1e400,-0,1.10]',
      ['9007199254740993', 0.1, '1e400', '-0', 1.1],
    ],
    ['as text where it is none', '{"a":undefined}', '{"a":undefined}'],
  ])('%s', (_, text, read) => {
    expect(readableJson(text)).toEqual(read);
  });

  it('as text where it is nested deeper than programs read', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
      expect(typeof readableJson(nested(200))).toBe('object');
      expect(readableJson(nested(201))).toBe(nested(201));
    }
  });

  it('however many arrays and objects there are, one beside the other', () => {
    const beside = `[${'[{"a":[]}],'.repeat(300)}1]`;
    expect(readableJson(beside)).toHaveLength(301);
  });

  it('whatever stands in its texts', () => {
    const text = `["${'[{'.repeat(300)}","\\\\","\\"${'['.repeat(300)}\\""]`;
    expect(readableJson(text)).toEqual(['[{'.repeat(300), '\\', `"${'['.repeat(300)}"`]);
  });
});

it.each([
  ['1', true],
  ['-1.50', true],
  ['+1.5', true],
  ['100', true],
  ['0', true],
  ['0.000', true],
  ['1e2', true],
  ['1E-2', true],
  ['123456789.125', true],
  ['10203', true],
  ['0.1', true],
  ['-0', false],
  ['9007199254740993', false],
  ['-9007199254740993', false],
  ['0.30000000000000001', false],
  ['1e400', false],
  ['NaN', false],
  ['Infinity', false],
  ['', false],
  ['1.', false],
  ['0x10', false],
  [' 1', false],
  [`1${'0'.repeat(400)}`, false],
])('%s is read exactly as a double: %s', (decimal, exact) => {
  expect(isExact(decimal)).toBe(exact);
});
