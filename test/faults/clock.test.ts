import { expect, it } from 'vitest';
import { apiClient, nextPending } from '../support/api.ts';
import { errorOf } from '../support/driver.ts';
import { signIn } from '../support/wire.ts';
import { faultWorld } from './fault-place.ts';
import { fateOf, provesItself, recordIn } from './record.ts';
import { serve } from './served-relay.ts';
import { compileShim, NO_SHIM } from './shim.ts';

const world = faultWorld();
const newShim = compileShim(world.folder);
const [HOUR, DAY] = [3_600_000, 24 * 3_600_000];
const update = "UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7";

it('what was over when the clock was ahead stays over when it is put back, also at the next relay', async ({
  skip,
}) => {
  const shim = newShim?.() ?? skip(NO_SHIM);
  const { config, url, data } = await world.newPlace();
  const relay = serve(config, { env: shim.env });
  await relay.listening;
  const ada = await signIn(url, await world.issuer().tokenFor('ada'));
  await ada.query(update);
  const grace = apiClient(url, await world.issuer().decidingTokenFor('grace', 10 * 3_600));
  const asked = await nextPending(grace);

  shim.setClock(DAY);
  await expect.poll(() => fateOf(data, update).at(-1)).toMatch(/^(error|cancelled)/);
  const fate = fateOf(data, update);
  await expect.poll(() => recordIn(data).filter(({ type }) => type === 'closed')).not.toEqual([]);

  shim.setClock(0);
  expect(await ada.query('SELECT 1')).toMatchObject({ success: false });
  expect(await errorOf(grace.decide(asked, 'approve', 'too late'))).not.toBeNull();
  await relay.end('SIGKILL');
  // Before everything that is on the record.
  shim.setClock(-2 * HOUR);
  const next = serve(config, { env: shim.env });
  await next.listening;
  expect(await ada.query('SELECT 1')).toMatchObject({ success: false });
  shim.setClock(0);
  expect(await errorOf(grace.decide(asked, 'approve', 'too late'))).not.toBeNull();
  expect(fateOf(data, update)).toEqual(fate);
  const ben = await signIn(url, await world.issuer().tokenFor('ada'));
  expect(await ben.query('SELECT 1')).toMatchObject({ success: true });
  expect(await next.end('SIGTERM')).toEqual({ code: 0, signal: null });
  const at = recordIn(data).map((event) => event.at);
  expect(at).not.toEqual(at.toSorted());
  await provesItself(data);
});
