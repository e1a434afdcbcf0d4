import { expect, it } from 'vitest';
import { pointedLines } from '../text/index.ts';
import { displayed } from './displayed.ts';

const at = (text: string, part: string) => {
  const start = text.indexOf(part);
  return { start, end: start + part.length };
};

it.each<[text: string, part: string, lines: readonly string[]]>([
  ['SELECT NAME FORM T', 'FORM', ['    1 | SELECT NAME FORM T', '      :             ^^^^']],
  ['SELECT\n  NOPE\nFROM T', 'NOPE', ['    2 |   NOPE', '      :   ^^^^']],
  ["SELECT '山田', NOPE", 'NOPE', ["    1 | SELECT '山田', NOPE", '      :                ^^^^']],
  ['SELECT \u202e NOPE', 'NOPE', ['    1 | SELECT \\u{202E} NOPE', '      :                 ^^^^']],
  ['\tSELECT 1,\r\n\tNOPE', 'NOPE', ['    2 |     NOPE', '      :     ^^^^']],
])('%j, at %s', (text, part, lines) => {
  expect(pointedLines(text, at(text, part), displayed)).toEqual(lines);
});

it('is behind the end where something is missing', () => {
  expect(pointedLines('SELECT A FROM', { start: 13, end: 13 }, displayed)).toEqual([
    '    1 | SELECT A FROM',
    '      :              ^',
  ]);
});

it('shows what is around a place in a long line, and that there is more', () => {
  const text = `SELECT ${'a, '.repeat(200)}NOPE${', b'.repeat(200)}`;
  const [line = '', mark = ''] = pointedLines(text, at(text, 'NOPE'), displayed, 40);
  expect(line).toMatch(/^ {4}1 \| ….*NOPE.*…$/);
  expect(displayed(line)).toBeLessThanOrEqual(50);
  expect(line.indexOf('NOPE')).toBe(mark.indexOf('^'));
});
