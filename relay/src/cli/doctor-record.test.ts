import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { filesIn } from '../composition/files.ts';
import { newSession, opened, openTestRecord } from '../recording/testing/open-test-record.ts';
import { openTestRetention } from '../recording/testing/open-test-retention.ts';
import { recordFindings, type RecordPlace } from './doctor-record.ts';

const folder = temporaryFolder();
const DAY = 24 * 60 * 60_000;
const RULE = { name: 'a-year', afterDays: 365, removes: 'bodies' as const };

/** A data folder with a record. */
async function aPlace() {
  const data = mkdtempSync(join(folder, 'data-'));
  const record = await openTestRecord({ path: filesIn(data).database });
  onTestFinished(() => record.store.close());
  const config: RecordPlace['config'] = {
    data,
    store: { kind: 'sqlite' },
    witnesses: [],
    retention: { rules: [RULE], at: '03:00', leastDays: 1 },
  };
  const found = async (begin: string, more: Partial<RecordPlace> = {}) => {
    const place = { config, isRunning: true, now: record.clock.now, ...more };
    return (await recordFindings(place)).find(({ what }) => what.startsWith(begin));
  };
  return { ...record, data, config, found };
}

it('says for how many days there is room, by what the last day took', async () => {
  const { recorder, clock, found } = await aPlace();
  await recorder.append(newSession(), opened('alice'));
  await recorder.checkpoint();
  expect(await found('growth')).toBeUndefined();
  clock.now += DAY + 1;
  for (let number = 0; number < 200; number += 1) await recorder.append(newSession(), opened('bob'));
  await recorder.checkpoint();
  const free = (bytes: number | null) => found('growth', { freeBytes: async () => bytes });
  expect(await free(100 * 1024 ** 3)).toEqual({ what: 'growth: 1 MB in the last day', problem: null });
  expect((await free(2 * 1024 ** 2))?.problem).toMatch(/^room for [0-9] days: make room/);
  expect(await free(null)).toBeUndefined();
});

it('says which witness is behind, and by how much', async () => {
  const place = await aPlace();
  const { data, config, recorder } = place;
  await recorder.checkpoint();
  const witnesses = [{ kind: 'file' as const, name: 'share', folder: data, onConflict: 'stop' as const }];
  const said = async (size: number, due: number) => {
    const status = { name: 'share', size, due, failingSince: null, problem: null, takenAt: 0, failures: 0 };
    writeFileSync(filesIn(data).witnesses, JSON.stringify([status]));
    return (await place.found('witness share', { config: { ...config, witnesses } }))?.problem;
  };
  expect(await said(10_000, 30_000)).toBeNull();
  expect(await said(9_999, 30_000)).toBe('lags: it has 9999 of 30000 events');
});

it('takes a run that new rules kept from beginning for nothing wrong, and one that is overdue for something', async () => {
  const place = await aPlace();
  const { clock, found, recorder } = place;
  const retention = await openTestRetention(place, [RULE]);
  await recorder.checkpoint();
  expect(await found('retention: no run yet')).toMatchObject({ accepted: true });
  await retention.tick();
  expect(await found('retention: newest run')).toMatchObject({
    problem: expect.stringContaining('apply from 2026-03-02') as string,
    accepted: true,
  });
  clock.now += DAY + 1;
  const refused = await found('retention: newest run');
  expect(refused?.problem).toContain('sluice retention status');
  expect(refused?.accepted).toBeUndefined();

  await retention.run();
  expect(await found('retention: newest run')).toMatchObject({ problem: null });
  clock.now += 2 * DAY + 1;
  const overdue = await found('retention: newest run');
  expect(overdue?.problem).toContain('it should run every day');
  expect(overdue?.accepted).toBeUndefined();
  expect(await found('retention: newest run', { isRunning: false })).toMatchObject({
    problem: 'the relay is stopped',
    accepted: true,
  });
});
