import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import type { Relay } from '@sluice/relay';
import { apiClient, type ApiClient, nextPending } from '../support/api.ts';
import { errorOf } from '../support/driver.ts';
import { type RelayPlace, relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { signIn, type Wire, type WireAnswer } from '../support/wire.ts';

const data = temporaryFolder();
const update = "UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7";
const HOUR = 3_600_000;
let issuer: LocalIssuer;
let place: RelayPlace;
let relay: Relay;
let grace: ApiClient;
/** How often the update reached the warehouse. */
let ran: number;
/** Milliseconds that the relay's clock is off. */
let off: number;

beforeEach(async () => {
  [ran, off] = [0, 0];
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  place = await relayPlace(data, issuer);
  const watch = ({ sql }: { readonly sql: string }) => {
    if (sql === update) ran += 1;
  };
  relay = await place.start(watch, { now: () => Date.now() + off, longPollMs: 100 });
  grace = apiClient(place.url, await issuer.decidingTokenFor('grace', 10 * 3_600));
});
afterEach(async () => {
  await relay.close();
  await issuer.close();
});

it('an access token that expires ends its session, however often it is renewed', async () => {
  const ada = await signIn(place.url, await issuer.tokenFor('ada', 60));
  expect((await ada.query('SELECT 1')).success).toBe(true);
  expect((await ada.renew()).success).toBe(true);
  off = 61_000;
  expect(await ada.query(update)).toMatchObject({
    success: false,
    message: expect.stringContaining('the session has expired') as string,
  });
  expect(await ada.renew()).toMatchObject({
    success: false,
    message: expect.stringContaining('the session has expired') as string,
  });
  expect(ran).toBe(0);
  const again = await signIn(place.url, await issuer.tokenFor('ada'));
  expect((await again.query('SELECT 1')).success).toBe(true);
});

it('a statement that is held when its access token expires does not run, even when it is approved at once', async () => {
  const ada = await signIn(place.url, await issuer.tokenFor('ada', 60));
  const asked = await held(ada);
  off = 61_000;
  // The relay looks about once a second for sessions that are over: the approver may be quicker.
  await grace.decide(asked.approval, 'approve', 'too late');
  await expect.poll(async () => await grace.pending()).toEqual([]);
  await sleep(200);
  expect(ran).toBe(0);
});

it('a clock that jumps hours ahead runs no approval that has expired, and what comes then is asked about', async () => {
  const ada = await signIn(place.url, await issuer.tokenFor('ada', 10 * 3_600));
  const asked = await held(ada);
  off = 3 * HOUR;
  expect(await errorOf(grace.decide(asked.approval, 'approve', 'too late'))).toMatchObject({
    message: expect.stringMatching(/expired|in time/) as string,
  });
  await ada.renew();
  expect((await settled(ada, asked.answer)).message).toContain('nobody decided on this statement in time');
  expect(ran).toBe(0);

  const next = await held(ada);
  await grace.decide(next.approval, 'approve', 'now');
  expect((await settled(ada, next.answer)).success).toBe(true);
  expect(ran).toBe(1);
});

it('a clock that jumps hours back lets nobody decide, and does not keep what is held from running later', async () => {
  const ada = await signIn(place.url, await issuer.tokenFor('ada', 10 * 3_600));
  const asked = await held(ada);
  off = -3 * HOUR;
  expect((await ada.query('SELECT 1')).success).toBe(true);
  // A token from the future.
  expect((await errorOf(grace.decide(asked.approval, 'approve', 'early')))?.message).toContain('401');
  await sleep(1_200); // the relay looks for what is due
  expect(ran).toBe(0);
  off = 0;
  await grace.decide(asked.approval, 'approve', 'now');
  expect((await settled(ada, asked.answer)).success).toBe(true);
  expect(ran).toBe(1);
});

async function held(wire: Wire) {
  const answer = await wire.query(update);
  return { answer, approval: await nextPending(grace) };
}

/** Polls as a driver does until there is an outcome (driver protocol, section 5). */
async function settled(wire: Wire, pending: WireAnswer): Promise<WireAnswer> {
  let answer = pending;
  while (answer.code === '333333' || answer.code === '333334') {
    answer = await wire.get(String(answer.data?.['getResultUrl']));
  }
  return answer;
}
