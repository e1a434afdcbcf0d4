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

it('takes no more room than in proportion to the text, however deep it goes', () => {
  const text = '['.repeat(100_000) + ']'.repeat(100_000);
  const pretty = prettyJson(text);
  expect(pretty.replaceAll(/\s/g, '') === text).toBe(true);
  expect(pretty.length).toBeLessThan(11 * text.length);
});

it('indents what is a hundred levels deep', () => {
  const text = '{"a":['.repeat(50) + '1,2' + ']}'.repeat(50);
  expect(prettyJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
});

it('takes a time in proportion to the text', () => {
  const text = `[${'{"a":[1,"x"]},'.repeat(50_000)}1]`;
  expect(JSON.parse(prettyJson(text))).toEqual(JSON.parse(text));
});
