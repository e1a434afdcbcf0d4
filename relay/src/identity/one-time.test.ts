import { expect, it } from 'vitest';
import { createOneTime } from './one-time.ts';

function start(most = { each: 100, all: 100 }) {
  const clock = { now: 0 };
  return { clock, values: createOneTime<string>({ lifetimeMs: 1_000, most, now: () => clock.now }) };
}

it('gives a value once, to who has its key', () => {
  const { values } = start();
  expect(values.keep('ada', 'k', 'a')).toBe(true);
  expect(values.keep('ben', 'k', 'b'), 'a key that is there').toBe(false);
  expect(values.take('other')).toBeUndefined();
  expect(values.take('k')).toBe('a');
  expect(values.take('k')).toBeUndefined();
});

it.each([
  [999, 'a'],
  [1_000, undefined],
])('gives it for its time: after %i ms', (later, value) => {
  const { clock, values } = start();
  values.keep('ada', 'k', 'a');
  clock.now = later;
  expect(values.take('k')).toBe(value);
});

it('refuses what is too much, of one and of all, and lets nothing go that still counts', () => {
  const { clock, values } = start({ each: 2, all: 3 });
  const refused = expect.objectContaining({ code: 'rate_limited', retryAfterSeconds: 1 });
  values.keep('ada', 'a1', 'a');
  values.keep('ada', 'a2', 'a');
  expect(() => values.keep('ada', 'a3', 'a')).toThrow(refused);
  values.keep('ben', 'b1', 'b');
  expect(() => values.keep('ben', 'b2', 'b')).toThrow(refused);
  expect(['a1', 'a2'].map((key) => values.take(key))).toEqual(['a', 'a']);
  expect(values.keep('ada', 'a3', 'a')).toBe(true);
  clock.now = 1_000;
  for (const key of ['c1', 'c2']) expect(values.keep('cleo', key, 'c'), 'room again').toBe(true);
});

it('makes room for one with each that is taken, and for no more', () => {
  const { values } = start({ each: 2, all: 100 });
  for (const key of ['a1', 'a2']) values.keep('ada', key, 'a');
  values.take('a1');
  values.take('a1');
  expect(values.keep('ada', 'a3', 'a')).toBe(true);
  expect(() => values.keep('ada', 'a4', 'a')).toThrow('too many');
  for (const key of ['a2', 'a3']) values.take(key);
  for (const key of ['a5', 'a6']) expect(values.keep('ada', key, 'a')).toBe(true);
  expect(() => values.keep('ada', 'a7', 'a')).toThrow('too many');
});

it('has what may still be taken', () => {
  const { clock, values } = start();
  expect(values.has('k')).toBe(false);
  values.keep('ada', 'k', 'a');
  clock.now = 999;
  expect(values.has('k')).toBe(true);
  clock.now = 1_000;
  expect(values.has('k')).toBe(false);
});
