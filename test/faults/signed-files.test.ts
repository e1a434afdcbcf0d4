import { readFileSync, truncateSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { filesIn } from '../../relay/src/composition/files.ts';
import { errorOf } from '../support/driver.ts';
import { faultWorld } from './fault-place.ts';
import { fateOf, provesItself, sluice } from './record.ts';
import { startRelay } from './started-relay.ts';
import { serve } from './served-relay.ts';
import { compileShim, NO_SHIM } from './shim.ts';

const world = faultWorld();
const newShim = compileShim(world.folder);
const count = 'SELECT COUNT(*) AS N FROM ORDERS';
const insert = 'INSERT INTO SCRATCH.NOTES VALUES (2)';

it.for(['ENOSPC', 'EIO'] as const)(
  'when %s keeps the relay from marking how far its record has come, it records nothing more, says so, and recovers',
  async (errno, { skip }) => {
    const shim = newShim?.() ?? skip(NO_SHIM);
    const { relay, ada, data, config } = await startRelay(world, { env: shim.env });
    shim.fail('write', filesIn(data).highWater, errno);
    // What was durable before that was found out is acknowledged: it is the last.
    const refused = async () => (await errorOf(ada.run(insert)))?.message ?? 'it ran';
    await expect.poll(refused).toContain('the file `high-water` in the data folder cannot be written');
    const ran = fateOf(data, insert).filter((type) => type === 'executed').length;
    expect(ran).toBeLessThanOrEqual(1);
    for (let times = 0; times < 3; times += 1) expect(await refused()).toContain('`high-water`');
    expect(fateOf(data, insert).filter((type) => type === 'executed')).toHaveLength(ran);
    expect(shim.failed('write')).toBeGreaterThan(0);
    expect(relay.log).toContainEqual(
      expect.objectContaining({
        msg: 'the record is not available',
        causes: ['high-water', `${errno}: write`],
      }),
    );
    shim.fail('write', null);
    expect((await ada.run(count)).rows).toEqual([{ N: 100 }]);
    await relay.end('SIGKILL');
    const next = serve(config);
    await next.listening;
    expect(await next.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await provesItself(data);
  },
);

it('what was acknowledged while the mark could not be written, and is then lost, is missed by the mark of what came next', async ({
  skip,
}) => {
  const shim = newShim?.() ?? skip(NO_SHIM);
  const place = await world.newPlace();
  const before = serve(place.config);
  await before.listening;
  await before.end('SIGTERM');
  const { relay, ada, data } = await startRelay(world, { env: shim.env }, place);
  shim.fail('write', filesIn(data).highWater, 'EIO');
  await expect.poll(async () => (await errorOf(ada.run(count)))?.message ?? '').toContain('`high-water`');
  shim.fail('write', null);
  expect((await ada.run(count)).rows).toEqual([{ N: 100 }]);
  await relay.end('SIGKILL');
  truncateSync(`${filesIn(data).database}-wal`, 0);
  const next = serve(place.config);
  expect(await next.exit).toMatchObject({ code: 1 });
  expect(next.complaints.join('\n')).toMatch(/were acknowledged: events? \d+ .*(is|are) lost/);
});

it.for([
  ['write', 'ENOSPC'],
  ['sync', 'EIO'],
] as const)(
  'when `%s` fails with %s of what a relay has signed, it publishes nothing that it would not know of, and says so',
  async ([call, errno], { skip }) => {
    const shim = newShim?.() ?? skip(NO_SHIM);
    const place = await world.newPlace();
    const first = serve(place.config);
    await first.listening;
    await first.end('SIGTERM');
    const { relay, ada, data, config } = await startRelay(world, { env: shim.env }, place);
    const { signedHead, signingKey } = filesIn(data);
    const head = readFileSync(signedHead, 'utf8');
    const published = () => newestCheckpoint(data);
    const before = published();
    shim.fail(call, 'signed-head', errno);
    expect((await ada.run(count)).rows).toEqual([{ N: 100 }]);
    // It signs when it ends.
    expect(await relay.end('SIGTERM')).toEqual({ code: 1, signal: null });
    expect(shim.failed(call)).toBeGreaterThan(0);
    const causes = ['signed-head', `${errno}: ${call === 'sync' ? 'fsync' : 'write'}`];
    expect(relay.log).toContainEqual(
      expect.objectContaining({ part: 'record', failure: 'record_unavailable', causes }),
    );
    expect(readFileSync(signedHead, 'utf8')).toBe(head);
    expect(published()).toBe(before);

    shim.fail(call, null);
    const next = serve(config, { env: shim.env });
    await next.listening;
    expect(await next.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(published()).not.toBe(before);
    expect(await sluice('verify', '--config', config, '--key', `${signingKey}.pub`)).toContain('intact');
    await provesItself(data);
  },
);

it('a mark that could not be made durable is tried again before anything is signed', async ({ skip }) => {
  const shim = newShim?.() ?? skip(NO_SHIM);
  const groups = { security: ['security'], auditors: ['security'] };
  const { relay, ada, data, url } = await startRelay(
    world,
    { env: shim.env },
    await world.newPlace(undefined, { groups }),
  );
  const headers = { authorization: `Bearer ${await world.issuer().decidingTokenFor('alan')}` };
  const sign = async () =>
    (await fetch(new URL('/api/checkpoints', url), { method: 'POST', headers })).status;
  shim.fail('sync', filesIn(data).highWater);
  expect([await sign(), await sign(), await sign()]).toEqual([500, 500, 500]);
  expect(shim.failed('sync')).toBeGreaterThanOrEqual(3);
  expect(newestCheckpoint(data)).toBe('undefined');
  shim.fail('sync', null);
  expect(await sign()).toBe(201);
  expect(newestCheckpoint(data)).not.toBe('undefined');
  expect((await ada.run(count)).rows).toEqual([{ N: 100 }]);
  expect(await relay.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});

/** What anybody who has the store is shown as signed. */
function newestCheckpoint(data: string): string {
  const database = new DatabaseSync(filesIn(data).database, { readOnly: true });
  try {
    const row = database.prepare('SELECT note FROM recorded_checkpoint ORDER BY size DESC').get();
    return String(row?.['note']);
  } finally {
    database.close();
  }
}
