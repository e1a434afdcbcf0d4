import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { filesIn } from '../../relay/src/composition/files.ts';
import { apiClient, nextPending } from '../support/api.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { type FaultPlace, faultWorld } from './fault-place.ts';
import { fateOf, provesItself } from './record.ts';
import { serve } from './served-relay.ts';

const world = faultWorld();
/** It takes as long as it is let. */
const endless = 'SELECT COUNT(*) FROM ORDERS A, ORDERS B, ORDERS C, ORDERS D, ORDERS E, ORDERS F';
const update = "UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7";
const begun = ['statement', 'understanding', 'decision', 'executed'];

/** A relay with a statement that runs and one that is held. */
async function busyRelay(place: FaultPlace) {
  const relay = serve(place.config);
  await relay.listening;
  const ada = await connectDriver(place.url, await world.issuer().tokenFor('ada'));
  const running = errorOf(ada.run(endless));
  await expect.poll(() => fateOf(place.data, endless)).toEqual(begun);
  const held = ada.run(update);
  held.catch(() => {});
  const grace = apiClient(place.url, await world.issuer().decidingTokenFor('grace'));
  await nextPending(grace);
  return { relay, running, held, grace };
}

/** What was held goes on at the next relay, to its rows. */
async function goesOn(
  grace: ReturnType<typeof apiClient>,
  held: ReturnType<Awaited<ReturnType<typeof connectDriver>>['run']>,
) {
  await grace.decide(await nextPending(grace), 'approve', 'after the restart');
  expect((await held).statement.getNumUpdatedRows()).toBe(1);
}

it.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends what runs, on the record and for its client; what is held goes on at the next relay',
  async (signal) => {
    const place = await world.newPlace();
    const { relay, running, held, grace } = await busyRelay(place);
    expect(await relay.end(signal)).toEqual({ code: 0, signal: null });
    expect(fateOf(place.data, endless)).toEqual([...begun, 'cancelled']);
    expect((await running)?.message).toContain('the statement was cancelled');
    expect(fateOf(place.data, update).at(-1)).toBe('approval_asked');
    const next = serve(place.config);
    await next.listening;
    await goesOn(grace, held);
    expect(fateOf(place.data, endless)).toEqual([...begun, 'cancelled']);
    expect(await next.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await provesItself(place.data);
  },
);

it('what ran in a relay that was killed gets an end from the next one, and what is held goes on', async () => {
  const place = await world.newPlace();
  const { relay, running, held, grace } = await busyRelay(place);
  await relay.end('SIGKILL');
  const next = serve(place.config);
  await next.listening;
  const warned = () =>
    next.log.filter(({ msg }) => msg.includes('under way')).map((line) => line['statements']);
  await expect.poll(warned).toEqual([expect.any(Number)]);
  expect(fateOf(place.data, endless)).toEqual([...begun, 'error statement_outcome_unknown']);
  expect((await running)?.message).toContain('its relay ended while it ran: what became of it is not known');
  await goesOn(grace, held);
  await next.end('SIGKILL');
  // Each has one end, however often a relay starts.
  const last = serve(place.config);
  await last.listening;
  expect(fateOf(place.data, endless)).toEqual([...begun, 'error statement_outcome_unknown']);
  expect(fateOf(place.data, update).at(-1)).toBe('result');
  expect(await last.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(place.data);
});

it('what came of a statement while the record could not be written is given to nobody, and has an end on it later', async () => {
  const place = await world.newPlace();
  const relay = serve(place.config);
  await relay.listening;
  const ada = await connectDriver(place.url, await world.issuer().tokenFor('ada'));
  // It takes a while, and then there are rows.
  const slow = 'SELECT COUNT(*) AS N FROM ORDERS A, ORDERS B, ORDERS C, ORDERS D WHERE A.ID < 100';
  const refused = errorOf(ada.run(slow));
  await expect.poll(() => fateOf(place.data, slow), { interval: 5 }).toEqual(begun);
  const other = new DatabaseSync(filesIn(place.data).database, { timeout: 60_000 });
  other.exec('BEGIN IMMEDIATE');
  expect((await refused)?.message).toContain('the statement ran, and what came of it cannot be recorded');
  other.close();
  await expect.poll(() => fateOf(place.data, slow)).toEqual([...begun, 'error record_unavailable']);
  expect(await relay.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(place.data);
});

it('a second signal ends a relay that cannot be closed at once, and the next one makes up for it', async () => {
  const place = await world.newPlace();
  const { relay, running, held, grace } = await busyRelay(place);
  // Nothing can be written, so nothing can be closed in order.
  const other = new DatabaseSync(filesIn(place.data).database, { timeout: 60_000 });
  other.exec('BEGIN IMMEDIATE');
  relay.process.kill('SIGTERM');
  const ended = relay.exit.then(() => 'ended');
  // Signals within a second count as one.
  expect(await Promise.race([ended, sleep(1_500)])).not.toBe('ended');
  expect(await relay.end('SIGTERM')).toEqual({ code: 130, signal: null });
  other.close();
  void running;

  const next = serve(place.config);
  await next.listening;
  expect(fateOf(place.data, endless).slice(0, begun.length)).toEqual(begun);
  expect(fateOf(place.data, endless).at(-1)).toMatch(/^(cancelled|error statement_outcome_unknown)$/);
  await goesOn(grace, held);
  expect(await next.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(place.data);
});
