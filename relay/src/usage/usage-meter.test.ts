import { expect, it } from 'vitest';
import { identityId } from '../identity/index.ts';
import { openTestStore } from '../store/testing/open-test-store.ts';
import { createUsageMeter } from './index.ts';

const ada = identityId('https://issuer.example', 'ada');
const grace = identityId('https://issuer.example', 'grace');
/** 23:30 in UTC is the next day in Berlin. */
const late = Date.UTC(2026, 0, 31, 23, 30);

it('counts by person and by calendar day of the time zone, and remembers after a restart', async () => {
  const { store } = await openTestStore();
  const meter = await createUsageMeter(store, () => late);
  await Promise.all([
    store.transaction((tx) => meter.add(tx, ada, late, 'UTC', { rows: 10, bytes: 100 })),
    store.transaction((tx) => meter.add(tx, ada, late, 'UTC', { rows: 1, bytes: 1 })),
    store.transaction((tx) => meter.add(tx, ada, late, 'Europe/Berlin', { rows: 5, bytes: 50 })),
  ]);
  for (const counted of [meter, await createUsageMeter(store, () => late)]) {
    expect(counted.today(ada, late, 'UTC')).toEqual({ rows: 11, bytes: 101 });
    expect(counted.today(ada, late + 3_600_000, 'UTC')).toEqual({ rows: 5, bytes: 50 });
    expect(counted.today(grace, late, 'UTC')).toEqual({ rows: 0, bytes: 0 });
  }
  await store.close();
});
