import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groups } from '../evasions/groups.ts';
import { createLockstep } from './lockstep.ts';
import { order } from './order.ts';
import { demoPolicy } from './relay-in-process.ts';
import { openShopWorlds, type ShopWorlds } from './shop-worlds.ts';

let worlds: ShopWorlds;
beforeAll(async () => {
  worlds = await openShopWorlds();
});
afterAll(() => worlds.close());

/** What is known to be tried tells nothing either, whether or not there is a floor under it. */
describe.each([{ floor: true }, { floor: false }])('with the floor: $floor', (options) => {
  it.each(Object.entries(groups))('%s are answered alike in both worlds', async (_, attempts) => {
    const lockstep = createLockstep(worlds, await demoPolicy(), options);
    const told: string[] = [];
    for (const { name, sql } of attempts) {
      const orders = sql.map((one) => order(one));
      const { differences } = await lockstep.replay({ subject: 'ada', orders });
      told.push(...differences.map(({ what }) => `${name}: ${what}`));
    }
    expect(told).toEqual([]);
  });
});
