import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DEMO_POLICY } from '@sluice/demo';
import { identityId } from '@sluice/relay/identity';
import { apiClient, nextPending } from '../support/api.ts';
import { errorOf } from '../support/driver.ts';
import { signIn } from '../support/wire.ts';
import { faultWorld } from './fault-place.ts';
import { fateOf, provesItself, recordIn } from './record.ts';
import { serve } from './served-relay.ts';
import { compileShim, NO_SHIM, type Shim } from './shim.ts';

const world = faultWorld();
const newShim = compileShim(world.folder);
const update = "UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7";
const HOUR = 3_600_000;

/** A relay with a statement that is held, whose client does not poll by itself. */
async function holding(shim: Shim, tokenSeconds = 10 * 3_600) {
  const data = mkdtempSync(join(world.folder, 'data-'));
  const policy = join(data, 'policy.yaml');
  const demo = readFileSync(DEMO_POLICY, 'utf8');
  writeFileSync(policy, demo.replace('access_up_to: 4h', 'access_up_to: 4h\n    grant_up_to: 30m'));
  const place = await world.newPlace(data, {
    policy,
    groups: { security: ['security'], auditors: ['security'] },
  });
  const relay = serve(place.config, { env: shim.env });
  await relay.listening;
  const ada = await signIn(place.url, await world.issuer().tokenFor('ada', tokenSeconds));
  const answer = ada.query(update);
  // Where it is not asked for, it ends with the relay.
  answer.catch(() => {});
  const grace = apiClient(place.url, await world.issuer().decidingTokenFor('grace', 10 * 3_600));
  const asked = await nextPending(grace);
  return { ...place, data, policy, relay, ada, answer, grace, asked, shim };
}
type Holding = Awaited<ReturnType<typeof holding>>;

it.for<[string, number, (held: Holding) => unknown, RegExp]>([
  [
    'its client is gone for longer than it may',
    10 * 3_600,
    async ({ answer, shim }) => {
      // It is told to ask again, and never does.
      expect((await answer).code).toBe('333333');
      shim.setClock(130_000);
    },
    /^(cancelled|error approval_cancelled)/,
  ],
  [
    'its person is put out',
    10 * 3_600,
    async ({ url }) => {
      const alan = apiClient(url, await world.issuer().decidingTokenFor('alan'));
      const identity = identityId(world.issuer().issuer, 'ada');
      await alan.post('/api/revocations', { target: { type: 'subject', identity }, reason: 'left' });
    },
    /^(cancelled|error (approval_cancelled|session_ended|identity_revoked))/,
  ],
  [
    'its access token expires',
    60,
    ({ shim }) => shim.setClock(61_000),
    /^(cancelled|error (approval_cancelled|session_ended))/,
  ],
  [
    'the time to decide is over',
    10 * 3_600,
    ({ shim }) => shim.setClock(3 * HOUR),
    /^error approval_expired/,
  ],
])(
  'what is held is not run any more when %s, whoever agrees to it then',
  async ([, seconds, happens, end], { skip }) => {
    const held = await holding(newShim?.() ?? skip(NO_SHIM), seconds);
    const { grace, asked, data, relay, config, shim } = held;
    await happens(held);
    await expect.poll(() => fateOf(data, update).at(-1)).toMatch(end);
    shim.setClock(0);
    expect(await errorOf(grace.decide(asked, 'approve', 'too late'))).not.toBeNull();
    expect(await grace.pending()).toEqual([]);
    await relay.end('SIGKILL');
    const next = serve(config, { env: shim.env });
    await next.listening;
    expect(await errorOf(grace.decide(asked, 'approve', 'too late'))).not.toBeNull();
    expect(await next.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(fateOf(data, update)).not.toContain('executed');
    await provesItself(data);
  },
);

it('what is held under a policy that is replaced meanwhile is decided by the new one', async ({ skip }) => {
  const { grace, asked, data, policy, relay, ada, answer } = await holding(newShim?.() ?? skip(NO_SHIM));
  const blocking = readFileSync(policy, 'utf8').replace(
    /(- name: change-data\n +effect: )ask([^]*?)\n +approvers: data-leads/,
    '$1block$2',
  );
  const loaded = () => relay.log.filter(({ msg }) => msg === 'policy in force').length;
  const before = loaded();
  writeFileSync(policy, blocking);
  await expect.poll(loaded).toBe(before + 1);
  await grace.decide(asked, 'approve', 'of the old policy');
  const id = String((await answer).data?.['queryId']);
  const message = async () => (await ada.get(`/queries/${id}/result`)).message;
  await expect.poll(message).toContain('blocked by rule `change-data`');
  expect(fateOf(data, update)).not.toContain('executed');
  expect(await relay.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});

it('a grant is over when its time is, and what is judged by the clock goes by the clock as it is', async ({
  skip,
}) => {
  const { grace, asked, data, relay, ada, answer, shim } = await holding(newShim?.() ?? skip(NO_SHIM));
  await grace.post(`/api/approvals/${asked.id}/decision`, {
    version: 1,
    verdict: 'approve',
    binding: asked.binding,
    comment: 'for a while',
    mostRows: 1,
    grantSeconds: 600,
    grantRows: 5,
  });
  const id = String((await answer).data?.['queryId']);
  await expect.poll(async () => (await ada.get(`/queries/${id}/result`)).code).toBeNull();
  const like = (order: number) => `UPDATE ORDERS SET STATUS = 'again' WHERE ID = ${order}`;
  expect(await ada.query(like(8))).toMatchObject({ success: true, code: null });
  shim.setClock(HOUR);
  expect((await ada.renew()).success).toBe(true);
  expect(await ada.query(like(9))).toMatchObject({ code: '333333' });
  expect(fateOf(data, like(9)).at(-1)).toBe('approval_asked');
  // Put back before it was given, it is not longer for that: it ends when it was to.
  shim.setClock(-2 * HOUR);
  expect(fateOf(data, like(9))).not.toContain('executed');
  shim.setClock(0);
  expect(await ada.query(like(10))).toMatchObject({ success: true, code: null });
  expect(
    recordIn(data).filter((event) => event.type === 'notice' && event.what === 'grant_given'),
  ).toHaveLength(1);
  expect(await relay.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});
