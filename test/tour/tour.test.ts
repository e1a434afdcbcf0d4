import { expect, it } from 'vitest';
import { playTour } from './tour.ts';

it('a day at the demo relay goes as it should', async () => {
  expect(await playTour({ customers: 500 }, () => {})).toEqual({
    masked: true,
    blocked: true,
    heldThenApproved: true,
    heldThenDenied: true,
    revoked: true,
    recorded: true,
    chainVerified: true,
  });
});
