import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createOneTime } from './one-time.ts';

function start(limit = 100) {
  const clock = { now: 0 };
  return {
    clock,
    values: createOneTime<string>({ lifetime: 1_000, limit, now: () => clock.now, random: randomBytes }),
  };
}

it('gives a value once, to who has its key', () => {
  const { values } = start();
  const key = values.put('a');
  expect(key).toMatch(/^_[0-9a-f]{64}$/);
  expect(values.take('_0')).toBeUndefined();
  expect(values.take(key)).toBe('a');
  expect(values.take(key)).toBeUndefined();
});

it.each([
  [999, 'a'],
  [1_000, undefined],
])('gives it for its time: after %i ms', (later, value) => {
  const { clock, values } = start();
  const key = values.put('a');
  clock.now = later;
  expect(values.take(key)).toBe(value);
});

it('lets the oldest go when there are too many, and only those', () => {
  const { values } = start(2);
  const keys = ['a', 'b', 'c'].map((value) => values.put(value));
  expect(keys.map((key) => values.take(key))).toEqual([undefined, 'b', 'c']);
});

it('lets those go whose time is over, and only those', () => {
  const { clock, values } = start(2);
  values.put('a');
  clock.now = 500;
  const b = values.put('b');
  clock.now = 1_200; // `a` makes room for `c`
  const c = values.put('c');
  expect([values.take(b), values.take(c)]).toEqual(['b', 'c']);
});
