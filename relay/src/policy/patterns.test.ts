import { describe, expect, it } from 'vitest';
import { anyExactGlob, anyGlob, columnPattern, glob, objectPattern } from './patterns.ts';

describe('names of objects', () => {
  it.each([
    ['SHOP.PUBLIC.ORDERS', ['SHOP', 'PUBLIC', 'ORDERS'], true],
    ['shop.public.orders', ['SHOP', 'PUBLIC', 'ORDERS'], true],
    ['shop.public."orders"', ['SHOP', 'PUBLIC', 'ORDERS'], false],
    ['shop.public."orders"', ['SHOP', 'PUBLIC', 'orders'], true],
    ['SHOP.PUBLIC.*', ['SHOP', 'PUBLIC', 'any thing'], true],
    ['SHOP.PUBLIC.O*S', ['SHOP', 'PUBLIC', 'ORDERS'], true],
    ['SHOP.PUBLIC.O*S', ['SHOP', 'PUBLIC', 'orders'], false],
    ['SHOP.PUBLIC.*', ['SHOP', 'HR', 'ORDERS'], false],
    ['SHOP.*', ['SHOP', 'PUBLIC', 'ORDERS'], false],
    ['*', ['', '', 'WH'], true],
    ['*', ['SHOP', 'PUBLIC', 'ORDERS'], false],
    ['**', ['SHOP', 'PUBLIC', 'ORDERS'], true],
    ['SHOP.PUBLIC."A.B""C"', ['SHOP', 'PUBLIC', 'A.B"C'], true],
    ['SHOP.PUBLIC."*"', ['SHOP', 'PUBLIC', 'ORDERS'], false],
    ['SHOP.PUBLIC', ['SHOP', 'PUBLIC', 'ORDERS'], false],
    ['SHOP.PUBLIC.ORDERS', ['', 'SHOP', 'PUBLIC'], false],
    [
      'SHOP.PUBLIC."A""',
      ['SHOP', 'PUBLIC', 'A'],
      'expected a name such as `SHOP.PUBLIC.CUSTOMERS`, found `SHOP.PUBLIC."A""`',
    ],
    ['A."B"C', ['A', 'B', 'C'], 'expected `.` between the parts of `A."B"C`, found `C`'],
    ['A.""', ['', 'A', ''], 'expected a name such as `SHOP.PUBLIC.CUSTOMERS`, found `A.""`'],
  ])('%s and %j: %s', (text, [database, schema, name], expected) => {
    const pattern = objectPattern(text);
    expect(
      typeof pattern === 'string' ? pattern : pattern({ database: database!, schema: schema!, name: name! }),
    ).toBe(expected);
  });

  it.each(['', 'A..B', 'A.B.C.D', '1A', 'A B', '"A', 'A.B;C'])('refuses %j', (text) => {
    expect(objectPattern(text)).toMatch(/^expected /);
  });
});

describe('names of columns', () => {
  it.each([
    ['A.B.C.D:x.y', ['x', 'y']],
    ['A.B.C.D:cards[*].number', ['cards', '*', 'number']],
    ['A.B.C.D:cards[].n', ['cards', '*', 'n']],
    ['A.B.C.D:cards[0]', ['cards', '*']],
    ["A.B.C.D:['odd key'].*", ['odd key', '*']],
    ["A.B.C.D:a['odd key']", ['a', 'odd key']],
    ['A.B.C.D:a."odd.key"', ['a', 'odd.key']],
    ['A.B.C.D:"odd key".b', ['odd key', 'b']],
    ['A.B.C.D:[12].b', ['*', 'b']],
    ['A.B.C."D:E"', undefined],
  ])('%s', (text, path) => {
    const pattern = columnPattern(text);
    expect(typeof pattern === 'string' ? pattern : pattern.path).toEqual(path);
  });

  it.each([
    ['SHOP.PUBLIC.T.C', ['SHOP', 'PUBLIC', 'T', 'C'], true],
    ['shop.public.t.c', ['SHOP', 'PUBLIC', 'T', 'C'], true],
    ['SHOP.PUBLIC.T.C', ['SHOP', 'PUBLIC', 'T', 'D'], false],
    ['SHOP.PUBLIC.T.C', ['SHOP', 'PUBLIC', 'U', 'C'], false],
    ['SHOP.PUBLIC.T.C', ['SHOP', 'HR', 'T', 'C'], false],
    ['SHOP.PUBLIC.T.C', ['BANK', 'PUBLIC', 'T', 'C'], false],
    ['*.*.*.C', ['BANK', 'HR', 'U', 'C'], true],
    ['SHOP.PUBLIC.T."c"', ['SHOP', 'PUBLIC', 'T', 'c'], true],
    ['SHOP.PUBLIC.T."c"', ['SHOP', 'PUBLIC', 'T', 'C'], false],
    ['SHOP.PUBLIC.T.C:a.b', ['SHOP', 'PUBLIC', 'T', 'C'], true],
    ['SHOP.PUBLIC.T."C:a"', ['SHOP', 'PUBLIC', 'T', 'C:a'], true],
  ])('%s and %j: %s', (text, [database, schema, name, column], expected) => {
    const pattern = columnPattern(text);
    const object = { database: database!, schema: schema!, name: name! };
    expect(typeof pattern === 'string' ? pattern : pattern.matches({ object, column: column! })).toBe(
      expected,
    );
  });

  it.each([
    ['A.B.C.d', 'D'],
    ['A.B.C."d"', 'd'],
    ['A.B.C."d*"', 'd*'],
    ['A.B.C.d*', null],
  ])('%s is found by the column %s', (text, exact) => {
    const pattern = columnPattern(text);
    expect(typeof pattern === 'string' ? pattern : pattern.exactColumn).toBe(exact);
  });

  it.each([
    'A.B.C',
    'A.B.C.D:',
    'A.B.C.D:x..y',
    'A.B.C.D:[x]',
    'A.B.C.D:a b',
    'A.B.C.D:a!.b',
    "A.B.C.D:a['']",
    'A.B.C."D:x',
  ])('refuses %j', (text) => {
    expect(columnPattern(text)).toMatch(/^expected /);
  });
});

it('one of several globs will do', () => {
  expect([anyGlob(['x', 'A*'])('abc'), anyExactGlob(['x', 'a*'])('abc')]).toEqual([true, true]);
  expect([anyGlob([])('abc'), anyExactGlob(['x', 'A*'])('abc')]).toEqual([false, false]);
});

it('globs match whole texts, in linear time', () => {
  expect([glob('create_*')('create_table'), glob('CREATE_*')('create_table'), glob('a.c')('abc')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(anyExactGlob(['dev*'])('Developers')).toBe(false);
  expect(glob('*'.repeat(40) + 'x')('a'.repeat(100_000))).toBe(false);
});
