import { expect, it } from 'vitest';
import { searchedTerms, termOf, wordTerms } from './terms.ts';

it.each([
  ['SELECT a.b.c FROM "Kunden"', ['select', 'a', 'b', 'c', 'from', 'kunden']],
  ["e_mail = 'Ada@Example.com'", ['e_mail', 'ada', 'example', 'com']],
  ['the of and $1 naïve ÅNGSTRÖM', ['the', 'of', 'and', '$1', 'naive', 'angstrom']],
  ["it''s \\ quoted : & | ! \n\t", ['it', 's', 'quoted']],
  ['a a A', ['a']],
  [`${'x'.repeat(199)}\u{20000}y`, [`${'x'.repeat(199)}\ufffd`]],
])('has the words of %j', (text, words) => {
  expect(wordTerms(text)).toEqual(words.map((each) => `w:${each}`));
});

it('has other terms for other things, however long or odd they are', () => {
  const values = ['a', 'b', 'a\nb', 'a b', 'a\0b', 'x'.repeat(201), 'x'.repeat(202), `${'x'.repeat(200)}\n`];
  const terms = values.flatMap((value) =>
    (['object', 'rule', 'person'] as const).map((kind) => termOf(kind, value)),
  );
  expect(new Set(terms).size).toBe(values.length * 3);
  for (const term of terms) expect(term).toMatch(/^[orp]:\t?[^\n\0]*$/);
});

it('asks for all but the last word whole', () => {
  const object = 'shop.public.t';
  expect(searchedTerms({ person: 'i|ada', object, rule: 'r', text: 'delete from From cust' })).toEqual({
    all: ['p:i|ada', 'o:SHOP.PUBLIC.T', 'r:r', 'w:delete', 'w:from'],
    beginning: 'w:cust',
  });
  expect(searchedTerms({})).toEqual({ all: [], beginning: null });
  expect(searchedTerms({ text: ' . ' })).toBeNull();
});
