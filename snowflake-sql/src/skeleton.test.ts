import { expect, it } from 'vitest';
import { skeletonOf } from './skeleton.ts';

const UPDATE = "UPDATE T SET A = 'x' WHERE ID = 1";

it.each([
  "UPDATE T SET A = 'y''z' WHERE ID = 2.5e3",
  "update t\n set a = 'y' /* WHERE */ where id = 9; -- only this",
  'UPDATE T SET A = ? WHERE ID = ?',
  'UPDATE T SET A = $$x OR TRUE$$ WHERE ID = 1;',
])('is the same with other values: %s', (sql) => {
  expect(skeletonOf(sql)).toBe('UPDATE T SET A = ? WHERE ID = ?');
  expect(skeletonOf(UPDATE)).toBe(skeletonOf(sql));
});

it.each([
  "UPDATE T SET A = 'x' WHERE ID >= 1",
  "UPDATE T SET A = 'x' WHERE ID = 1 OR 1 = 1",
  "UPDATE T SET A = 'x' WHERE ID = 1 OR TRUE",
  "UPDATE T SET A = 'x' WHERE ID = ID",
  "UPDATE T SET A = 'x' WHERE ID = $X",
  "UPDATE T SET A = 'x', B = 'x' WHERE ID = 1",
  'UPDATE T SET A = NULL WHERE ID = 1',
  "UPDATE T SET A = 'x'",
  'UPDATE T SET A = "x" WHERE ID = 1',
  'UPDATE T SET A = "X" WHERE ID = 1',
  'UPDATE T SET A = \'x\' WHERE "id" = 1',
  "UPDATE T SET A = 'x' WHERE ID = 1 --\n OR ID = 2",
])('is another for another statement: %s', (sql) => {
  expect(skeletonOf(sql)).not.toBe(skeletonOf(UPDATE));
});

it.each([
  ["INSERT INTO T (A, B) VALUES (1, DATE '2024-01-01')", 'INSERT INTO T ( A , B ) VALUES ( ? , DATE ? )'],
  ["SELECT A FROM T WHERE B BETWEEN -1 AND (2) AND UPPER(C) = 'x'::VARCHAR(4)", null],
  [
    "SELECT A FROM T WHERE B NOT IN (1, :2) OR C LIKE 'x%'",
    'SELECT A FROM T WHERE B NOT IN ( ? , ? ) OR C LIKE ?',
  ],
  [
    'SELECT A FROM T JOIN U ON T.A = U.A AND U.B = 1',
    'SELECT A FROM T JOIN U ON T . A = U . A AND U . B = ?',
  ],
  ['SELECT A FROM T WHERE B = $x', 'SELECT A FROM T WHERE B = $X'],
  [
    'MERGE INTO T USING U ON T.A = U.A WHEN MATCHED AND U.B = 1 THEN UPDATE SET A = 2',
    'MERGE INTO T USING U ON T . A = U . A WHEN MATCHED AND U . B = ? THEN UPDATE SET A = ?',
  ],
])('has a place for each value that a column is compared with, or set to: %s', (sql, skeleton) => {
  expect(skeletonOf(sql)).toBe(
    skeleton ?? 'SELECT A FROM T WHERE B BETWEEN - ? AND ( ? ) AND UPPER ( C ) = ? :: VARCHAR ( 4 )',
  );
});

it.each([
  ['SELECT LEFT(A, 0) FROM T', 'SELECT LEFT(A, 40) FROM T'],
  ["SELECT IFF(1 = 0, A, '') FROM T", "SELECT IFF(1 = 1, A, '') FROM T"],
  ["SELECT IFF(B = 0, A, '') FROM T", "SELECT IFF(B = 1, A, '') FROM T"],
  ['SELECT A FROM T WHERE 1 = 0', 'SELECT A FROM T WHERE 1 = 1'],
  ['SELECT A FROM T WHERE B = 1 OR 1 = 0', 'SELECT A FROM T WHERE B = 1 OR 1 = 1'],
  ['SELECT A FROM T WHERE B % 2 = 1', 'SELECT A FROM T WHERE B % 1 = 1'],
  ['SELECT A FROM T ORDER BY 1', 'SELECT A FROM T ORDER BY 2'],
  ['SELECT A FROM T LIMIT 1', 'SELECT A FROM T LIMIT 1000'],
  ["SELECT P['a'] FROM T", "SELECT P['b'] FROM T"],
  [
    "SELECT A FROM T WHERE DATEADD('day', 1, B) = '2024-01-01'",
    "SELECT A FROM T WHERE DATEADD('day', 9, B) = '2024-01-01'",
  ],
  [
    'MERGE INTO T USING U ON T.A = U.A WHEN MATCHED AND 1 = 0 THEN DELETE',
    'MERGE INTO T USING U ON T.A = U.A WHEN MATCHED AND 1 = 1 THEN DELETE',
  ],
])('keeps a constant that decides what is done: %s', (sql, other) => {
  expect(skeletonOf(sql)).not.toBeNull();
  expect(skeletonOf(sql)).not.toBe(skeletonOf(other));
});

it.each(['SELECT LEFT(A, ?) FROM T', 'SELECT LEFT(A, $X) FROM T', `SELECT ${'A, '.repeat(6_000)} A FROM T`])(
  'is none where a given value decides what is done, and of what is long: %.40s',
  (sql) => {
    expect(skeletonOf(sql)).toBeNull();
  },
);

it('is none of what is not SQL', () => {
  expect(skeletonOf("SELECT 'x")).toBeNull();
});
