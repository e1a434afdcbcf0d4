import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokenize } from './tokenizer.ts';

describe('tokens', () => {
  test.each([
    ['a.b_$1', ['word', '.', 'word']],
    ['"a ""b"" c"', ['quoted']],
    [`'it''s' 'a\\'b'`, ['string', 'string']],
    ["$$ it's $ raw $$", ['dollars']],
    ['$var $1 $_x', ['variable', 'position', 'variable']],
    ['1 1.5 .5 1. 1e10 1.5E-3', ['number', 'number', 'number', 'number', 'number', 'number']],
    [
      'a->>b->c=>d::e:f:=g',
      ['word', '->>', 'word', '->', 'word', '=>', 'word', '::', 'word', ':', 'word', ':=', 'word'],
    ],
    ['@~/a @%t @db.s."my stage"/p-1/x.csv)', ['stage', 'stage', 'stage', ')']],
    ['file:///tmp/x*.csv @s', ['url', 'stage']],
    ['@s/t=12:00:00 :b', ['stage', ':', 'word']],
    ['a -- b\n c // d\n e /* f */ g', ['word', 'word', 'word', 'word']],
    ['1--1', ['number']],
    ['a$$b', ['word']],
  ])('%s', (text, kinds) => {
    const { tokens, problem } = tokenize(text);
    expect(problem).toBeNull();
    expect(tokens.kinds).toEqual([...kinds, 'end']);
  });

  test('keywords are found whatever their case, and only whole', () => {
    expect(tokenize('Select sELECTS "select"').tokens.keywords).toEqual(['SELECT', '', '', '']);
  });
});

describe('what two readers could read differently is refused', () => {
  test.each([
    ['/* /* */ */', 'whether comments nest'],
    ['/* a', 'no closing'],
    ["'a", 'no closing'],
    ["'a\\'", 'no closing'],
    ['"a', 'no closing'],
    ['""', 'empty'],
    ['$$a', 'no closing'],
    ['1abc', 'followed directly by a name'],
    ['0x1F', 'followed directly by a name'],
    ['$1a', 'followed directly by a name'],
    ['@s/a--b', 'start a comment'],
    ['@s//b', 'start a comment'],
    ['@s/*.csv */', 'start a comment'],
    ['a # b', 'does not start a comment'],
    ['`a`', 'back-tick'],
    ['\u2018a\u2019', 'looks like a quote'],
    ['a\u00a0b', 'looks like a space'],
    ['a\u200bb', 'is invisible'],
    ['\ufeffselect 1', 'is invisible'],
    ['a \u202e b', 'reorders'],
    ['-- \u202e', 'reorders'],
    ['-- a\rb\n', 'carriage return'],
    ['-- a\u2028b\n', 'line separator'],
    ['-- a\vb\n', 'line end'],
    ['-- a\f\n', 'line end'],
    ['@s/a::b', 'a cast or an assignment'],
    ['\u0441', 'only in a literal'],
    ['\0', 'only in a literal'],
    ['\ud83d\ude00', 'U+1F600'],
  ])('%j', (text, message) => {
    expect(tokenize(text).problem?.message).toContain(message);
  });

  test('in a literal any character may stand', () => {
    expect(tokenize(`'\u2018\u202e\u00a0' "\u0441" $$\u200b$$`).problem).toBeNull();
  });
});

/** Pieces that make the tokenizer choose, so that random texts meet its corners. */
// prettier-ignore
const pieces = fc.constantFrom(
  "'", '"', '$$', '$', '--', '//', '/*', '*/', '\n', '\r', ' ', '@', '%', '~', '.', ':', '-', '>', '=', '<', '\\', 'a',
  'SELECT', '1', 'e', '.5', ';', '(', '|', 'file://', '\u00e9', '\u202e', '\ud800', '\u00a0', '#', '`', '!',
);

test('the tokens and the white space and comments between them are the text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        const { tokens, problem } = tokenize(text);
        let end = 0;
        let rebuilt = '';
        const last = tokens.kinds.length - 1;
        for (let i = 0; i < last; i++) {
          const gap = text.slice(end, tokens.starts[i]);
          expect(gap).toMatch(BLANK);
          rebuilt += gap + text.slice(tokens.starts[i], tokens.ends[i]);
          expect(tokens.ends[i]).toBeGreaterThan(tokens.starts[i]!);
          end = tokens.ends[i]!;
        }
        // After a problem the rest is unread, and the problem says where it starts.
        const between = problem === null ? BLANK : BLANK_BEFORE_PROBLEM;
        expect(text.slice(end, problem?.spot.start)).toMatch(between);
        expect(rebuilt + text.slice(end)).toBe(text);
      },
    ),
    { numRuns: 2000 },
  );
});

const BLANK = /^(?:[ \t\n\r\f]|--[^\n]*(?:\n|$)|\/\/[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*$/;
/** The spot may lie inside a comment or a stage. */
const BLANK_BEFORE_PROBLEM =
  /^(?:[ \t\n\r\f]|--[^\n]*(?:\n|$)|\/\/[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*(?:--[^\n]*|\/\/[^\n]*|\/\*[^]*|@[^]*)?$/;
