import { afterAll, expect, it } from 'vitest';
import { percentile } from './benchmark.ts';
import { bounded, createStopwatch } from './bounded.ts';
import { hostileShapes } from './bounded-shapes.ts';

/** Characters; the second takes four times as long where time is linear, sixteen where it is quadratic. */
const [SMALL, LARGE] = [16 * 1_024, 64 * 1_024];
const MOST_GROWTH = 8;
/** Milliseconds: less cannot be compared on a busy machine. */
const SHORT = 30;

const stopwatch = createStopwatch();
afterAll(stopwatch.stop);

const shapes = hostileShapes.map(({ name }) => name);

it.each(shapes)(
  '%s: four times the text takes about four times as long',
  { timeout: 120_000 },
  async (shape) => {
    let growth = Infinity;
    // Again, should something else have had the machine for a while.
    for (let tries = 0; tries < 3 && growth >= MOST_GROWTH; tries += 1) {
      growth = (await median(shape, LARGE)) / Math.max(SHORT, await median(shape, SMALL));
    }
    expect(growth).toBeLessThan(MOST_GROWTH);
  },
);

it('reports what its readers look for, and ends when a shape does not', { timeout: 60_000 }, async () => {
  const { name, figures, ratios } = await bounded({
    length: 32 * 1_024,
    capFactor: 33.3,
    leastCapMs: 1,
    runs: 1,
    shapes: ['orChain', 'starIlike'],
    relayRuns: 1,
  });
  expect(name).toBe('bounded');
  expect(figures).toMatchObject({
    shapes: 2,
    capMs: expect.any(Number),
    longestAnalysisMs: expect.any(Number),
    longestHoldMs: expect.any(Number),
    starIlike_holdMs: expect.any(Number),
    idleHoldMs: expect.any(Number),
  });
  expect(ratios['worst']).toBe(Math.max(ratios['orChain']!, ratios['starIlike']!));
});

async function median(shape: string, length: number): Promise<number> {
  const timing = await stopwatch.time({ shape, length, runs: 5, capMs: 20_000 });
  return timing === null ? Infinity : percentile(timing.runs, 0.5);
}
