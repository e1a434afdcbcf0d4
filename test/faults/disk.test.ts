import { truncateSync } from 'node:fs';
import { expect, it } from 'vitest';
import { apiClient } from '../support/api.ts';
import { errorOf } from '../support/driver.ts';
import { faultWorld } from './fault-place.ts';
import { fateOf, provesItself } from './record.ts';
import { startRelay } from './started-relay.ts';
import { serve } from './served-relay.ts';
import { compileShim, NO_SHIM } from './shim.ts';

const world = faultWorld();
const newShim = compileShim(world.folder);
const insert = 'INSERT INTO SCRATCH.NOTES VALUES (2)';
const count = 'SELECT COUNT(*) AS N FROM SCRATCH.NOTES';

it.for([
  ['sync', 'EIO', 'the disk that holds the database fails', 'SQLite 1034: disk I/O error'],
  ['write', 'EIO', 'the disk that holds the database fails', 'SQLite 778: disk I/O error'],
  // As when the kernel has remounted it after an error.
  ['write', 'EROFS', 'the disk that holds the database fails', 'SQLite 778: disk I/O error'],
  ['write', 'ENOSPC', 'the disk that holds the database is full', 'SQLite 13: database or disk is full'],
] as const)(
  'when `%s` fails with %s nothing is acknowledged and nothing runs; when it works again, it goes on',
  async ([call, errno, told, cause], { skip }) => {
    const shim = newShim?.() ?? skip(NO_SHIM);
    const { relay, ada, data, database, config } = await startRelay(world, { env: shim.env });
    shim.fail(call, database, errno);
    expect((await errorOf(ada.run(insert)))?.message).toContain(told);
    expect(shim.failed(call)).toBeGreaterThan(0);
    expect(relay.log).toContainEqual(
      expect.objectContaining({ failure: 'record_unavailable', causes: [expect.any(String), cause] }),
    );
    shim.fail(call, null);
    expect((await ada.run(count)).rows).toEqual([{ N: 1 }]);
    await relay.end('SIGKILL');

    const next = serve(config);
    await next.listening;
    expect(await next.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(fateOf(data, insert)).toEqual([]);
    expect(fateOf(data, count)).toContain('result');
    await provesItself(data);
  },
);

it('what was acknowledged and is not there after `fsync` has failed is missed, and nothing is written over it', async ({
  skip,
}) => {
  const shim = newShim?.() ?? skip(NO_SHIM);
  const place = await world.newPlace();
  // All that one relay has written is in the database itself, and what the next one writes, in its write-ahead log.
  const before = serve(place.config);
  await before.listening;
  await before.end('SIGTERM');
  const { relay, ada, data, database } = await startRelay(world, { env: shim.env }, place);
  shim.fail('sync', database);
  expect((await errorOf(ada.run(insert)))?.message).toContain('the disk that holds the database fails');
  // As if pages had been in the system's memory alone.
  truncateSync(`${database}-wal`, 0);
  shim.fail('sync', null);
  // The driver's session is among what is lost.
  const api = apiClient(place.url, await world.issuer().tokenFor('ada'));
  const told = async () => (await errorOf(api.post('/api/statements', { sql: count, wait: 10 })))?.message;
  await expect.poll(told).toContain('were acknowledged');
  await relay.end('SIGKILL');
  expect(fateOf(data, count)).toEqual([]);
});
