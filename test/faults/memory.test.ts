import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { connectDriver, errorOf } from '../support/driver.ts';
import { signIn } from '../support/wire.ts';
import { faultWorld } from './fault-place.ts';
import { fateOf, provesItself } from './record.ts';
import { startRelay } from './started-relay.ts';
import { serve, type ServedRelay } from './served-relay.ts';

const world = faultWorld();
const MIB = 1024 * 1024;
const count = 'SELECT COUNT(*) AS N FROM ORDERS';
/** Some 160 MB of rows. */
const large = `SELECT O.ID, P.ID, C.ID, REPEAT('x', 800)
  FROM ORDERS O, ORDERS P, CUSTOMERS C WHERE C.ID <= 20`;

it('a result that is larger than the memory that a relay has is kept, and the relay goes on', async () => {
  const { relay, ada, data, url } = await startRelay(world, {
    env: { NODE_OPTIONS: '--max-old-space-size=96' },
  });
  const wire = await signIn(url, await world.issuer().tokenFor('ada'));
  let answer = await wire.query(large);
  while (answer.code === '333333') answer = await wire.get(String(answer.data?.['getResultUrl']));
  expect(answer).toMatchObject({ success: true, data: { total: 200_000 } });
  expect(fateOf(data, large).at(-1)).toBe('result');
  expect((await ada.run(count)).rows).toEqual([{ N: 100 }]);
  expect(await relay.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});

it('a statement that the process has no memory for ends in an error, or with its relay, and what was acknowledged is there', async ({
  skip,
}) => {
  if (process.platform !== 'linux') skip('there is no prlimit here to take memory away with');
  const { relay, ada, data, config, url } = await startRelay(world, {});
  // Of the whole process: half a gigabyte more than it has now.
  limitMemory(relay, 512 * MIB);
  const acknowledged = (await ada.run(count)).rows;
  expect(acknowledged).toEqual([{ N: 100 }]);
  const hungry = `SELECT COUNT(DISTINCT SHA2(A.ID || '/' || B.ID || '/' || C.ID || '/' || D.ID)) AS N
    FROM ORDERS A, ORDERS B, ORDERS C, ORDERS D`;
  const ended = relay.exit.then(() => 'ended');
  const failed = errorOf(ada.run(hungry));
  await Promise.race([failed, ended]);
  // Where the process lives on, it goes on with the next statement; otherwise it is about to end.
  const went = await ada.run(count).then(
    ({ rows }) => rows,
    () => ended,
  );
  expect([acknowledged, 'ended']).toContainEqual(went);
  await relay.end('SIGKILL');
  const next = serve(config);
  await next.listening;
  expect(fateOf(data, hungry).at(-1)).toMatch(/^error /);
  expect(fateOf(data, count)).toContain('result');
  const again = await connectDriver(url, await world.issuer().tokenFor('ada'));
  expect((await again.run(count)).rows).toEqual([{ N: 100 }]);
  expect(await next.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});

it('a body that unpacks to far more than it is, is refused without being unpacked', async () => {
  const { relay, data, url } = await startRelay(world, { env: { NODE_OPTIONS: '--max-old-space-size=160' } });
  const wire = await signIn(url, await world.issuer().tokenFor('ada'));
  const bomb = gzipSync(
    Buffer.concat([Buffer.from('{"sqlText":"'), Buffer.alloc(512 * MIB, ' '), Buffer.from('"}')]),
  );
  expect(bomb.length).toBeLessThan(MIB);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => wire.packed('/queries/v1/query-request', bomb)),
  );
  for (const answer of answers) expect(answer).toMatchObject({ success: false, code: '390400' });
  expect(await wire.query('SELECT 1')).toMatchObject({ success: true });
  expect(await relay.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});

function limitMemory(relay: ServedRelay, more: number): void {
  const pid = String(relay.process.pid);
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[0]);
  const limit = pages * 4096 + more;
  execFileSync('prlimit', ['--pid', pid, `--as=${limit}:${limit}`], { stdio: 'ignore' });
}
