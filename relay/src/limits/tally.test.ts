import { beforeEach, expect, it } from 'vitest';
import { createTally, type Tally } from './index.ts';

let time: number;
let told: string[];
let tally: Tally;

beforeEach(() => {
  time = 1_000_000;
  told = [];
  tally = createTally({
    now: () => time,
    onCounted: (kind, count, since) => told.push(`${count} ${kind} since ${since}`),
    first: 2,
    kinds: 3,
  });
});

function add(kind: string, times = 1): void {
  for (let count = 0; count < times; count += 1) tally.add(kind, () => told.push(kind));
}

it('tells of the first few, and counts the others until the minute is over', () => {
  add('a', 100);
  tally.tick();
  expect(told).toEqual(['a', 'a']);
  time += 60_000;
  tally.tick();
  tally.tick();
  expect(told.splice(0)).toEqual(['a', 'a', '98 a since 1000000']);
  add('a', 3);
  tally.close();
  expect(told).toEqual(['a', 'a', '1 a since 1060000']);
});

it('says nothing where there was nothing to count', () => {
  add('a', 2);
  time += 60_000;
  tally.tick();
  expect(told).toEqual(['a', 'a']);
});

it('knows so many kinds, whatever is sent', () => {
  for (let kind = 0; kind < 10_000; kind += 1) add(`k${kind}`);
  tally.close();
  expect(told).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', '9995 other since 1000000']);
});
