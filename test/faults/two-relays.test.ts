import { linkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesIn } from '../../relay/src/composition/files.ts';
import { connectDriver } from '../support/driver.ts';
import { faultWorld } from './fault-place.ts';
import { provesItself } from './record.ts';
import { serve } from './served-relay.ts';

const world = faultWorld();

it.each<[string, (data: string, other: string) => string, string]>([
  ['the same data folder', (data) => data, 'another relay has the lock'],
  [
    'a link to the data folder',
    (data, other) => {
      const link = join(other, 'link');
      symlinkSync(data, link);
      return link;
    },
    'another relay has the lock',
  ],
  [
    'a data folder of its own, with a link to the database',
    (data, other) => {
      symlinkSync(filesIn(data).database, filesIn(other).database);
      return other;
    },
    'another relay has the lock',
  ],
  [
    'a data folder of its own, with a second name of the database',
    (data, other) => {
      linkSync(filesIn(data).database, filesIn(other).database);
      return other;
    },
    'has 2 names (hard links)',
  ],
])('a second relay does not start on %s, and says why; the first goes on', async (_, dataOf, told) => {
  const { config, url, data } = await world.newPlace();
  const first = serve(config);
  await first.listening;
  const ada = await connectDriver(url, await world.issuer().tokenFor('ada'));
  await ada.run('SELECT 1 AS N');

  const { data: other } = await world.newPlace();
  const second = serve((await world.newPlace(dataOf(data, other))).config);
  expect(await second.exit).toEqual({ code: 2, signal: null });
  expect(second.complaints.join('\n')).toContain(told);

  expect((await ada.run('SELECT 2 AS N')).rows).toEqual([{ N: 2 }]);
  expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});

it('a relay that was killed keeps nobody from its folder', async () => {
  const { config, data } = await world.newPlace();
  const first = serve(config);
  await first.listening;
  await first.end('SIGKILL');
  const second = serve(config);
  await second.listening;
  expect(await second.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});
