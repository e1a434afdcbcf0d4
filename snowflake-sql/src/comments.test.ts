import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commentsIn, commentsOf } from './comments.ts';
import { parse, type ParsedStatement } from './parse.ts';
import { tokenize } from './tokenizer.ts';
import { visit } from './tree/walk.ts';

const TEXT = `-- The people.
-- All of them.
select id, -- the key
       /* as it is */ ssn /* secret */, name // last
       -- where from
from people /* p */ where a = 1 -- only the first
; -- done
-- over`;

const { tokens } = tokenize(TEXT);

test('all comments of a text, in order', () => {
  expect(commentsIn(tokens).map(({ style, text }) => `${style}${text}`)).toEqual([
    'line The people.',
    'line All of them.',
    'line the key',
    'block as it is ',
    'block secret ',
    'line last',
    'line where from',
    'block p ',
    'line only the first',
    'line done',
    'line over',
  ]);
});

test('the comments inside a range', () => {
  const from = TEXT.indexOf('ssn');
  expect(textsOf(commentsIn(tokens, { start: from, end: TEXT.indexOf('from people') }))).toEqual([
    'secret',
    'last',
    'where from',
  ]);
  expect(commentsIn(tokens, { start: from, end: from + 3 })).toEqual([]);
});

describe('before and behind a node', () => {
  const around: Record<string, string> = {};
  const parsed = parse(TEXT) as ParsedStatement;
  const note = (name: string, node: { start: number; end: number }) => {
    const { leading, trailing } = commentsOf(tokens, node);
    around[name] = `${textsOf(leading).join('; ')} | ${textsOf(trailing).join('; ')}`;
  };
  visit(parsed.statement, {
    query: (node) => note('query', node),
    select_item: (node) => note(TEXT.slice(node.start, node.end), node),
    from_item: (node) => note('from', node),
    comparison: (node) => note('where', node),
  });

  test.each([
    ['query', 'The people.; All of them. | only the first; done'],
    ['id', ' | the key'],
    ['ssn', 'as it is | secret'],
    ['name', ' | last'],
    ['from', ' | '],
    ['where', ' | only the first; done'],
  ])('%s', (name, expected) => expect(around[name]).toBe(expected));

  test('a node inside a literal has none', () => {
    const sql = "execute immediate 'select /* c */ a'";
    visit((parse(sql) as ParsedStatement).statement, {
      column: (node) => expect(commentsOf(tokenize(sql).tokens, node)).toEqual({ leading: [], trailing: [] }),
    });
  });
});

const samples = readFileSync(new URL('./samples.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.replace(/^.*? \| /, ''));

test('tokens, comments and white space are the whole text, and every comment belongs to one token at most', () => {
  const comment = fc.constantFrom(' /* c */ ', ' -- c\n', '\n// c\n', ' /* c\n c */\n', ' ');
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.array(comment, { minLength: 1, maxLength: 20 }),
      (sql, pieces) => {
        const plain = tokenize(sql).tokens;
        const text = plain.starts
          .map((start, index) => `${pieces[index % pieces.length]}${sql.slice(start, plain.ends[index])}`)
          .join('');
        const { tokens, problem } = tokenize(text);
        expect(problem).toBeNull();
        const comments = commentsIn(tokens);
        const parts = [
          ...comments,
          ...tokens.starts.map((start, index) => ({ start, end: tokens.ends[index]! })),
        ];
        let rest = text;
        for (const { start, end } of parts)
          rest = rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end);
        expect(rest.trim()).toBe('');
        const found = tokens.starts.flatMap((start, index) => {
          const { leading, trailing } = commentsOf(tokens, { start, end: tokens.ends[index]! });
          // Behind a comma is said of what stands before it.
          const own = tokens.kinds[index] === ',' || tokens.kinds[index] === ';' ? [] : trailing;
          return [...leading, ...own].map(({ start }) => start);
        });
        expect(found.length).toBe(new Set(found).size);
      },
    ),
    { numRuns: 500 },
  );
});

test('what makes no token is no comment', () => {
  expect(commentsIn(tokenize("select 1 /* a */ 'b -- c").tokens).map(({ text }) => text)).toEqual([' a ']);
});

function textsOf(comments: readonly { readonly text: string }[]): readonly string[] {
  return comments.map(({ text }) => text.trim());
}
