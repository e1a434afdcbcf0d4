import { describe, expect, it } from 'vitest';
import { flows, outputs, understandingOf, uses } from './testing.ts';

describe('files keep what they were made of', () => {
  it.each([
    ['SELECT $1, $2 FROM @FILES/out', ['$1: direct P.SSN', '$2: direct P.SSN']],
    ['SELECT f.$1 AS X FROM @FILES f', ['X: direct P.SSN']],
    ['SELECT UPPER($1) AS X FROM @FILES/o', ['X: expression P.SSN']],
    ['SELECT COUNT($1) AS N FROM @FILES', ['N: counted P.SSN']],
    ['SELECT $1 FROM @FILES/other', ['$1: ']],
    ["SELECT COLUMN_NAME FROM TABLE(INFER_SCHEMA(LOCATION => '@FILES'))", ['COLUMN_NAME: direct P.SSN']],
    // What a file is called, and where in it a row is, is made of nothing in it.
    [
      'SELECT METADATA$FILENAME, METADATA$FILE_ROW_NUMBER FROM @FILES/out',
      ['METADATA$FILENAME: ', 'METADATA$FILE_ROW_NUMBER: '],
    ],
    [
      'SELECT METADATA$FILE_LAST_MODIFIED AS A, METADATA$START_SCAN_TIME AS B FROM @FILES/out',
      ['A: ', 'B: '],
    ],
    // A digest of all that is in it.
    ['SELECT METADATA$FILE_CONTENT_KEY AS K FROM @FILES/out', ['K: expression P.SSN']],
    ['SELECT METADATA$FILENAME || $1 AS X FROM @FILES/out', ['X: expression P.SSN']],
    [
      'SELECT $1, METADATA$FILENAME, $2 AS Y FROM @FILES',
      ['$1: direct P.SSN', 'METADATA$FILENAME: ', 'Y: direct P.SSN'],
    ],
    [
      'SELECT f.METADATA$FILENAME AS X, s.* EXCLUDE (DATA) FROM @FILES f, (SELECT SSN, DATA FROM P) s',
      ['X: ', 'SSN: direct P.SSN'],
    ],
  ])('in outputs: %s', (sql, expected) => {
    expect(outputs(sql)).toEqual(expected);
  });

  it.each([
    ["SELECT METADATA$FILE_ROW_NUMBER FROM @FILES/out WHERE $1 = 'x'", ['compare P.SSN', 'equal P.SSN']],
    ['SELECT METADATA$FILE_ROW_NUMBER FROM @FILES/out ORDER BY $1', ['order P.SSN']],
    ['SELECT METADATA$FILENAME, COUNT(*) FROM @FILES/out GROUP BY METADATA$FILENAME, $1', ['group P.SSN']],
    ['SELECT MIN(METADATA$FILE_ROW_NUMBER) OVER (PARTITION BY $1) AS N FROM @FILES/out', ['group P.SSN']],
    [
      'SELECT p.ID FROM P p JOIN @FILES/out f ON p.SSN = f.$1 WHERE METADATA$FILE_ROW_NUMBER = 1',
      ['compare P.SSN', 'join P.SSN'],
    ],
    ["SELECT METADATA$FILE_ROW_NUMBER FROM @FILES/out WHERE METADATA$FILENAME LIKE 'out%'", []],
    // What is in files may fit into no column: so may whether rows are left out, and what is said of them.
    ['COPY INTO COPY (A, B) FROM @FILES/out', ['compare P.SSN']],
    ['COPY INTO P (DATA) FROM @FILES/out ON_ERROR = CONTINUE', ['compare P.SSN']],
    ["COPY INTO COPY (A) FROM @FILES/out ON_ERROR = 'SKIP_FILE_3%'", ['compare P.SSN']],
    ['COPY INTO P (DATA) FROM @FILES/other ON_ERROR = CONTINUE', []],
  ])('in uses: %s', (sql, expected) => {
    expect(uses(sql)).toEqual(expected);
  });

  it.each([
    ['SELECT METADATA$FILENAME FROM @FILES/out a, @FILES/other b', 'ambiguous'],
    ["SELECT METADATA$FILENAME FROM TABLE(INFER_SCHEMA(LOCATION => '@FILES'))", 'column_unknown'],
    ['SELECT METADATA$FILENAME FROM (SELECT $1 FROM @FILES/out)', 'column_unknown'],
    ['SELECT METADATA$ROW FROM @FILES', 'column_unknown'],
    ['SELECT METADATA$FILENAME FROM P', 'column_unknown'],
  ])('and have columns of their own by these names alone: %s', (sql, code) => {
    expect(understandingOf(sql)).toMatchObject({ understood: false, problem: { code } });
  });

  it('in what they are loaded into', () => {
    expect(flows('COPY INTO COPY (A, B) FROM @FILES/out')).toEqual([
      'direct P.SSN -> COPY.A',
      'direct P.SSN -> COPY.B',
    ]);
    expect(flows('COPY INTO COPY (A, B) FROM (SELECT METADATA$FILENAME, $1 FROM @FILES/out)')).toEqual([
      'direct P.SSN -> COPY.B',
    ]);
  });
});
