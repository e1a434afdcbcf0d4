import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { identityId } from '../identity/index.ts';
import { openTestStore } from '../store/testing/open-test-store.ts';
import { keptFile } from '../kept-file.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { createUsageMeter, keptUsage } from './index.ts';

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

it('gives nobody back what they have used at this relay when the database no longer says so', async () => {
  const { store } = await openTestStore();
  const kept = keptFile(`${temporaryFolder()}/usage.json`, keptUsage);
  const meter = await createUsageMeter(store, () => late, kept);
  const add = (identity: typeof ada, rows: number) =>
    store.transaction((tx) => meter.add(tx, identity, late, 'UTC', { rows, bytes: rows * 10 }));
  await add(ada, 10);
  await meter.keep();
  // What somebody who can write to the database has left of it, by the time that the relay starts again.
  const emptied = {
    usage: { since: async () => [{ identity: grace, day: '2026-01-31', rows: 4, bytes: 40 }] },
  };
  const restarted = await createUsageMeter(emptied, () => late, kept);
  expect(restarted.today(ada, late, 'UTC')).toEqual({ rows: 10, bytes: 100 });
  expect(restarted.today(grace, late, 'UTC')).toEqual({ rows: 4, bytes: 40 });
  const days = 3 * 86_400_000;
  expect((await createUsageMeter(emptied, () => late + days, kept)).today(ada, late, 'UTC').rows).toBe(0);
  await store.close();
});

it('counts what the database says where its own file is gone, or nobody can read it', async () => {
  const { store } = await openTestStore();
  const path = `${temporaryFolder()}/usage.json`;
  const meter = await createUsageMeter(store, () => late);
  await store.transaction((tx) => meter.add(tx, ada, late, 'UTC', { rows: 10, bytes: 100 }));
  for (const text of [null, '[{', '[{"identity":"x"}]']) {
    if (text !== null) writeFileSync(path, text);
    const restarted = await createUsageMeter(store, () => late, keptFile(path, keptUsage));
    expect(restarted.today(ada, late, 'UTC')).toEqual({ rows: 10, bytes: 100 });
  }
  await store.close();
});
