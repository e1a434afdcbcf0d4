import { expect, it } from 'vitest';
import type { StatementKind } from '@sluice/snowflake-sql';
import { compileMask } from './compile-mask.ts';
import { findWrittenBack } from './index.ts';

const KEYS = { token: new Uint8Array(32).fill(7) };
const UPDATE: StatementKind = { family: 'dml', name: 'update' };
const SELECT: StatementKind = { family: 'query', name: 'select' };

it.each([
  [
    'a literal',
    UPDATE,
    `UPDATE T SET A = '****1234' WHERE ID = 1`,
    { found: 'stars', range: { start: 17, end: 27 } },
  ],
  ['a literal of a query', SELECT, `SELECT '***'`, null],
  ['a name', UPDATE, `UPDATE "***" SET A = 'x'`, null],
  ['what does not parse', UPDATE, `UPDATE SET '***'`, null],
  ['stars in a program', UPDATE, `UPDATE T SET A = $$***$$`, null],
  ['a comment', UPDATE, `UPDATE T /*** note ***/ SET A = 'x'`, null],
  ['a multiplication', UPDATE, `UPDATE T SET A = 2 * 3 * 4 * 5`, null],
  [
    'a variable',
    { family: 'admin', name: 'set' },
    `SET V = '***'`,
    { found: 'stars', range: { start: 8, end: 13 } },
  ],
  [
    'a session setting',
    { family: 'admin', name: 'alter_session' },
    `ALTER SESSION SET QUERY_TAG = '***'`,
    null,
  ],
] as const)('looks at %s', (_title, kind, sql, expected) => {
  expect(findWrittenBack(kind, sql, {}, KEYS)).toEqual(expected);
});

it('looks for tokens in programs too', () => {
  const mask = compileMask(
    { method: 'token', domain: 'd' },
    { name: 'C', type: 'text', precision: null, scale: null, length: null },
    KEYS,
  );
  const sql = `UPDATE T SET A = $$${mask(['ada'])[0]}$$`;
  expect(findWrittenBack(UPDATE, sql, {}, KEYS)).toEqual({
    found: 'token',
    range: { start: 17, end: sql.length },
  });
  // A name is no value: nothing is written over by it.
  const named = `UPDATE T SET "${mask(['ada'])[0]}" = 'x'`;
  expect(findWrittenBack(UPDATE, named, {}, KEYS)).toBeNull();
});

it('looks at binds, rows of them too', () => {
  const find = (value: string | readonly (string | null)[]) =>
    findWrittenBack(UPDATE, 'UPDATE T SET A = ?', { '1': { type: 'TEXT', value } }, KEYS);
  expect(find('plain')).toBeNull();
  expect(find('**** **** **** 1234')).toEqual({ found: 'stars', range: null });
  expect(find(['plain', null, '***'])).toEqual({ found: 'stars', range: null });
});

it('takes more lookalikes than an honest statement holds for tokens, unchecked', () => {
  const wordsOf = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const letters = index.toString(2).replaceAll('0', 'a').replaceAll('1', 'b').padStart(14, 'c');
      return `'tok_${letters}'`;
    });
  const insert = (words: readonly string[]) => `INSERT INTO T SELECT ${words.join(', ')}`;
  const find = (sql: string) =>
    findWrittenBack({ family: 'dml', name: 'insert' }, sql, {}, { token: new Uint8Array(32) });
  expect(find(insert(wordsOf(1_000)))).toBeNull();
  expect(find(insert(wordsOf(1_001)))?.found).toBe('token');
  expect(find(insert(Array.from({ length: 2_000 }, () => "'tok_aaaaaaaaaaaaaa'")))).toBeNull();
});
