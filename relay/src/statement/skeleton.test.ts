import { expect, it } from 'vitest';
import { skeletonOf } from './index.ts';

const UPDATE = "UPDATE T SET A = 'x' WHERE ID = 1";

it.each([
  "UPDATE T SET A = 'y''z' WHERE ID = 2.5e3",
  "update t\n set a = 'y' /* WHERE */ where id = 9; -- only this",
  'UPDATE T SET A = ? WHERE ID = ?',
  'UPDATE T SET A = $$x OR TRUE$$ WHERE ID = 1;;',
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

it('is none of what is not SQL', () => {
  expect(skeletonOf("SELECT 'x")).toBeNull();
});
