import { expect, it } from 'vitest';
import type { RetentionWork } from './apply-rules.ts';
import { createPace } from './pace.ts';

/** A pace by a clock of the test's own, and how long each pause was. */
function paced() {
  const clock = { now: 0 };
  const pauses: number[] = [];
  const work: Pick<RetentionWork, 'transaction' | 'elapsed' | 'pause' | 'signal'> = {
    transaction: async (inIt) => inIt({} as never),
    elapsed: () => clock.now,
    pause: async (ms) => {
      pauses.push(ms);
      clock.now += ms;
    },
    signal: new AbortController().signal,
  };
  return { clock, pauses, pace: createPace(work) };
}

it('removes fewer rows at once where they take long, and more where they do not', async () => {
  const { clock, pace } = paced();
  const taking = (ms: number) =>
    pace.inTransaction(async (_, { rows, hasTime }) => {
      expect(hasTime()).toBe(true);
      clock.now += ms;
      expect(hasTime()).toBe(ms < 10);
      return rows;
    });
  const rowsIn = async (ms: number, rounds: number) => {
    const rows: number[] = [];
    for (let round = 0; round < rounds; round += 1) rows.push(await taking(ms));
    return rows;
  };
  expect(await rowsIn(1, 6)).toEqual([4, 8, 16, 32, 64, 100]);
  expect(await rowsIn(100, 8)).toEqual([100, 50, 25, 12, 6, 3, 1, 1]);
  expect(await rowsIn(12, 3)).toEqual([1, 2, 4]);
});

it('leaves others as much time as a transaction took, and as some reads have taken together', async () => {
  const { clock, pauses, pace } = paced();
  await pace.inTransaction(async () => void (clock.now += 7));
  expect(pauses).toEqual([7]);
  for (let read = 0; read < 8; read += 1) {
    await pace.breathe();
    clock.now += 3;
  }
  expect(pauses).toEqual([7, 12]);
});
