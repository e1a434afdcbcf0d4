import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeRows, parseRows } from '../encoding/index.ts';
import { type CellMask, each } from './cell.ts';
import { maskJson } from './mask-json.ts';

const cell = fc.option(fc.string({ unit: 'binary', maxLength: 30 }), { nil: null });
const mirror: CellMask = (value) => (value === '' ? null : `${value.slice(1)}${value}`);

it('gives each masked cell what its mask says, and no other cell anything else', () => {
  const some = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 20 });
  fc.assert(
    fc.property(some, fc.subarray([0, 1, 2]), (rows, hidden) => {
      const masks = [0, 1, 2].map((column) => (hidden.includes(column) ? each(mirror) : null));
      const expected = rows.map((row) =>
        row.map((value, column) => (value === null || masks[column] == null ? value : mirror(value))),
      );
      expect(parseRows(maskJson(encodeRows(rows), rows.length, masks))).toEqual(
        parseRows(encodeRows(expected)),
      );
    }),
  );
});

it('leaves the bytes of the other columns as they are, however they are written', () => {
  const given = '["\\u0041\\/","s\\u00e9cret"],[null,"\\"],[\\""],["é☃",null]';
  const masked = maskJson(Buffer.from(given), 3, [null, each((value) => `<${value}>`)]);
  expect(Buffer.from(masked).toString()).toBe('["\\u0041\\/","<sécret>"],[null,"<\\"],[\\">"],["é☃",null]');
});

it('masks more rows than it takes at once', () => {
  const rows = Array.from({ length: 5_000 }, (_, index) => [
    String(index),
    index % 7 === 0 ? null : `${index}é`,
  ]);
  const masked = parseRows(maskJson(encodeRows(rows), rows.length, [null, each(mirror)]));
  expect(masked).toEqual(rows.map(([one, two]) => [one, two === null ? null : mirror(two!)]));
});

it('finds the end of cells that hold backslashes and quotes', () => {
  const cells = Array.from({ length: 8 }, (_, count) => '\\'.repeat(count));
  const rows = cells.flatMap((slashes) => ['', '"', 'x'].map((more) => [`${slashes}${more}`, `x${slashes}`]));
  const masked = maskJson(encodeRows(rows), rows.length, [null, each(mirror)]);
  expect(parseRows(masked)).toEqual(rows.map(([one, two]) => [one, mirror(two!)]));
});

it.each([
  ['a cell too few', '["a"]', 1],
  ['a cell too many', '["a","b","c"]', 1],
  ['a row too few', '["a","b"]', 2],
  ['a row too many', '["a","b"],["a","b"]', 1],
  ['a cell that is a number', '["a",1]', 1],
  ['a cell that is a list', '["a",["b"]]', 1],
  ['a string that does not end', '["a","b\\"]', 1],
  ['an escape that is none', '["a","\\x"]', 1],
  ['a text that begins outside of a string', '["a",b"]', 1],
  ['white space', '["a", "b"]', 1],
  ['another comma', '["a";"b"]', 1],
  ['other brackets', '("a","b")', 1],
  ['another comma between rows', '["a","b"];["a","b"]', 2],
  ['a word that begins as null does', '["a",nulx]', 1],
  ['a word that is nearly null', '["a",nuxl]', 1],
  ['a word that is not null', '["a",nxll]', 1],
  ['a word that ends as null does', '["a",xull]', 1],
  ['more behind it', '["a","b"]]', 1],
])('lets nothing through with %s', (_, given, rowCount) => {
  const masks = [null, each((value) => value)];
  expect(() => maskJson(Buffer.from(given), rowCount, masks)).toThrow('not encoded as its warehouse says');
});
