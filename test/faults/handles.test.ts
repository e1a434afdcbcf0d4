import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { signIn } from '../support/wire.ts';
import { faultWorld } from './fault-place.ts';
import { provesItself } from './record.ts';
import { serve } from './served-relay.ts';

const world = faultWorld();
/** Some megabytes: more than fits into the first answer. */
const large = "SELECT O.ID, P.ID, SHA2(O.ID || '/' || P.ID) FROM ORDERS O, ORDERS P";

it('a relay without file handles left goes on with what it has open, fails what needs more, and recovers', async ({
  skip,
}) => {
  const { config, url, data } = await world.newPlace();
  const relay = serve(config);
  await relay.listening;
  const pid = String(relay.process.pid);
  const limit = (most: number) =>
    void execFileSync('prlimit', ['--pid', pid, `--nofile=${most}:4096`], { stdio: 'ignore' });
  const ada = await signIn(url, await world.issuer().tokenFor('ada'));
  await ada.query('SELECT 1');
  try {
    limit(4_096);
  } catch {
    skip('there is no prlimit here to take file handles away with');
  }
  const open = () => readdirSync(`/proc/${pid}/fd`).map(Number);
  const most = Math.max(...open()) + 1;
  limit(most);
  // Whoever connects takes what is left below.
  const others: Socket[] = Array.from({ length: most }, () =>
    connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {}),
  );
  await expect.poll(() => open().length).toBe(most);
  // The connection that is there is kept alive.
  expect(await ada.query(large)).toMatchObject({
    success: false,
    message: expect.stringContaining('the relay could not keep the result') as string,
  });
  expect(relay.log).toContainEqual(
    expect.objectContaining({ failure: 'result_unavailable', causes: ['EMFILE: open'] }),
  );
  for (const socket of others) socket.destroy();
  limit(4_096);
  expect(await ada.query(large)).toMatchObject({ success: true });
  expect(await relay.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});
