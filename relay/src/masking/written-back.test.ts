import { expect, it } from 'vitest';
import type { StatementKind } from '../statement/index.ts';
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

it('looks at binds, rows of them too', () => {
  const find = (value: string | readonly (string | null)[]) =>
    findWrittenBack(UPDATE, 'UPDATE T SET A = ?', { '1': { type: 'TEXT', value } }, KEYS);
  expect(find('plain')).toBeNull();
  expect(find('**** **** **** 1234')).toEqual({ found: 'stars', range: null });
  expect(find(['plain', null, '***'])).toEqual({ found: 'stars', range: null });
});
