import { expect, it } from 'vitest';
import { readFilters } from '../sessions/filters.ts';
import { foldTime, momentAt, momentPlayedBy, pauseAt } from './folded-time.ts';
import type { Moment } from './moments.ts';
import { readPlace } from './place.ts';
import { readableCell } from './readable-cell.ts';
import { readRows } from './rows.ts';

const moment = (seq: number, at: number): Moment => ({
  seq,
  at,
  kind: 'statement',
  text: '',
  means: 'neutral',
});

it('folds long pauses to a line, and plays none for longer than a few seconds, nor anything too fast to be seen', () => {
  const folded = foldTime();
  folded.add([moment(0, 0), moment(1, 1), moment(4, 3_000)]);
  folded.add([moment(5, 4 * 60_000 + 3_000), moment(9, 4 * 60_000 + 4_500)]);
  const time = folded.now();
  expect(time.lines).toEqual([0, 1, 2, -4, 3, 4]);
  expect(time.lineOf).toEqual([0, 1, 2, 4, 5]);
  expect(pauseAt(time, 3)).toBe(4 * 60_000);
  expect(time.playedAt).toEqual([0, 600, 3_599, 6_599, 8_099]);
  expect([0, 599, 600, 5_000, 1e9].map((ms) => momentPlayedBy(time, ms))).toEqual([0, 0, 1, 2, 4]);
  // An event between two moments is shown with the one before it.
  expect([0, 1, 3, 4, 8, 99].map((seq) => momentAt(time.moments, seq))).toEqual([0, 1, 1, 2, 3, 4]);
  expect(time.tally.statements).toBe(5);
});

it.each([
  ['date', '18262', '2020-01-01'],
  ['date', '-1', '1969-12-31'],
  ['date', '99999999', '99999999'],
  ['timestamp_ntz', '1577836800.120000000', '2020-01-01 00:00:00.12'],
  ['timestamp_ntz', '-1.000000000', '1969-12-31 23:59:59'],
  ['timestamp_ntz', '-1.5', '-1.5'],
  ['timestamp_tz', '1577836800.000000000 1500', '2020-01-01 01:00:00 +01:00'],
  ['timestamp_ltz', 'tok_abc', 'tok_abc'],
  ['fixed', '12', '12'],
])('shows a cell of type %s, %s, as %s', (type, cell, shown) => {
  expect(readableCell(type, cell)).toBe(shown);
});

it('reads rows in each encoding that records have', async () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const rows = [
    ['1', null],
    ['2', 'ü'],
  ];
  expect(await readRows({ bytes: bytes('["1",null],["2","ü"]'), encoding: 'json' })).toEqual(rows);
  expect(await readRows({ bytes: bytes('["1",null]\n["2","ü"]\n'), encoding: undefined })).toEqual(rows);
  await expect(readRows({ bytes: bytes('["1"'), encoding: 'json' })).rejects.toThrow(/JSON/);
});

it('shows rows in Arrow as it shows them in JSON', async () => {
  const { Field, Int64, Schema, Table, tableToIPC, Utf8, vectorFromArray } = await import('apache-arrow');
  const columns = [
    ['TOTAL', 'FIXED', '2', vectorFromArray([1_990n, null], new Int64())],
    ['AT', 'TIMESTAMP_NTZ', '3', vectorFromArray([1_577_836_800_120n, null], new Int64())],
    ['CITY', 'TEXT', '0', vectorFromArray(['Zoë', null], new Utf8())],
  ] as const;
  const fields = columns.map(
    ([name, logicalType, scale, { type }]) =>
      new Field(name, type, true, new Map(Object.entries({ logicalType, scale }))),
  );
  const vectors = Object.fromEntries(columns.map(([name, , , vector]) => [name, vector]));
  const bytes = tableToIPC(new Table(new Schema(fields), vectors as never));
  expect(await readRows({ bytes, encoding: 'arrow' })).toEqual([
    ['19.90', '1577836800.120', 'Zoë'],
    [null, null, null],
  ]);
  await expect(readRows({ bytes: bytes.subarray(0, 300), encoding: 'arrow' })).rejects.toThrow(
    /Expected to read/,
  );
});

it('reads filters and places from addresses that anybody may have written', () => {
  expect(readFilters({ q: 7, in: 'object', effect: 'none', range: '7d', since: 'x', person: ' ' })).toEqual({
    q: '7',
    in: 'object',
    range: '7d',
  });
  expect(readFilters({ rule: 'uses', since: '2026-01-01' })).toEqual({
    q: 'uses',
    in: 'rule',
    since: '2026-01-01T00:00:00.000Z',
  });
  expect(readPlace({ at: '12' })).toEqual({ at: 12 });
  expect(readPlace({ at: -1, statement: 'x' })).toEqual({ statement: 'x' });
  expect(readPlace({ at: {} })).toEqual({});
});
