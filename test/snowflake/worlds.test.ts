import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSnowflakeWarehouse, type Warehouse } from '@sluice/relay/warehouse';
import { addCounts, createLockstep, type Difference, NO_COUNTS } from '../worlds/lockstep.ts';
import { demoPolicy } from '../worlds/relay-in-process.ts';
import { openShopWorlds, type ShopWorlds } from '../worlds/shop-worlds.ts';
import { generateSession } from '../worlds/statements/sessions.ts';
import { shopUpstream } from './shop-upstream.ts';

/**
 * The test of two worlds, with a warehouse that runs texts: what is sent is the client's text on the floor, and what comes
 * back for it is raw.
 */
const SESSIONS = Number(process.env['SNOWFLAKE_WORLDS_SESSIONS'] ?? 6);

let worlds: ShopWorlds;
beforeAll(async () => {
  worlds = await openShopWorlds();
}, 120_000);
afterAll(() => worlds.close());

function asAccount(warehouse: Warehouse): Warehouse {
  let ids = 0;
  return openSnowflakeWarehouse({
    upstream: shopUpstream(warehouse),
    defaults: { ...warehouse.defaults, role: 'ANALYST' },
    catalogForMs: 0,
    now: () => 0,
    newId: () => `00000000-0000-4000-a000-${String((ids += 1)).padStart(12, '0')}`,
  });
}

it('two accounts that differ in sensitive values alone answer alike', { timeout: 600_000 }, async () => {
  const accounts = { ...worlds, left: asAccount(worlds.left), right: asAccount(worlds.right) };
  const lockstep = createLockstep(accounts, await demoPolicy(), { floor: true });
  let counts = NO_COUNTS;
  const differences: Difference[] = [];
  for (let seed = 1; seed <= SESSIONS; seed += 1) {
    const report = await lockstep.run(generateSession(seed, 10, worlds.samples));
    counts = addCounts(counts, report.counts);
    differences.push(...report.differences);
  }
  expect(differences).toEqual([]);
  expect(counts.telling).toBeGreaterThan(SESSIONS);
  if (SESSIONS > 20) console.log(counts);
});
