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
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 24 * 3_600_000];
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

it('break-glass goes by the clock as it is, and is used once, whatever the clock was in between', async ({
  skip,
}) => {
  const shim = newShim?.() ?? skip(NO_SHIM);
  const { config, url, data } = await world.newPlace();
  const relay = serve(config, { env: shim.env });
  await relay.listening;
  const tokens = await world.issuer().tokenFor('grace');
  const grace = await signIn(url, tokens);
  const decides = apiClient(url, await world.issuer().decidingTokenFor('grace', 10 * 3_600));
  const opens = (sql: string) =>
    decides.post('/api/break-glass', { version: 1, reason: 'the shop is down', sql, minutes: 10 });
  const sets = (order: number) => `UPDATE ORDERS SET STATUS = 'late' WHERE ID = ${order}`;
  const ran = { success: true, code: null };
  /** Nobody waits for the answer: it comes when somebody decides. */
  const isHeld = async (sql: string) => {
    const asked = () => fateOf(data, sql).filter((type) => type === 'approval_asked').length;
    const before = asked();
    void grace.query(sql).catch(() => {});
    await expect.poll(asked, { timeout: 60_000 }).toBe(before + 1);
  };

  await opens(sets(1));
  await opens(sets(2));
  await opens(sets(3));
  shim.setClock(11 * MINUTE);
  await isHeld(sets(1));
  shim.setClock(0);
  expect(await grace.query(sets(2))).toMatchObject(ran);
  await isHeld(sets(2));

  // Over a restart, with a clock from before everything that is on the record: once, and no more.
  expect(await relay.end('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
  shim.setClock(-30 * MINUTE);
  const next = serve(config, { env: shim.env });
  await next.listening;
  expect(await grace.query(sets(3))).toMatchObject(ran);
  await isHeld(sets(3));
  expect(await next.end('SIGTERM')).toEqual({ code: 0, signal: null });
  const used = recordIn(data).flatMap((event) =>
    event.type === 'notice' && event.what === 'break_glass_opening_used' ? [event.detail['opening']] : [],
  );
  // What was held goes on at the next relay, by the first one, which is open again there.
  expect(used).toHaveLength(new Set(used).size);
  // Signed by clocks that disagree, and still one log.
  await provesItself(data);
});

it(
  'removes nothing by a clock that was set ahead, and what is due once it is put back',
  { timeout: 240_000 },
  async ({ skip }) => {
    const shim = newShim?.() ?? skip(NO_SHIM);
    const rules = [{ name: 'a-day', afterDays: 1, removes: 'bodies' }];
    const { config, url, data } = await world.newPlace(undefined, { retention: { rules, leastDays: 1 } });
    const notices = (what: string) =>
      recordIn(data).flatMap((event) =>
        event.type === 'notice' && event.what === what ? [event.detail['problem'] ?? ''] : [],
      );
    const emptied = () => recordIn(data).filter((event) => !('type' in event)).length;
    /** One relay after the other: each looks whether a run is due as soon as it has started. */
    const relayAt = async (off: number, what: string) => {
      const before = notices(what).length;
      shim.setClock(off);
      const relay = serve(config, { env: shim.env });
      await relay.listening;
      await expect.poll(() => notices(what).length, { timeout: 60_000 }).toBe(before + 1);
      expect(await relay.end('SIGTERM')).toEqual({ code: 0, signal: null });
      return notices(what).at(-1);
    };

    const early = serve(config, { env: shim.env });
    await early.listening;
    const ada = await signIn(url, await world.issuer().tokenFor('ada'));
    expect(await ada.query('SELECT 1')).toMatchObject({ success: true });
    expect(await ada.post('/session?delete=true', {})).toMatchObject({ success: true });
    await early.end('SIGTERM');

    expect(await relayAt(400 * DAY, 'retention_refused')).toContain('clock');
    expect(emptied()).toBe(0);
    // Not in 400 days: what a relay did whose clock was ahead was no run of this day.
    expect(await relayAt(1.5 * DAY, 'retention_ended')).toBe('');
    expect(emptied()).toBeGreaterThan(0);
    expect(await relayAt(-2 * DAY, 'retention_refused')).toContain('less than a day');
    await provesItself(data);
  },
);
