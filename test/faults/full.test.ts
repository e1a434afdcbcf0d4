import { execFile } from 'node:child_process';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { filesIn } from '../../relay/src/composition/files.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { faultWorld } from './fault-place.ts';
import { fateOf, provesItself } from './record.ts';
import { serve } from './served-relay.ts';
import { NO_SMALL_DISK, smallDisk } from './small-disk.ts';

const PROGRAM = fileURLToPath(new URL('../../relay/bin/sluice.ts', import.meta.url));
const world = faultWorld();

it('on a full disk nothing runs, client, log and doctor are told why, and it goes on when there is room', async ({
  skip,
}) => {
  const disk = smallDisk(world.folder, 8) ?? skip(NO_SMALL_DISK);
  const { config, url, data } = await world.newPlace(disk.path);
  const relay = serve(config);
  await relay.listening;
  const ada = await connectDriver(url, await world.issuer().tokenFor('ada'));
  await ada.run('CREATE TABLE SCRATCH.NOTES AS SELECT 1 AS N');

  disk.fill();
  const insert = 'INSERT INTO SCRATCH.NOTES VALUES (2)';
  expect(await errorOf(ada.run(insert))).toMatchObject({
    code: '370001',
    message: expect.stringContaining('the disk that holds the database is full') as string,
  });
  expect(relay.log).toContainEqual(
    expect.objectContaining({
      failure: 'record_unavailable',
      causes: ['store: full', 'SQLite 13: database or disk is full'],
    }),
  );
  expect(await doctor(config)).toContainEqual({
    what: 'disk space',
    problem: expect.stringContaining('0.0 GB free; without room for the record, nothing runs') as string,
    accepted: false,
  });

  disk.makeRoom();
  expect((await ada.run('SELECT COUNT(*) AS N FROM SCRATCH.NOTES')).rows).toEqual([{ N: 1 }]);
  expect(fateOf(data, insert)).toEqual([]);
  expect(await relay.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});

it('a relay that has no room to start says so, and starts when there is some', async ({ skip }) => {
  const disk = smallDisk(world.folder, 8) ?? skip(NO_SMALL_DISK);
  const { config } = await world.newPlace(disk.path);
  disk.fill(8_192);
  const relay = serve(config);
  expect(await relay.exit).toEqual({ code: 1, signal: null });
  expect(relay.complaints.join('\n')).toContain(`there is no room for the record in \`${disk.path}\``);
  disk.makeRoom();
  const next = serve(config);
  await next.listening;
  expect(await next.end('SIGTERM')).toEqual({ code: 0, signal: null });
});

it('a result that there is no room for is given to nobody, and its statement fails on the record', async ({
  skip,
}) => {
  const disk = smallDisk(world.folder, 8) ?? skip(NO_SMALL_DISK);
  const { config, url, data } = await world.newPlace(disk.path);
  const relay = serve(config);
  await relay.listening;
  const ada = await connectDriver(url, await world.issuer().tokenFor('ada'));
  // Some 20 MB.
  const large = `SELECT O.ID, P.ID, C.ID, SHA2(O.ID || '/' || P.ID || '/' || C.ID)
    FROM ORDERS O, ORDERS P, CUSTOMERS C`;
  expect((await errorOf(ada.run(large)))?.message).toContain('the relay could not keep the result');
  expect(readdirSync(filesIn(data).spool)).toEqual([]);
  expect(relay.log).toContainEqual(
    expect.objectContaining({ failure: 'result_unavailable', causes: ['ENOSPC: write'] }),
  );
  expect((await ada.run('SELECT 1 AS N')).rows).toEqual([{ N: 1 }]);
  expect(fateOf(data, large).slice(-2)).toEqual(['result', 'error result_unavailable']);
  expect(await relay.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});

it('a log that cannot be written holds up nothing', async () => {
  const { config, url, data } = await world.newPlace();
  const full = openSync('/dev/full', 'w');
  const relay = serve(config, { stderr: full });
  closeSync(full);
  await relay.listening;
  const ada = await connectDriver(url, await world.issuer().tokenFor('ada'));
  expect((await ada.run('SELECT 1 AS N')).rows).toEqual([{ N: 1 }]);
  expect(await relay.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});

/** What `sluice doctor` finds. */
async function doctor(config: string): Promise<readonly unknown[]> {
  const args = [PROGRAM, 'doctor', '--config', config, '--json'];
  const printed = await new Promise<string>((resolve) => {
    // It fails: it has found something.
    execFile(process.execPath, args, (_, stdout) => resolve(stdout));
  });
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}
