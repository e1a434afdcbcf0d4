import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { unaccounted } from './accounting.ts';
import { parse, split } from './parse.ts';

/** One line each: the kinds it must have, and the text. From Snowflake's documentation. */
const samples = readFileSync(new URL('./samples.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split(/ \| (.*)/s) as [kinds: string, text: string]);

test.each(samples)('%s: %s', (kinds, text) => {
  const { statements, failure } = split(text);
  expect(failure).toBeNull();
  expect(statements.map(({ kind }) => kind.name).join(', ')).toBe(kinds);
  expect(statements.flatMap(unaccounted)).toEqual([]);
});

describe('what is not understood is refused, at its spot', () => {
  test.each([
    ['select 1 2', 10, 'expected `;` or the end of the statement, found `2`'],
    ['select from t', 8, 'expected an expression, found `from`'],
    ['select * from', 14, 'expected a name, found the end'],
    ['select a b c from t', 12, 'expected `;` or the end of the statement, found `c`'],
    ['select (1', 10, 'expected `)`, found the end'],
    ["select 'abc", 8, "the string that starts here has no closing `'`"],
    ['select "abc', 8, 'the quoted name that starts here has no closing `"`'],
    ['select $$abc', 8, 'the string that starts here has no closing `$$`'],
    ['select /* abc', 8, 'the comment that starts here has no closing `*/`'],
    [
      'select 1 /* a /* b */ */',
      15,
      'a comment contains `/*`, so where it ends depends on whether comments nest',
    ],
    ['select 1 # comment', 10, '`#` does not start a comment here; use `--`'],
    ['select `a` from t', 8, 'a back-tick is no quote here; names are quoted with `"`'],
    ['select a from t delete from t', 17, 'expected `;` or the end of the statement, found `delete`'],
    ['select * from t where', 22, 'expected an expression, found the end'],
    ['select a from t where a ==1', 26, 'expected an expression, found `=`'],
    ['select 1e', 8, 'a number is followed directly by a name; put a space between them'],
    ['select 0x1F', 8, 'a number is followed directly by a name; put a space between them'],
    ['select 12abc', 8, 'a number is followed directly by a name; put a space between them'],
    ['select a..b..c from t', 13, 'expected a name, found `.`'],
    ['select * from a.b.c.d.e', 20, 'a name has at most 3 parts here'],
    ['select * from t limit', 22, 'expected an expression, found the end'],
    ['insert t values (1)', 8, 'expected `INTO`, found `t`'],
    ['insert into t', 14, 'expected `SELECT` or `VALUES` or `(`, found the end'],
    ['update t a = 1', 12, 'expected `SET`, found `=`'],
    ['delete t', 8, 'expected `FROM`, found `t`'],
    ['merge into t using s on a', 26, 'expected `WHEN`, found the end'],
    ['create table', 13, 'expected a name, found the end'],
    ['create frobnicate x', 8, 'expected an object type, found `frobnicate`'],
    ['create table t (a int,, b int)', 23, 'expected a column name, found `,`'],
    ['alter table t frobnicate', 15, 'expected an ALTER action, found `frobnicate`'],
    ['drop t', 6, 'expected an object type, found `t`'],
    ['grant ownership table t to role r', 17, 'expected `ON`, found `table`'],
    ['grant select to role r', 14, 'expected `ON`, found `to`'],
    ['grant frobnicate on table t to role r', 7, 'expected a privilege, found `frobnicate`'],
    ['grant select on frobnicate t to role r', 28, 'expected `TO`, found `t`'],
    ['grant select on table to role r', 23, 'expected a name, found `to`'],
    ['grant select on table t to role', 32, 'expected a name, found the end'],
    ['grant select on all frobs in schema s to role r', 21, 'expected object types, found `frobs`'],
    ['grant usage on function f(int), g(int) to role r', 33, 'this clause is repeated'],
    ['create pipe p as drop table t', 18, 'expected `COPY INTO`, found `drop`'],
    ['select * from a, b,', 20, 'expected a name, found the end'],
    ["select {x '1'}", 9, 'expected `fn` or `d` or `t` or `ts`, found `x`'],
    [
      'select * from t resample (using a increment by 1 metadata_columns f())',
      67,
      'expected `IS_GENERATED` or `BUCKET_START`, found `f`',
    ],
    ['begin select 1 end', 16, 'expected `;`, found `end`'],
    ['begin select 1;', 16, 'expected a statement, found the end'],
    ['select case when 1 then 2', 26, 'expected `END`, found the end'],
    ['select f(a => )', 15, 'expected an expression, found `)`'],
    ['select * from t join', 21, 'expected a name, found the end'],
    ['select a in ()', 14, 'expected an expression, found `)`'],
    ['select * exclude from t', 18, 'expected a column name, found `from`'],
    ['select not from t', 12, 'expected an expression, found `from`'],
    ['select * from t where a like', 29, 'expected an expression, found the end'],
    ['select 1 union', 15, 'expected `SELECT` or `VALUES` or `(`, found the end'],
    ['with a as select 1 select * from a', 11, 'expected `(`, found `select`'],
    ['execute immediate', 18, 'expected an expression, found the end'],
    ['call p', 7, 'expected `(`, found the end'],
    ['copy into t from', 17, 'expected a stage or a URL, found the end'],
    ['put /tmp/x @s', 5, 'expected a path such as `file:///tmp/data.csv`, found `/`'],
    ['select * from @s/a--b', 19, 'this part of a stage path could also start a comment; quote the path'],
    ['select * from @s//x', 17, 'this part of a stage path could also start a comment; quote the path'],
    ['select * from @', 15, 'expected a stage such as `@name/path`, `@%table` or `@~`, found `@`'],
    ['select :', 9, 'expected a bind name, found the end'],
    ['select $', 8, 'expected an expression, found `$`'],
    ['select {a 1}', 11, 'expected `:`, found `1`'],
    ['select [1,', 11, 'expected an expression, found the end'],
    ['select x -> x + 1', 10, 'expected `;` or the end of the statement, found `->`'],
    ['select a b, from t where select', 26, 'expected an expression, found `select`'],
    ['select * from t; drop table t', 18, 'expected only one statement'],
    [';', 1, 'expected a statement, found `;`'],
    ['select current_date as current from t order', 24, 'expected a column name, found `current`'],
    ['create table t (a int) frobnicate', 24, 'expected `;` or the end of the statement, found `frobnicate`'],
    ['set x 1', 7, 'expected `=`, found `1`'],
    ['explain explain select 1', 9, 'expected a statement, found `explain`'],
    ['alter table t change_tracking = true', 15, 'expected an ALTER action, found `change_tracking`'],
    ['alter table t resume', 21, 'expected `SEARCH` or `RECLUSTER`, found the end'],
    ['alter warehouse w resume if', 28, 'expected `SUSPENDED`, found the end'],
    ['alter database d enable failover to accts a.b', 37, 'expected `ACCOUNTS`, found `accts`'],
    [
      'alter table t unset comment rename to u',
      29,
      'expected `;` or the end of the statement, found `rename`',
    ],
    ['alter table t rename to u rename to v', 27, 'expected `;` or the end of the statement, found `rename`'],
    ["create table t (a int) comment = 'a' comment = 'b'", 38, '`COMMENT` is repeated'],
    ['create temp temp table t (a int)', 8, '`TEMP TEMP` cannot precede `TABLE`'],
    ['create table t (a int not null null)', 32, '`NOT NULL` is repeated'],
    ['create table t', 15, 'expected `(` and columns, found the end'],
    ['create view v', 14, 'expected `AS` and a query, found the end'],
    ['create task k warehouse = w', 28, 'expected `AS` and a statement, found the end'],
    ['create warehouse w strict', 20, '`STRICT` is not part of `CREATE WAREHOUSE`'],
    ['create role d.r', 14, 'a name has at most 1 part here'],
    [
      'create function f() returns int language cobol as $$$$',
      42,
      'expected `SQL` or `JAVASCRIPT` or `JAVA` or `PYTHON` or `SCALA`, found `cobol`',
    ],
    ['drop table t (int)', 14, 'expected `;` or the end of the statement, found `(`'],
    ['drop table t cascade cascade', 22, 'expected `;` or the end of the statement, found `cascade`'],
    ['show frobs', 6, 'expected the kind of object to show, found `frobs`'],
    ['show tables in schema s in schema t', 25, 'expected `;` or the end of the statement, found `in`'],
    ['use role', 9, 'expected a name, found the end'],
    ['set (a, b) = (1, 2, 3)', 14, 'expected 2 values, found 3'],
    [
      'select * from t at (frob => 1)',
      21,
      'expected `TIMESTAMP` or `OFFSET` or `STATEMENT` or `STREAM`, found `frob`',
    ],
    ['use', 4, 'expected a name, found the end'],
    ['show', 5, 'expected the kind of object to show, found the end'],
  ] as [string, number, string][])('%s', (text, column, message) => {
    expect(parse(text)).toMatchObject({ outcome: 'refused', line: 1, column, message });
  });

  test('a refusal keeps the kind that the first words tell, and its line', () => {
    expect(parse('create secure view v\n frobnicate')).toMatchObject({
      kind: { family: 'ddl', name: 'create_view' },
      line: 2,
      column: 2,
    });
  });

  test('what follows a refused statement is not looked at', () => {
    const { statements, failure } = split('select 1; select from; drop table t');
    expect(statements).toHaveLength(1);
    expect(failure).toMatchObject({ range: { start: 10, end: 35 } });
  });
});

describe('literals that hold SQL', () => {
  const contentOf = (text: string): unknown => {
    const parsed = parse(text);
    if (parsed.outcome === 'refused' || parsed.statement.kind !== 'execute_immediate')
      throw new Error('unexpected');
    return parsed.statement.source;
  };

  test('are read where they stand', () => {
    expect(contentOf("execute immediate 'select a'")).toMatchObject({
      verbatim: true,
      content: { kind: 'script', statements: [{ kind: 'query', start: 19, end: 27 }] },
    });
  });

  test('with escapes, are read as their value', () => {
    expect(contentOf("execute immediate 'select ''a'''")).toMatchObject({
      verbatim: false,
      source: "select 'a'",
      content: { kind: 'script', statements: [{ start: 0, end: 10 }] },
    });
  });

  test('that do not parse are opaque, not overlooked', () => {
    expect(contentOf('execute immediate $$select from$$')).toMatchObject({
      content: { kind: 'opaque', language: 'SQL', failure: { column: 28 } },
    });
  });

  test('that are only part of the text to run are no literal SQL', () => {
    expect(contentOf("execute immediate 'drop ' || x")).toMatchObject({ kind: 'binary' });
  });
});

describe('names', () => {
  test.each([
    ['unquoted', (name: string) => name, 'n'],
    ['quoted', (name: string) => `"${name}"`, 'n'],
    ['of two quotes each', (name: string) => `"${name}"`, '""'],
    ['of characters beyond the basic plane', (name: string) => `"${name}"`, '\u{1f600}'],
  ])('have at most 255 characters: %s', (_, quote, character) => {
    expect(parse(`select ${quote(character.repeat(255))} from t`)).toMatchObject({ outcome: 'parsed' });
    expect(parse(`select 1 from a.${quote(character.repeat(256))}`)).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('at most 255 characters'),
    });
  });
});

