import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, tokenize } from '@sluice/snowflake-sql';
import { describe, expect, it } from 'vitest';
import { everydayQuestions } from '../../../test/worlds/questions/index.ts';
import { formattedStatement } from './format.ts';

const SPACES = { tabSize: 2, useTabs: false };
const format = (sql: string) => formattedStatement(sql, SPACES);

it('puts each clause on a line of its own, and leaves words and names as they are written', () => {
  expect(format('select id, Name from customers c where c.ID = 1 -- mine\n order by "Name"')).toBe(
    'select\n  id,\n  Name\nfrom\n  customers c\nwhere\n  c.ID = 1 -- mine\norder by\n  "Name"',
  );
});

it('indents as the editor is told to', () => {
  expect(formattedStatement('SELECT 1', { tabSize: 4, useTabs: false })).toBe('SELECT\n    1');
  expect(formattedStatement('SELECT 1', { tabSize: 4, useTabs: true })).toBe('SELECT\n\t1');
});

it('leaves alone what does not parse', () => {
  expect(format('SELCT 1')).toBeNull();
  expect(format('SELECT 1; SELECT 2')).toBeNull();
  expect(format('')).toBeNull();
});

describe('what comes out', () => {
  const texts = [...statementsOfTheRepository(), ...WRITTEN_TO_BE_HARD];
  const formatted = texts.map((sql) => ({ sql, out: format(sql) }));

  it('is the same statement, token by token, for every statement that the tests of this repository have', () => {
    expect(texts.length).toBeGreaterThan(2_000);
    const other = formatted.filter(
      ({ sql, out }) => out !== null && (parse(out).outcome === 'refused' || wordsOf(out) !== wordsOf(sql)),
    );
    expect(other).toEqual([]);
  });

  it('is something for nearly all of them', () => {
    expect(formatted.filter(({ out }) => out !== null).length / texts.length).toBeGreaterThan(0.97);
  });

  it('comes out the same when it is formatted again', () => {
    const once = everydayQuestions.flat().flatMap((sql) => format(sql) ?? []);
    expect(once.map(format)).toEqual(once);
  });
});

function wordsOf(sql: string): string {
  const { kinds, starts, ends } = tokenize(sql).tokens;
  return kinds.map((kind, index) => `${kind} ${sql.slice(starts[index], ends[index])}`).join('\n');
}

/** What the parser and the embedded warehouse are tested with, and the demo's everyday questions. */
function statementsOfTheRepository(): readonly string[] {
  const read = (path: string) =>
    readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');
  const cases = readdirSync(fileURLToPath(new URL('../../../test/truth/cases', import.meta.url))).flatMap(
    (name) =>
      read(`test/truth/cases/${name}`)
        .split('\n')
        .map((line) => line.replace(/ => .*$/, ''))
        .map((line) => (/^(?:SELECT|WITH)\b/.test(line) ? line : `SELECT ${line}`)),
  );
  const samples = read('snowflake-sql/src/samples.txt')
    .split('\n')
    .map((line) => line.replace(/^[^|]*\| /, ''));
  const texts = [...cases, ...samples, ...everydayQuestions.flat()];
  return [...new Set(texts)].filter((sql) => parse(sql).outcome !== 'refused');
}

const WRITTEN_TO_BE_HARD = [
  "SELECT $$a -- b ' /* */ $$ AS X, 'it''s', \"a\"\"b\" FROM T",
  "SELECT v:a.b[0]::string, v['x']:y FROM t, LATERAL FLATTEN(input => v:items, outer => true) f",
  "SELECT * EXCLUDE (a) RENAME (b AS c) REPLACE (d + 1 AS d) FROM @stage/path (FILE_FORMAT => 'csv') t",
  'SELECT a, ROW_NUMBER() OVER (PARTITION BY b ORDER BY c DESC NULLS LAST) r FROM t QUALIFY r = 1',
  'SELECT /* one */ a /* two */, -- three\n b // four\nFROM t /* five\n   six */ WHERE a = 1',
  'BEGIN LET x INTEGER := 1; IF (x > 0) THEN RETURN x; END IF; RETURN 0; END',
  'CREATE OR REPLACE FUNCTION f(a INT) RETURNS INT LANGUAGE JAVASCRIPT AS $$ return A - 1; // x\n$$',
  "COPY INTO t FROM @s/p PATTERN='.*[.]csv' FILE_FORMAT=(TYPE=CSV FIELD_DELIMITER='|')",
  'MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.gone THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)',
  'SELECT 1 ->> SELECT $1 FROM $1',
  'SELECT a FROM t AT (OFFSET => -60*5) MATCH_RECOGNIZE (ORDER BY a MEASURES 1 AS m PATTERN (x+) DEFINE x AS a > 1)',
  'SELECT - -1, 1 - -1, a--1\n FROM t',
  "SELECT CASE WHEN a THEN b ELSE c END, a::NUMBER(10, 2), IFF(a, b, c), DATE '2026-01-01' FROM IDENTIFIER($t)",
] as const;
