import { expect, it } from 'vitest';
import { sortedInSteps } from './sorted-in-steps.ts';

/** No two alike, in an order that is none. */
function shuffled(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `w:${(index * 7_919) % count}`);
}

async function stepsOf(values: readonly string[], size: number) {
  const steps: (readonly string[])[] = [];
  for await (const step of sortedInSteps(values, size)) steps.push(step);
  return steps;
}

it.each([0, 1, 499, 500, 501, 5_000, 5_001, 23_456])('sorts %d values, so many at a time', async (count) => {
  const values = shuffled(count);
  const steps = await stepsOf(values, 500);
  expect(steps.flat()).toEqual(values.toSorted());
  expect(steps.slice(0, -1).every(({ length }) => length === 500)).toBe(true);
  expect(steps).toHaveLength(Math.ceil(count / 500));
});

it('keeps what is there twice', async () => {
  expect(await stepsOf(['b', 'a', 'b'], 2)).toEqual([['a', 'b'], ['b']]);
});

it('gives others their turn before it has sorted all of them', async () => {
  const counting = countTurns();
  const iterator = sortedInSteps(shuffled(50_000), 500);
  await iterator.next();
  expect(counting.stop()).toBeGreaterThanOrEqual(9);
  await iterator.return(undefined);
});

function countTurns() {
  let turns = 0;
  let next = setImmediate(function count() {
    turns += 1;
    next = setImmediate(count);
  });
  return {
    stop() {
      clearImmediate(next);
      return turns;
    },
  };
}
