import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CodeToEnter, openSession, type Session, signInByCode, type SignIn } from '@sluice/sign-in';
import { type Demo, startDemo } from '@sluice/demo';
import { scriptedBrowser } from '../support/scripted-browser.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo({ customers: 50, logLevel: 'silent' });
});
afterAll(() => demo.close());

/** A program that signs somebody in to run statements, with a code that the test is shown. */
async function newSession(): Promise<{ session: Session; kept: () => SignIn | null; codes: CodeToEnter[] }> {
  let kept: SignIn | null = null;
  const codes: CodeToEnter[] = [];
  const session = await openSession({
    relay: demo.relay.url,
    kept: {
      read: async () => kept,
      write: async (signIn) => void (kept = signIn),
      forget: async () => void (kept = null),
    },
    issuer: () => null,
    onIssuer: async () => {},
    purpose: 'run',
    by: async (place, options) =>
      await signInByCode(place, {
        ...options,
        show: (code) => void codes.push(code),
        // The issuer's five seconds between two questions are nothing that a test has to wait for.
        sleep: async (_, signal) => await sleep(20, undefined, { signal }),
      }),
    fetch,
    now: Date.now,
    after: () => () => {},
    onPerson: () => {},
    onSoonOver: () => {},
  });
  return { session, kept: () => kept, codes };
}

it('signs a person in who enters the code in a browser elsewhere, to run statements, and stays', async () => {
  const { session, kept, codes } = await newSession();
  const signingIn = session.signIn(undefined);
  await expect.poll(() => codes.length).toBe(1);
  expect(codes[0]).toMatchObject({ code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/) });
  expect(codes[0]!.addressWithCode).toContain(codes[0]!.code);
  const browser = scriptedBrowser(() => 'ada');
  await browser.openExternal(codes[0]!.addressWithCode);
  expect((await browser.ended()).text).toContain('Signed in');
  await signingIn;
  expect(session.person()).toMatchObject({ id: demo.idOf('ada'), groups: ['developers'], until: null });
  const before = kept()!.token;
  expect(await session.token({ renew: true })).not.toBe(before);
});

it('is over when its person gives it up', async () => {
  const { session, codes } = await newSession();
  const refused = session.signIn(undefined).then(
    () => null,
    (error: unknown) => error,
  );
  await expect.poll(() => codes.length).toBe(1);
  session.close();
  expect(await refused).toMatchObject({ code: 'sign_in_given_up' });
  expect(session.person()).toBeNull();
});
