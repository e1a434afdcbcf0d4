import { expect, it } from 'vitest';
import { createSteps } from './search-steps.ts';

it('ends a page after so many steps, however fast they are', () => {
  const steps = createSteps(() => 0);
  steps.take(9_999);
  expect(steps.areTaken()).toBe(false);
  steps.take(1);
  expect(steps.areTaken()).toBe(true);
});

it('ends it sooner where they take long, and never before some of them', () => {
  let now = 5_000;
  const steps = createSteps(() => now);
  steps.take(499);
  now += 10_000;
  expect(steps.areTaken()).toBe(false);
  steps.take(1);
  expect(steps.areTaken()).toBe(true);
  now = 5_039;
  expect(steps.areTaken()).toBe(false);
});
