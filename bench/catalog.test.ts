import { expect, it } from 'vitest';
import { catalog } from './catalog.ts';

it('reports what its readers look for', async () => {
  const { name, figures, ratios } = await catalog([5, 50], 3);
  expect(name).toBe('catalog');
  expect(figures).toMatchObject({
    '5_first_medianMs': expect.any(Number),
    '50_decision_p99Ms': expect.any(Number),
    '50_run_medianMs': expect.any(Number),
  });
  for (const what of ['first', 'decision', 'run']) expect(ratios[`${what}_50Vs5`]).toBeGreaterThan(0);
});
