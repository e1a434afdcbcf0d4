import { describe, expect, it } from 'vitest';
import type { Binds } from '../warehouse/index.ts';
import { rowCountOf } from './row-count.ts';

const text = (value: string) => ({ type: 'TEXT', value });
const FEWER_BY_MATCHES = 'or fewer: a row that is matched several times is counted each time';

describe('how many rows a statement hits is asked as a question of its own', () => {
  it.each<[string, string, string]>([
    ['SELECT ID FROM T WHERE A = 1', 'SELECT COUNT(*) FROM (SELECT ID FROM T WHERE A = 1)', ''],
    ['DELETE FROM T', 'SELECT COUNT(*) FROM T', ''],
    ['DELETE FROM T WHERE A = 1', 'SELECT COUNT(*) FROM T WHERE A = 1', ''],
    ['DELETE FROM T USING U WHERE T.A = U.A', 'SELECT COUNT(*) FROM T, U WHERE T.A = U.A', FEWER_BY_MATCHES],
    ['UPDATE T SET A = 1', 'SELECT COUNT(*) FROM T', ''],
    ['UPDATE T AS X SET A = 1 WHERE X.B = 2', 'SELECT COUNT(*) FROM T AS X WHERE X.B = 2', ''],
    [
      'UPDATE T SET A = U.A FROM U WHERE T.B = U.B',
      'SELECT COUNT(*) FROM T, U WHERE T.B = U.B',
      FEWER_BY_MATCHES,
    ],
    [
      'INSERT INTO T (A) SELECT A FROM U WHERE B = 1',
      'SELECT COUNT(*) FROM (SELECT A FROM U WHERE B = 1)',
      '',
    ],
    ['CREATE TABLE T AS SELECT A FROM U', 'SELECT COUNT(*) FROM (SELECT A FROM U)', ''],
    ['TRUNCATE TABLE T', 'SELECT COUNT(*) FROM T', ''],
    [
      'MERGE INTO T USING U ON T.A = U.A WHEN MATCHED THEN DELETE',
      'SELECT COUNT(*) FROM U LEFT JOIN T ON T.A = U.A',
      'or fewer: not every row that is matched need be changed',
    ],
    ["EXECUTE IMMEDIATE 'DELETE FROM T WHERE A = 1'", 'SELECT COUNT(*) FROM T WHERE A = 1', ''],
  ])('%s', (sql, question, note) => {
    expect(rowCountOf(sql, {})).toEqual({ sql: question, binds: {}, times: 1, note });
  });

  it('for each table that an INSERT of several writes to', () => {
    expect(rowCountOf('INSERT ALL INTO T (A) INTO U (A) SELECT A FROM V', {})).toEqual({
      sql: 'SELECT COUNT(*) FROM (SELECT A FROM V)',
      binds: {},
      times: 2,
      note: 'or fewer, by its conditions',
    });
  });

  it.each([
    'CREATE TABLE T (A INT)',
    'CREATE VIEW V AS SELECT 1 AS A',
    'DROP TABLE T',
    'SHOW TABLES',
    'USE SCHEMA S',
    'SELEKT 1',
    "EXECUTE IMMEDIATE 'DELETE FROM T; DELETE FROM U'",
    "EXECUTE IMMEDIATE 'DELETE FROM T WHERE A = ?' USING (X)",
    "EXECUTE IMMEDIATE 'DROP TABLE T'",
  ])('and not of %s', (sql) => {
    expect(rowCountOf(sql, {})).toBeNull();
  });
});

describe('the rows of an INSERT of values stand in its text', () => {
  it.each<[string, Binds, number]>([
    ['INSERT INTO T (A) VALUES (1)', {}, 1],
    ['INSERT INTO T (A) VALUES (1), (2), (3)', {}, 3],
    ['INSERT INTO T (A) VALUES (?)', { '1': text('a') }, 1],
    ['INSERT INTO T (A) VALUES (?)', { '1': { type: 'TEXT', value: null } }, 1],
    [
      'INSERT INTO T (A, B) VALUES (?, ?)',
      { '1': { type: 'TEXT', value: ['a', 'b'] }, '2': { type: 'TEXT', value: ['c', 'd'] } },
      2,
    ],
    ['INSERT INTO T (A) VALUES (?), (1)', { '1': { type: 'TEXT', value: ['a', 'b', 'c'] } }, 6],
  ])('%s %j', (sql, binds, rows) => {
    expect(rowCountOf(sql, binds)).toEqual({ sql: null, rows, note: '' });
  });
});

describe('bound values', () => {
  it('are those of the part that is asked about', () => {
    const binds = { '1': text('new'), '2': text('five'), '3': text('six') };
    expect(rowCountOf('UPDATE T SET A = ? WHERE B = ? AND C = ?', binds)).toMatchObject({
      sql: 'SELECT COUNT(*) FROM T WHERE B = ? AND C = ?',
      binds: { '1': text('five'), '2': text('six') },
    });
    expect(rowCountOf('UPDATE T SET A = ?', { '1': text('new') })).toMatchObject({ binds: {} });
    expect(rowCountOf('DELETE FROM T WHERE A = ?', { '1': text('x') })).toMatchObject({
      binds: { '1': text('x') },
    });
    expect(
      rowCountOf('INSERT INTO T (A) SELECT A + ? FROM U WHERE B = ?', { '1': text('1'), '2': text('2') }),
    ).toMatchObject({
      binds: { '1': text('1'), '2': text('2') },
    });
  });

  it('that come by name keep it', () => {
    expect(rowCountOf('UPDATE T SET A = ? WHERE B = :x', { '1': text('new'), x: text('b') })).toMatchObject({
      binds: { x: text('b') },
    });
  });

  it('of many rows are not asked about one by one', () => {
    const many = { '1': { type: 'TEXT', value: ['a', 'b', 'c'] } };
    expect(rowCountOf('DELETE FROM T WHERE A = ?', many)).toEqual({
      sql: null,
      rows: null,
      note: 'it is sent with 3 rows of values',
    });
  });
});
