import { expect, it } from 'vitest';
import { prettyJson } from './pretty-json.ts';

it.each([
  [
    '{"a":[1,2,{"b":null}],"c":"x"}',
    '{\n  "a": [\n    1,\n    2,\n    {\n      "b": null\n    }\n  ],\n  "c": "x"\n}',
  ],
  ['{}', '{}'],
  ['[ ]', '[]'],
  ['{"a":{},"b":[]}', '{\n  "a": {},\n  "b": []\n}'],
  ['{"a, b":"{\\"c\\": [1,2]}"}', '{\n  "a, b": "{\\"c\\": [1,2]}"\n}'],
  ['[12345678901234567890.10]', '[\n  12345678901234567890.10\n]'],
  ['{"2":1,"1":2}', '{\n  "2": 1,\n  "1": 2\n}'],
  ['{ "a" : 1 }', '{\n  "a": 1\n}'],
  ['"a: [1, 2]"', '"a: [1, 2]"'],
  ['12', '12'],
])('%s', (compact, pretty) => {
  expect(prettyJson(compact)).toBe(pretty);
  expect(prettyJson(pretty)).toBe(pretty);
});

it('takes a time in proportion to the text', () => {
  const text = `[${'{"a":[1,"x"]},'.repeat(50_000)}1]`;
  expect(JSON.parse(prettyJson(text))).toEqual(JSON.parse(text));
});
