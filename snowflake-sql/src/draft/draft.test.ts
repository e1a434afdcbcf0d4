import { readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { analyzeScript } from '../analyze.ts';
import { type ParsedScript, type ParsedStatement, split } from '../parse.ts';
import { walk } from '../tree/walk.ts';
import { type Draft, type DraftStatement, parseDraft } from './draft.ts';

/** A script, in which what is wrong stands between `«` and `»`, and the messages. */
const SCRIPTS: readonly (readonly [marked: string, ...messages: readonly string[]])[] = [
  ['select 1; select a from t;'],
  [
    'select a b «c», d e from t where x = «=» 1 and y in (1, 2«»',
    'expected `;` or',
    'expected an',
    'expected `)`',
  ],
  ['«selct» a from t; select 1; select «from» t', 'expected a statement', 'expected an expression'],
  ['select a frm «t» where «»', 'expected `;` or', 'expected an expression'],
  ['select a from t «delete» from t', 'expected `;`'],
  ['select f(a, (b «from» t where «»', 'expected `)`', 'expected an expression'],
  ['create table t (a int, b strng «x» y, c varchar(10,«)», d int)', 'expected `)`', 'expected a type'],
  ['create «tabel» t (a int); select 1 +«;» select 2', 'expected an object type', 'expected an expression'],
  [
    'begin select 1; «selec» 2; select «from» t; let x := «;» end; select 3',
    'expected a statement',
    'expected an expression',
    'expected an expression',
  ],
  ['update t set a = «,» b = 2 where c =«=» 3', 'expected an expression', 'expected an expression'],
  [
    'with a as (select 1 from«)», b as (select «,»2) select * from a',
    'expected a name',
    'expected an expression',
  ],
  ["select «'abc from t»;\nselect 2 from«»", 'the string that starts here', 'expected a name'],
  [
    'select a «#» b, «""» from t; select «‘»x',
    '`#` does not start a comment',
    'a quoted name is empty',
    'U+2018',
  ],
  ['select 1 «/* open', 'the comment that starts here'],
  ['select case when a then 1 «from» t; select 2', 'expected `END`'],
  [
    'create procedure p() returns int language sql as $$ begin select 1 «2» 3; «lett» x := 1; return 1; end $$; «selec»',
    'expected `;`',
    'expected a statement',
    'expected a statement',
  ],
];

describe('every mistake is found, at its place', () => {
  test.each(SCRIPTS)('%s', (marked, ...messages) => {
    const { text, ranges } = unmarked(marked.replace('«selec»', '«selec»'));
    const { problems } = parseDraft(text);
    expect(problems.map(({ range }) => range)).toEqual(ranges);
    expect(problems.map(({ message }, index) => message.slice(0, messages[index]?.length))).toEqual(messages);
  });
});

describe('statements', () => {
  test('broken ones end where their `;` is, the others are read', () => {
    const text = 'select 1; select from t; begin select 2; selec 3; end; drop table t';
    expect(statementsOf(text)).toEqual([
      'select: select 1',
      'select, broken: select from t',
      'block, broken: begin select 2; selec 3; end',
      'drop_table: drop table t',
    ]);
  });

  test('a text with strange characters is not what is read', () => {
    expect(statementsOf('select ‘; select 1')).toEqual(['select, broken: select', 'select: select 1']);
  });

  test('nested ends do not end a block', () => {
    const text =
      'declare x int; begin if (x = 1) then x := case when y then 1 end; end if; for end loop; end; select 1';
    expect(statementsOf(text).at(-1)).toBe('select: select 1');
  });
});

const texts = readFileSync(new URL('../samples.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.replace(/^.*? \| /, ''));

test('of what is right there are no problems, and the same trees', () => {
  for (const text of texts) {
    const { statements, problems } = parseDraft(text);
    const strict = split(text).statements;
    expect(statements.map(({ tree }) => tree)).toEqual(strict.map(({ statement }) => statement));
    if (problems.length === 0) continue;
    const unread = strict.some(({ statement }) => [...walk(statement)].some(({ kind }) => kind === 'opaque'));
    expect({ text, unread }).toEqual({ text, unread: true });
  }
});

test('a token put in, taken out or doubled anywhere: what the strict parser refuses is among the problems', () => {
  const wrong = texts.flatMap((text, index) => {
    const words = text.split(' ');
    const at = (index * 7) % words.length;
    const broken = [words.toSpliced(at, 1), words.toSpliced(at, 0, ')'), words.toSpliced(at, 0, words[at]!)];
    return broken.map((all) => all.join(' ')).filter((sql) => !agrees(sql));
  });
  expect(wrong).toEqual([]);
});

/** Whether a draft finds something wrong where the strict parser does, and nowhere else does without. */
function agrees(sql: string): boolean {
  const { failure } = split(sql);
  const { statements, problems } = parseDraft(sql);
  if (failure === null) return statements.every(({ tree }) => tree !== null);
  const isFound = problems.some(({ range }) => range.start === failure.spot.start);
  return isFound && statements.some(({ tree }) => tree === null);
}

test('more mistakes than can be looked for take no more time than as many', () => {
  const broken = (count: number) =>
    `select ${Array.from({ length: count }, (_, i) => `a${i} b c`).join(', ')} from t`;
  expect(parseDraft(broken(200)).problems.length).toBe(20);
  // Microseconds; a clock that ticks rarely shows none of a short time.
  const work = (text: string) => {
    const started = process.threadCpuUsage().user;
    parseDraft(text);
    return Math.max(1_000, process.threadCpuUsage().user - started);
  };
  const [small, large] = [broken(8_000), broken(128_000)].map((text) => Math.min(work(text), work(text)));
  expect(large! / small!).toBeLessThan(128);
});

test('a draft is no script, and its statements are none that are analysed', () => {
  expectTypeOf<Draft>().not.toExtend<ParsedScript>();
  expectTypeOf<DraftStatement>().not.toExtend<ParsedStatement>();
  expectTypeOf<Parameters<typeof analyzeScript>[0]>().toEqualTypeOf<ParsedScript>();
});

function statementsOf(text: string): readonly string[] {
  return parseDraft(text).statements.map(
    ({ kind, range, tree }) =>
      `${kind.name}${tree === null ? ', broken' : ''}: ${text.slice(range.start, range.end)}`,
  );
}

function unmarked(marked: string) {
  const ranges: { start: number; end: number }[] = [];
  let text = '';
  for (const part of marked.split(/(?=[«»])/)) {
    if (part.startsWith('«')) ranges.push({ start: text.length, end: -1 });
    else if (part.startsWith('»')) ranges.at(-1)!.end = text.length;
    text += part.replace(/^[«»]/, '');
  }
  return { text, ranges: ranges.map(({ start, end }) => ({ start, end: end < 0 ? text.length : end })) };
}
