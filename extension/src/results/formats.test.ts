import { describe, expect, it } from 'vitest';
import type { ResultColumn } from './columns.ts';
import { rowWriter, withoutFormula } from './formats.ts';

const column = (name: string, more: Partial<ResultColumn> = {}): ResultColumn => ({
  name,
  type: 'text',
  precision: null,
  scale: null,
  ...more,
});
const columns = [column('A'), column('B', { masked: { method: 'redact', because: 'rule cards' } })];
const written = (
  format: 'csv' | 'tsv' | 'json',
  rows: Parameters<ReturnType<typeof rowWriter>['rows']>[0][],
) => {
  const writer = rowWriter(format, { columns, withHeaders: true });
  return writer.head() + rows.map((page) => writer.rows(page)).join('') + writer.tail();
};

describe('CSV', () => {
  it('quotes what it has to, and tells NULL from an empty text', () => {
    expect(written('csv', [[['a,b', 'say "x"']], [[null, '']], [['two\nlines', 1.5]]])).toBe(
      'A,B\r\n"a,b","say ""x"""\r\n,""\r\n"two\nlines",1.5\r\n',
    );
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+49 30 1234', "'+49 30 1234"],
    ['-cmd|x', "'-cmd|x"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', "'\r=1"],
    [' =1', "' =1"],
    ['\u00A0=1', "'\u00A0=1"],
    ['\uFEFF=1', "'\uFEFF=1"],
    ['\0=1', "'\0=1"],
    ['＝1', "'＝1"],
    ['＋1', "'＋1"],
    ['－A1', "'－A1"],
    ['＠SUM', "'＠SUM"],
  ])('makes no formula of %j', (text, safe) => {
    expect(withoutFormula(text)).toBe(safe);
  });

  it.each(['-5', '+5', '-1.5e10', '-.5', 'a=b', '', 'x@y', '2026-01-01', '****'])(
    'leaves %j as it is',
    (text) => {
      expect(withoutFormula(text)).toBe(text);
    },
  );

  it('makes no formula of a column’s name, nor of JSON', () => {
    const writer = rowWriter('csv', { columns: [column('=HYPERLINK("http://x")')], withHeaders: true });
    expect(writer.head()).toBe(`"'=HYPERLINK(""http://x"")"\r\n`);
    expect(writer.rows([[{ a: [1, null] }]])).toBe('"{""a"":[1,null]}"\r\n');
  });
});

describe('TSV', () => {
  it('keeps cells apart', () => {
    expect(written('tsv', [[['a\tb', '=x']]])).toBe('A\tB\n"a\tb"\t\'=x\n');
  });
});

describe('JSON', () => {
  it('is valid however it is cut, keeps both of two columns of one name, and says what is masked', () => {
    const text = written('json', [[['=1', 1]], [], [[null, { a: 'x' }]]]);
    expect(JSON.parse(text)).toEqual({
      columns: [
        { name: 'A', type: 'VARCHAR' },
        { name: 'B', type: 'VARCHAR', masked: { method: 'redact', because: 'rule cards' } },
      ],
      rows: [
        ['=1', 1],
        [null, { a: 'x' }],
      ],
    });
  });
});
