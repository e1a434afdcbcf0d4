import { expect, it } from 'vitest';
import { readPath } from './paths.ts';

it.each([
  ['a', ['a']],
  ['a.b', ['a', 'b']],
  ['a:b', ['a', 'b']],
  ['a[0].b', ['a', '*', 'b']],
  ['[0].a', ['*', 'a']],
  [`a['b c']["d.e"]`, ['a', 'b c', 'd.e']],
  ['', null],
  ['.a', null],
  ['a..b', null],
  ['a b', null],
  ['**', null],
  ['a[*]', null],
  ['a[-1]', null],
  ['a[', null],
  ['a.', null],
  ['[0]a', null],
  [`a['b'`, null],
  [`a['b"]`, null],
  ['$.a', null],
  ['a.*', null],
])('the path %s is %j', (text, path) => {
  expect(readPath(text)).toEqual(path);
});
