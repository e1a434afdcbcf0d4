import { describe, expect, it } from 'vitest';
import { remainingLimits } from './limits.ts';
import { asked, NOON, output, policyOf, select, someone, source } from './statement-fixtures.ts';
import { type Hours, isTimezone, wallClock, within } from './hours.ts';

const ada = someone('Ada', 'developers');
const meaning = select(output('ID', source('ORDERS.ID')));
const left = (limits: string, usage: { rows?: number; bytes?: number; stoppedBefore?: boolean } = {}) => {
  const volume = { rows: usage.rows ?? 0, bytes: usage.bytes ?? 0 };
  const policy = policyOf(`
version: 1
approvers: { owners: { groups: [owners] } }
limits: [${limits}]
rules: []`);
  const used = { session: volume, day: { rows: 0, bytes: 0 }, stoppedBefore: usage.stoppedBefore ?? false };
  const { limits: remaining, exhausted } = remainingLimits(policy, meaning, asked(ada, { usage: used }));
  return { ...remaining, exhausted: exhausted.map(({ name }) => name) };
};
const stop = (name: string, per: string, what: string) =>
  `{ name: ${name}, per: ${per}, ${what}, on_excess: stop, when: {} }`;
const ask = (name: string, what: string) =>
  `{ name: ${name}, per: statement, ${what}, on_excess: ask, approvers: owners, when: {} }`;

describe('what a statement may still return', () => {
  it.each([
    ['nothing is limited', '', {}, { exhausted: [] }],
    [
      'a limit for each statement',
      stop('a', 'statement', 'rows: 5'),
      { rows: 9 },
      { maxRows: 5, rule: 'a', exhausted: [] },
    ],
    [
      'what is left of a session',
      stop('a', 'session', 'rows: 5, bytes: 9B'),
      { rows: 3, bytes: 4 },
      { maxRows: 2, maxBytes: 5, rule: 'a', exhausted: [] },
    ],
    ['the last row', stop('a', 'session', 'rows: 5'), { rows: 4 }, { maxRows: 1, rule: 'a', exhausted: [] }],
    ['no row any more', stop('a', 'session', 'rows: 5'), { rows: 5 }, { exhausted: ['a'] }],
    [
      'the last byte',
      stop('a', 'session', 'bytes: 5B'),
      { bytes: 4 },
      { maxBytes: 1, rule: 'a', exhausted: [] },
    ],
    ['no byte any more', stop('a', 'session', 'bytes: 5B'), { bytes: 5 }, { exhausted: ['a'] }],
    [
      'a day that others used',
      stop('a', 'day', 'rows: 5'),
      { rows: 5 },
      { maxRows: 5, rule: 'a', exhausted: [] },
    ],
    [
      'the tighter of two, and its name',
      `${stop('a', 'statement', 'rows: 5')}, ${stop('b', 'statement', 'rows: 3')}, ${stop('c', 'statement', 'rows: 4')}`,
      {},
      { maxRows: 3, rule: 'b', exhausted: [] },
    ],
    [
      'rows of one, bytes of another',
      `${stop('a', 'statement', 'rows: 5')}, ${stop('b', 'statement', 'bytes: 1KB')}`,
      {},
      { maxRows: 5, maxBytes: 1_000, rule: 'b', exhausted: [] },
    ],
    [
      'the first of two alike',
      `${stop('a', 'statement', 'rows: 5')}, ${stop('b', 'statement', 'rows: 5')}`,
      {},
      { maxRows: 5, rule: 'a', exhausted: [] },
    ],
    [
      'the tighter of two in bytes, and its name',
      `${stop('a', 'statement', 'bytes: 5KB')}, ${stop('b', 'statement', 'bytes: 3KB')}, ${stop('c', 'statement', 'bytes: 4KB')}`,
      {},
      { maxBytes: 3_000, rule: 'b', exhausted: [] },
    ],
    [
      'the first of two alike in bytes',
      `${stop('a', 'statement', 'bytes: 5KB')}, ${stop('b', 'statement', 'bytes: 5KB')}`,
      {},
      { maxBytes: 5_000, rule: 'a', exhausted: [] },
    ],
    [
      'no limit of other people',
      stop('a', 'statement', 'rows: 5').replace('when: {}', 'when: { groups: [guests] }'),
      {},
      { exhausted: [] },
    ],
    [
      'one that is used up beside one that is not',
      `${stop('a', 'session', 'rows: 5')}, ${stop('b', 'statement', 'rows: 3')}`,
      { rows: 5 },
      { maxRows: 3, rule: 'b', exhausted: ['a'] },
    ],
    ['one that asks, the first time', ask('a', 'rows: 5'), {}, { maxRows: 5, rule: 'a', exhausted: [] }],
    [
      'one that asks, once it was stopped',
      ask('a', 'rows: 5'),
      { stoppedBefore: true },
      { exhausted: ['a'] },
    ],
    [
      'one that stops, whether it was stopped',
      stop('a', 'statement', 'rows: 5'),
      { stoppedBefore: true },
      { maxRows: 5, rule: 'a', exhausted: [] },
    ],
  ])('%s', (_, limits, usage, expected) => {
    expect(left(limits, usage)).toEqual(expected);
  });
});

describe('hours', () => {
  const day: Hours = { days: [5], from: 9 * 60, to: 17 * 60 };
  const night: Hours = { days: [5], from: 22 * 60, to: 6 * 60 };
  const at = (weekday: number, hour: number, minute = 0) => ({ day: weekday, minute: hour * 60 + minute });

  it.each<[string, Hours, ReturnType<typeof at>, boolean]>([
    ['its first minute', day, at(5, 9), true],
    ['the minute before', day, at(5, 8, 59), false],
    ['its last minute', day, at(5, 16, 59), true],
    ['the minute after', day, at(5, 17), false],
    ['another day', day, at(4, 12), false],
    ['any day, when none is named', { ...day, days: null }, at(4, 12), true],
    ['the evening of a night', night, at(5, 22), true],
    ['the minute before it', night, at(5, 21, 59), false],
    ['the morning after', night, at(6, 5, 59), true],
    ['the minute after it', night, at(6, 6), false],
    ['the morning of the same day', night, at(5, 3), false],
    ['the evening of the next', night, at(6, 23), false],
    ['Sunday morning, of a Saturday night', { ...night, days: [6] }, at(0, 1), true],
    ['a whole day', { days: [5], from: 0, to: 0 }, at(5, 12), true],
    ['a day of no length is until the next', { days: [5], from: 60, to: 60 }, at(6, 0, 59), true],
  ])('%s', (_, hours, clock, inside) => {
    expect(within(hours, clock)).toBe(inside);
  });

  it.each([
    ['UTC', { day: 5, minute: 12 * 60 }],
    ['Europe/Berlin', { day: 5, minute: 13 * 60 }],
    ['Asia/Kolkata', { day: 5, minute: 17 * 60 + 30 }],
    ['Pacific/Kiritimati', { day: 6, minute: 2 * 60 }],
  ])('are those of the wall clock in %s', (timezone, expected) => {
    expect(wallClock(timezone)(NOON)).toEqual(expected);
  });

  it('know a time zone from what is none', () => {
    expect(['UTC', 'Europe/Berlin', 'Mars/Olympus', ''].map(isTimezone)).toEqual([true, true, false, false]);
  });
});
