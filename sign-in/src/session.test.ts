import { expect, it } from 'vitest';
import type { SignIn } from './kept-sign-in.ts';
import { openSession } from './session.ts';
import type { Trouble } from './trouble.ts';

const HOUR = 3_600_000;
const KEPT: SignIn = {
  version: 1,
  place: { issuer: 'https://id.example', kind: 'oidc', clientId: 'c', scope: 's', resource: null },
  token: 'token',
  expiresAt: HOUR,
  refreshToken: null,
  person: { id: 'https://id.example|ada', name: 'Ada', groups: ['owners'] },
};

/** A sign-in that nobody renews, on a clock of the test's own. */
async function start(kept: SignIn | null | 'damaged' = KEPT) {
  const clock = { now: 0 };
  let timer: { readonly at: number; readonly run: () => void } | null = null;
  const told: (Trouble | null)[] = [];
  const soon: number[] = [];
  let forgotten = 0;
  const session = await openSession({
    relay: 'https://relay.example',
    kept: { read: async () => kept, write: async () => {}, forget: async () => void (forgotten += 1) },
    issuer: () => null,
    onIssuer: async () => {},
    fetch: () => Promise.reject(new TypeError('fetch failed')),
    purpose: 'decide',
    by: async () => {},
    now: () => clock.now,
    after(ms, run) {
      const mine = { at: clock.now + ms, run };
      timer = mine;
      return () => {
        if (timer === mine) timer = null;
      };
    },
    onPerson: (because) => void told.push(because),
    onSoonOver: (until) => void soon.push(until),
  });
  return {
    session,
    told,
    soon,
    clock,
    forgotten: () => forgotten,
    timer: () => timer?.at ?? null,
    /** As time passes while the computer is awake. */
    pass(to: number) {
      while (timer !== null && timer.at <= to) {
        const { at, run } = timer;
        clock.now = at;
        timer = null;
        run();
      }
      clock.now = to;
    },
  };
}

it('tells the person in time, once, and ends when its time is up', async () => {
  const { session, told, soon, pass, forgotten } = await start();
  expect(session.person()).toMatchObject({ until: HOUR });
  pass(HOUR - 5 * 60_000 - 1);
  expect(soon).toEqual([]);
  pass(HOUR - 1);
  session.look();
  expect([soon, told]).toEqual([[HOUR], []]);
  expect(await session.token({ renew: false })).toBe('token');
  pass(HOUR);
  expect([soon, told]).toEqual([
    [HOUR],
    [expect.objectContaining({ code: 'sign_in_over', advice: 'sign in again' })],
  ]);
  expect(session.person()).toBeNull();
  await expect.poll(forgotten).toBe(1);
  await expect(session.token({ renew: false })).rejects.toMatchObject({ code: 'token_invalid' });
});

it('ends when the computer wakes up after its time', async () => {
  const { session, told, clock } = await start();
  clock.now = HOUR + 1;
  session.look();
  expect([session.person(), told.length]).toEqual([null, 1]);
});

it('gives no token in the place of one that the relay does not take', async () => {
  const { session } = await start();
  await expect(session.token({ renew: true })).rejects.toMatchObject({ code: 'token_invalid' });
  expect(session.person()).not.toBeNull();
});

it('does not end by the clock where the issuer renews it', async () => {
  const { session, timer, pass } = await start({ ...KEPT, refreshToken: 'r' });
  expect([timer(), session.person()]).toEqual([null, expect.objectContaining({ until: null })]);
  pass(2 * HOUR);
  await expect(session.token({ renew: false })).rejects.toMatchObject({ code: 'issuer_unavailable' });
  expect(session.person()).not.toBeNull();
});

it('is none when what was kept is damaged, and says so', async () => {
  const { session, told, forgotten } = await start('damaged');
  expect([session.person(), told, forgotten()]).toEqual([
    null,
    [expect.objectContaining({ code: 'kept_damaged' })],
    1,
  ]);
});

it('does not wait for longer than timers can', async () => {
  const { timer, pass, soon } = await start({ ...KEPT, expiresAt: 60 * 24 * HOUR });
  expect(timer()).toBe(24 * HOUR);
  pass(60 * 24 * HOUR - 1);
  expect(soon).toHaveLength(1);
});
