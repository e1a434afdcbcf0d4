import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesIn } from '../../relay/src/composition/files.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { faultWorld } from './fault-place.ts';
import { provesItself } from './record.ts';
import { serve } from './served-relay.ts';

const world = faultWorld();

it.each<[string, (data: string) => void]>([
  ['the data folder', (data) => rmSync(data, { recursive: true })],
  [
    'the database, with a copy in its place',
    (data) => {
      const { database } = filesIn(data);
      copyFileSync(database, `${database}.copy`);
      renameSync(`${database}.copy`, database);
    },
  ],
  ['its write-ahead log', (data) => rmSync(`${filesIn(data).database}-wal`)],
  ['the index of its write-ahead log', (data) => rmSync(`${filesIn(data).database}-shm`)],
])('once %s is taken away, nothing runs: what was written there would be lost', async (_, takeAway) => {
  const { config, url, data } = await world.newPlace();
  const relay = serve(config);
  await relay.listening;
  const ada = await connectDriver(url, await world.issuer().tokenFor('ada'));
  await ada.run('SELECT 1 AS N');
  takeAway(data);
  expect(await errorOf(ada.run('SELECT 2 AS N'))).toMatchObject({
    code: '370001',
    message: expect.stringContaining('the database has been removed or replaced') as string,
  });
  expect(relay.log).toContainEqual(
    expect.objectContaining({ failure: 'record_unavailable', causes: ['store: gone'] }),
  );
  // It cannot sign what it cannot write, and says so.
  expect((await relay.end('SIGTERM')).code).toBe(1);
  expect(relay.log).toContainEqual(
    expect.objectContaining({ msg: 'a part of the relay could not be closed', part: 'record' }),
  );
});

it('goes on when what was moved away is moved back', async () => {
  const { config, url, data } = await world.newPlace();
  const relay = serve(config);
  await relay.listening;
  const ada = await connectDriver(url, await world.issuer().tokenFor('ada'));
  const away = join(world.folder, 'away');
  renameSync(data, away);
  expect((await errorOf(ada.run('SELECT 1 AS N')))?.message).toContain('removed or replaced');
  renameSync(away, data);
  expect((await ada.run('SELECT 1 AS N')).rows).toEqual([{ N: 1 }]);
  expect(await relay.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});

it('a relay whose lock was removed writes nothing more, and another may have the folder', async () => {
  const { config, url, data } = await world.newPlace();
  const first = serve(config);
  await first.listening;
  const ada = await connectDriver(url, await world.issuer().tokenFor('ada'));
  await ada.run('SELECT 1 AS N');
  rmSync(filesIn(data).lock);
  expect((await errorOf(ada.run('SELECT 2 AS N')))?.message).toContain('removed or replaced');
  await first.end('SIGKILL');
  const second = serve(config);
  await second.listening;
  expect((await ada.run('SELECT 3 AS N')).rows).toEqual([{ N: 3 }]);
  expect(await second.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});
