import { expect, it } from 'vitest';
import { decision } from './decision.ts';

it('reports what its readers look for', async () => {
  const { name, figures, ratios } = await decision({ small: 5, middle: 3, large: 2 });
  expect(name).toBe('decision');
  expect(figures).toMatchObject({
    small_parse_medianMs: expect.any(Number),
    large_decision_p99Ms: expect.any(Number),
  });
  for (const ratio of [ratios['parseVsFastestPeer'], ratios['decisionVsFastestPeerParse']]) {
    expect(ratio).toBeGreaterThan(0);
    expect(ratio).toBeLessThan(Infinity);
  }
});
