import { expect, it } from 'vitest';
import { understood } from './testing.ts';

it.each([
  ["UPDATE P SET NAME = 'x', PAY = PAY + 1 WHERE ID = 1", ['update P: NAME, PAY']],
  ["INSERT INTO O (ID, CODE) VALUES (1, 'x')", ['insert O: ID, CODE']],
  ["INSERT INTO COPY VALUES ('a', 'b', 1)", ['insert COPY: A, B, N']],
  ['INSERT INTO COPY (A) SELECT NAME FROM P', ['insert COPY: A']],
  ['INSERT OVERWRITE INTO COPY (A) SELECT NAME FROM P', ['delete COPY', 'insert COPY: A']],
  [
    "INSERT ALL INTO COPY (A) VALUES ('x') INTO O (CODE) SELECT ID FROM P",
    ['insert COPY: A', 'insert O: CODE'],
  ],
  ['INSERT OVERWRITE ALL INTO COPY (A) VALUES (1) SELECT ID FROM P', ['delete COPY', 'insert COPY: A']],
  ['DELETE FROM P WHERE ID = 1', ['delete P']],
  ['TRUNCATE TABLE P', ['delete P']],
  [
    `MERGE INTO O USING P ON O.P_ID = P.ID WHEN MATCHED AND PAY > 1 THEN DELETE WHEN MATCHED THEN UPDATE SET TOTAL = 0
     WHEN MATCHED THEN UPDATE SET CODE = 'x' WHEN NOT MATCHED THEN INSERT (ID, P_ID) VALUES (1, 2)`,
    ['delete O', 'update O: TOTAL, CODE', 'insert O: ID, P_ID'],
  ],
  ['CREATE TABLE NEW AS SELECT ID, NAME AS N FROM P', ['create NEW: ID, N']],
  ['CREATE TABLE NEW (X, Y) AS SELECT ID, NAME FROM P', ['create NEW: X, Y']],
  ['CREATE TABLE NEW CLONE COPY', ['create NEW: A, B, N']],
  ['CREATE TABLE NEW (X NUMBER)', ['create NEW']],
  ['ALTER TABLE COPY RENAME COLUMN A TO Z', ['update COPY: Z']],
  ['COPY INTO COPY (A) FROM @S', ['insert COPY: A']],
  ['SELECT ID FROM P', []],
  ["SET X = 'y'", []],
])('says what is written by %s', (sql, expected) => {
  const said = understood(sql).writes.map(
    ({ object, how, columns }) => `${how} ${object.name}${columns === null ? '' : `: ${columns.join(', ')}`}`,
  );
  expect(said).toEqual(expected);
});
