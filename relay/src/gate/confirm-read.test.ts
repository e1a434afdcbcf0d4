import { expect, it } from 'vitest';
import { analyze, type Understanding, wholeCatalog } from '@sluice/snowflake-sql';
import type { SluiceError } from '../errors.ts';
import { confirmRead, isRead } from './confirm-read.ts';

const name = { database: 'SHOP', schema: 'PUBLIC', name: 'T' };
const columns = [{ name: 'A', type: 'NUMBER' }];
const catalog = wholeCatalog([
  { type: 'table', name, version: '1', columns },
  { type: 'sequence', name: { ...name, name: 'S' }, version: '1' } as never,
]);
const context = { database: 'SHOP', schema: 'PUBLIC', variables: new Map(), results: new Map() };

function understood(sql: string): Understanding {
  const [understanding] = analyze(sql, catalog, context);
  return understanding!;
}

function codeOf(request: Parameters<typeof confirmRead>[0], understanding: Understanding): string {
  try {
    confirmRead(request, { understanding });
    return 'read';
  } catch (error) {
    return (error as SluiceError).code;
  }
}

it.each([
  ['SELECT A FROM T', true],
  ['SELECT 1', true],
  ['SHOW TABLES', true],
  ['DESCRIBE TABLE T', true],
  ['EXPLAIN DELETE FROM T', true],
  ['SELECT A FROM NOWHERE', false],
  ['SELECT FROM', false],
  ['DELETE FROM T', false],
  ['INSERT INTO T SELECT A FROM T', false],
  ['CREATE TABLE U AS SELECT A FROM T', false],
  ['SET X = (SELECT MAX(A) FROM T)', false],
  ['USE SCHEMA PUBLIC', false],
  ['CALL P()', false],
  ['BEGIN', false],
])('%s only reads: %s', (sql, reads) => {
  const understanding = understood(sql);
  expect(isRead(understanding)).toBe(reads);
  expect(codeOf({ onlyReads: true }, understanding)).toBe(reads ? 'read' : 'not_a_read');
  expect(codeOf({}, understanding)).toBe('read');
});

it('a query that writes to one of its objects is no read', () => {
  const understanding = understood('SELECT T.A FROM T, T U');
  if (!understanding.understood) throw new Error('it is understood');
  const [object] = understanding.objects;
  const objects = [object!, { ...object!, access: 'write' as const }];
  expect(isRead({ ...understanding, objects })).toBe(false);
});
