import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answers } from './asking.ts';
import { matrix } from './matrix.ts';
import { startWorld, type World } from './world.ts';
import type { Kind, Who } from './people.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it('has a row for each route that the relay serves, and for no other', () => {
  const rows = Object.keys(matrix).filter((route) => !route.startsWith('UPGRADE '));
  expect([...world.routes].sort()).toEqual(rows.sort());
});

/** Who signs out ends the sessions that other routes are asked with: last of all. */
const LAST = 'POST /api/people/self/sign-out';
const inOrder = Object.entries(matrix).toSorted(
  ([one], [other]) => Number(one === LAST) - Number(other === LAST),
);

describe.each(inOrder)('%s', (_, { answers, ask }) => {
  describe.each(Object.entries(answers) as [Kind, Answers][])('with a token that is %s', (kind, byWhom) => {
    it.each(Object.entries(byWhom) as [Who, string][])('answers %s: %s', async (who, answer) => {
      expect(await ask(world, who, kind)).toBe(answer);
    });
  });
});
