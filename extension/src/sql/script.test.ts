import { describe, expect, it } from 'vitest';
import { readScript, statementAt, statementsIn } from './script.ts';

const textsOf = (text: string) => readScript(text).statements.map(({ start, end }) => text.slice(start, end));

describe('a text is taken apart into its statements', () => {
  it.each<[string, readonly string[]]>([
    ['select 1; select 2', ['select 1', 'select 2']],
    ['select 1;\r\n\r\n-- two;\r\nselect\t2\r\n', ['select 1', 'select\t2']],
    ["select '😀;' as a; select 2", ["select '😀;' as a", 'select 2']],
    ['select $$ a; b $$; select 2', ['select $$ a; b $$', 'select 2']],
    [
      'begin\n  delete from t where a = 1;\n  select 2;\nend;\nselect 3;',
      ['begin\n  delete from t where a = 1;\n  select 2;\nend', 'select 3'],
    ],
    [
      'create procedure p() returns int language sql as $$ begin return 1; end; $$; call p();',
      ['create procedure p() returns int language sql as $$ begin return 1; end; $$', 'call p()'],
    ],
    ['/* only; a comment */', []],
    ['', []],
  ])('%s', (text, expected) => {
    expect(textsOf(text)).toEqual(expected);
  });

  it('with its mistakes, each where it is', () => {
    const text = "select '😀', b c d\r\nfrom\tt;\r\nselect 2 from";
    const { statements, problems } = readScript(text);
    expect(statements.map(({ broken }) => broken)).toEqual([true, true]);
    expect(problems.map(({ start, end }) => text.slice(start, end))).toEqual(['d', '']);
    expect(problems[1]!.start).toBe(text.length);
  });

  it('and where names are looked up after a USE', () => {
    const text =
      'select 1; use schema hr; select 2; use other.s2; use database "d"; select 3; use role r; select 4';
    expect(readScript(text).statements.map(({ within }) => within)).toEqual([
      {},
      {},
      { schema: 'HR' },
      { schema: 'HR' },
      { database: 'OTHER', schema: 'S2' },
      { database: 'd', schema: 'PUBLIC' },
      { database: 'd', schema: 'PUBLIC' },
      { database: 'd', schema: 'PUBLIC' },
    ]);
  });
});

describe('the statement at a caret, marked by |', () => {
  it.each<[string, number]>([
    ['|select 1; select 2', 0],
    ['select 1|; select 2', 0],
    ['select 1;| select 2', 0],
    ['select 1; |select 2', 1],
    ['select 1;\n-- abo|ut\nselect 2', 1],
    ['select 1;\n|\nselect 2', 0],
    ['select 1;\n\n|', 0],
    ['-- |first\nselect 1', 0],
    ['|', -1],
  ])('%j', (marked, expected) => {
    const at = marked.indexOf('|');
    const text = marked.replace('|', '');
    expect(statementAt(readScript(text), text, at)).toBe(expected);
  });
});

it('a selection takes the statements that it touches', () => {
  const script = readScript('select 1; select 2; select 3');
  expect(statementsIn(script, { start: 7, end: 12 })).toEqual([0, 1]);
  expect(statementsIn(script, { start: 8, end: 10 })).toEqual([]);
});