describe('size and depth', () => {
  const parsed: [name: string, text: string][] = [
    ['1,000 parentheses', `select ${'('.repeat(1000)}1${')'.repeat(1000)}`],
    ['1,000 parentheses with operators', `select ${'(1 + '.repeat(1000)}1${')'.repeat(1000)}`],
    ['5,000 OR', `select 1 from t where ${Array(5000).fill('a = 1').join(' or ')}`],
    ['5,000 AND', `select 1 from t where ${Array(5000).fill('not a').join(' and ')}`],
    ['5,000 +', `select ${Array(5000).fill('a').join(' + ')}`],
    ['5,000 ||', `select ${Array(5000).fill("'a'").join(' || ')}`],
    ['5,000 UNION', Array(5000).fill('select 1').join(' union all ')],
    ['5,000 joins', `select 1 from a${' join a using (b)'.repeat(5000)}`],
    ['100 nested subqueries', `select * from ${'(select * from '.repeat(100)}t${')'.repeat(100)}`],
    ['1 MiB of columns', `select ${Array(131_072).fill('abcdef').join(', ')}`],
    ['1 MiB of literal', `select '${'x'.repeat(1_048_576)}'`],
    ['1 MiB of comments', `select ${'/* */ '.repeat(174_762)} 1`],
  ];
  test.each(parsed)('%s', (_name, text) => {
    expect(parse(text).outcome).toBe('parsed');
  });

  test.each([
    '(',
    '((1 + ',
    'f(',
    'f(a => ',
    '[',
    "{'a': ",
    'case when ',
    'not ',
    '- ',
    '(select ',
    'a in (select ',
    'f(x -> ',
    'cast(',
    'f(* replace (',
    'f() over (partition by ',
    'a[',
    'a between ',
  ])('100,000 times `%s` is refused, in bounded time and without exhausting the stack', (opening) => {
    // Of this thread: a busy machine takes longer, not more of it.
    const started = process.threadCpuUsage();
    expect(parse(`select ${opening.repeat(100_000)}`)).toMatchObject({ outcome: 'refused' });
    expect(process.threadCpuUsage(started).user / 1_000).toBeLessThan(2000);
  });

  test.each([
    (n: number) => `select * from ${'('.repeat(n)}`,
    (n: number) => 'begin '.repeat(n),
    (n: number) => `begin ${'if (1 = 1) then '.repeat(n)}`,
    (n: number) => `alter session set x = ${'('.repeat(n)}`,
    (n: number) => `select a::${'array('.repeat(n)}`,
    (n: number) => `select 1 group by ${'cube('.repeat(n)}`,
    (n: number) => 'create task t as '.repeat(n),
    (n: number) => 'with a as ('.repeat(n),
    (n: number) => `select * from t match_recognize (pattern (${'('.repeat(n)}`,
  ])('nesting of other kinds is refused: %s', (make) => {
    expect(parse(make(50_000))).toMatchObject({
      outcome: 'refused',
      message: 'the statement nests too deeply',
    });
  });
});
