import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import type { Browser } from 'playwright-core';
import { keptSignIn, openSession, type Session } from '@sluice/sign-in';
import { secretText } from '../../desktop-approver/src/secrets/secret-text.ts';
import { signInInBrowser } from '../../desktop-approver/src/sign-in/in-browser.ts';
import { openSecrets, type SystemSecrets } from '../../desktop-approver/src/secrets/secrets.ts';
import { testSystem } from '../../desktop-approver/src/secrets/testing.ts';
import type { Trouble } from '../../desktop-approver/src/relays/trouble.ts';
import { apiClient } from '../support/api.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { scriptedBrowser } from '../support/scripted-browser.ts';

const folder = temporaryFolder();
let demo: Demo;
beforeAll(async () => {
  demo = await startDemo({ customers: 50 });
});
afterAll(() => demo.close());

const open: Session[] = [];
afterEach(() => {
  for (const session of open.splice(0)) session.close();
});

let folders = 0;

/** Where nobody has signed in, with a browser in which somebody would. */
async function newSession({
  who = 'alan',
  place = join(folder, String((folders += 1))),
  system = testSystem(),
  openExternal = null,
  fetch = globalThis.fetch,
  after = (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
}: Partial<{
  readonly who: string | null;
  readonly place: string;
  readonly system: SystemSecrets;
  readonly openExternal: ((url: string) => Promise<void>) | null;
  readonly fetch: typeof globalThis.fetch;
  readonly after: (ms: number, run: () => void) => () => void;
}> = {}) {
  const person: { who: string | null } = { who };
  const browser = scriptedBrowser(() => person.who);
  const told: (Trouble | null)[] = [];
  const kept = keptSignIn(
    secretText(await openSecrets({ folder: place, system, platform: 'linux' }), 'r1.sign-in'),
  );
  const session = await openSession({
    relay: demo.relay.url,
    kept,
    issuer: () => null,
    onIssuer: async () => {},
    fetch,
    purpose: 'decide',
    by: signInInBrowser(openExternal ?? browser.openExternal),
    now: Date.now,
    after,
    onPerson: (because) => void told.push(because),
    onSoonOver: () => {},
  });
  open.push(session);
  return { session, browser, person, told, kept, place, system };
}

/** Why it fails, whenever it does. */
const whyOf = async (signingIn: Promise<void>) =>
  await signingIn.then(
    () => null,
    (error: unknown) => error,
  );

const redirectOf = (opened: URL) => new URL(opened.searchParams.get('redirect_uri')!);

describe('a sign-in', () => {
  it('gives a token to decide with, is kept, and says so in the browser', async () => {
    const { session, browser, told, place, system } = await newSession();
    await session.signIn(undefined);
    expect(session.person()).toMatchObject({ id: demo.idOf('alan'), groups: ['security'], until: null });
    expect(told).toEqual([null]);
    expect(await browser.ended()).toMatchObject({
      status: 200,
      text: expect.stringContaining('You are signed in'),
    });
    const [asked] = browser.opened;
    expect(Object.fromEntries(asked!.searchParams)).toMatchObject({
      scope: expect.stringMatching(/sluice:decide.* offline_access$/),
      prompt: 'login consent',
      code_challenge_method: 'S256',
    });
    expect(redirectOf(asked!).hostname).toBe('127.0.0.1');
    const token = await session.token({ renew: false });
    expect(await apiClient(demo.relay.url, token).pending()).toEqual([]);
    // The next start of the app.
    const again = await newSession({ place, system });
    expect(again.session.person()).toMatchObject({ id: demo.idOf('alan') });
    expect(await again.session.token({ renew: false })).toBe(token);
  });

  it('takes one request on its port, and then nothing listens there', async () => {
    const { session, browser } = await newSession();
    await session.signIn(undefined);
    const back = redirectOf(browser.opened[0]!);
    back.searchParams.set('state', browser.opened[0]!.searchParams.get('state')!);
    await expect(fetch(back)).rejects.toThrow('fetch failed');
  });

  it.each<[string, (state: string) => Record<string, string> | [string, string][], Record<string, string>]>([
    ['another state', () => ({ state: 'made-up', code: 'x' }), {}],
    ['no state', () => ({ code: 'x' }), {}],
    [
      'two states',
      (state) => [
        ['state', state],
        ['state', 'x'],
        ['code', 'x'],
      ],
      {},
    ],
    ['a name that points here', (state) => ({ state, code: 'x' }), { host: 'evil.example' }],
  ])('is not ended by a request with %s', async (_, query, headers) => {
    const { session, browser, person } = await newSession({ who: null });
    const signingIn = session.signIn(undefined);
    await expect.poll(() => browser.opened.length).toBe(1);
    const asked = browser.opened[0]!;
    const state = asked.searchParams.get('state')!;
    const back = redirectOf(asked);
    back.search = new URLSearchParams(query(state)).toString();
    const status = await new Promise<number>((resolve, reject) => {
      void import('node:http').then(({ get }) =>
        get(back, { headers }, (response) => resolve(response.resume().statusCode!)).on('error', reject),
      );
    });
    expect(status).toBe(404);
    // The person has the issuer's page before them still.
    person.who = 'alan';
    await browser.openExternal(asked.href);
    await signingIn;
    expect(session.person()).toMatchObject({ id: demo.idOf('alan') });
  });

  it('ends with the issuer’s own reason when that refuses it', async () => {
    const { session, browser } = await newSession({ who: null });
    const signingIn = session.signIn(undefined);
    await expect.poll(() => browser.opened.length).toBe(1);
    const back = redirectOf(browser.opened[0]!);
    back.search = new URLSearchParams({
      state: browser.opened[0]!.searchParams.get('state')!,
      error: 'access_denied',
      error_description: 'not <b>today</b>\u202e',
      iss: demo.issuer,
    }).toString();
    const refused = whyOf(signingIn);
    const page = await fetch(back);
    expect(await refused).toMatchObject({
      code: 'sign_in_refused',
      message: expect.stringContaining('refused the sign-in: "not <b>today</b>"'),
    });
    const text = await page.text();
    expect([page.status, text]).toEqual([400, expect.stringContaining('not &#60;b&#62;today&#60;/b&#62;')]);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(session.person()).toBeNull();
  });

  it('is not taken from another issuer than the one that was asked', async () => {
    const { session, browser } = await newSession({ who: null });
    const signingIn = session.signIn(undefined);
    await expect.poll(() => browser.opened.length).toBe(1);
    const back = redirectOf(browser.opened[0]!);
    const state = browser.opened[0]!.searchParams.get('state')!;
    back.search = new URLSearchParams({ state, code: 'x', iss: 'https://evil.example' }).toString();
    const refused = whyOf(signingIn);
    await fetch(back);
    expect(await refused).toMatchObject({ code: 'sign_in_refused' });
  });

  it('is given up when another is begun, and when the app ends', async () => {
    const { session, browser, person } = await newSession({ who: null });
    const first = whyOf(session.signIn(undefined));
    await expect.poll(() => browser.opened.length).toBe(1);
    person.who = 'alan';
    await session.signIn(undefined);
    expect(await first).toMatchObject({ code: 'sign_in_given_up' });
    person.who = null;
    const last = whyOf(session.signIn(undefined));
    await expect.poll(() => browser.opened.length).toBe(3);
    session.close();
    expect(await last).toMatchObject({ code: 'sign_in_given_up' });
    await expect(fetch(redirectOf(browser.opened[2]!))).rejects.toThrow('fetch failed');
  });

  it('is given up after five minutes in which nobody came back, and then nothing listens', async () => {
    const timers = new Map<() => void, number>();
    const { session, browser, person, told } = await newSession({
      who: null,
      after(ms, run) {
        timers.set(run, ms);
        return () => timers.delete(run);
      },
    });
    const late = whyOf(session.signIn(undefined));
    await expect.poll(() => browser.opened.length).toBe(1);
    expect([...timers.values()]).toEqual([5 * 60_000]);
    for (const run of timers.keys()) run();
    expect(await late).toMatchObject({ code: 'sign_in_timeout', advice: 'begin again' });
    await expect(fetch(redirectOf(browser.opened[0]!))).rejects.toThrow('fetch failed');
    expect([session.person(), told, timers.size]).toEqual([null, [], 0]);
    // Begun again, it goes as ever, and nothing waits any longer.
    person.who = 'alan';
    await session.signIn(undefined);
    expect([session.person()?.id, timers.size]).toEqual([demo.idOf('alan'), 0]);
  });

  it('of somebody who may not decide there changes nothing', async () => {
    // The issuer gives a token that runs SQL: somebody has taken the scope out of the request on its way.
    const { session, told } = await newSession({
      openExternal: async (url) => {
        const less = new URL(url);
        less.searchParams.set('scope', 'openid groups');
        await scriptedBrowser(() => 'alan').openExternal(less.href);
      },
    });
    await expect(session.signIn(undefined)).rejects.toMatchObject({ code: 'token_cannot_decide' });
    expect([session.person(), told]).toEqual([null, []]);
  });
});

describe('a step up', () => {
  it('is of the same person, signed in anew as the relay wants it', async () => {
    const { session, browser, told } = await newSession();
    await session.signIn(undefined);
    const before = await session.token({ renew: false });
    await session.stepUp({ maxAge: '60', acrValues: 'phr' });
    expect(Object.fromEntries(browser.opened[1]!.searchParams)).toMatchObject({
      prompt: 'login consent',
      max_age: '60',
      acr_values: 'phr',
    });
    expect(await session.token({ renew: false })).not.toBe(before);
    expect(told).toEqual([null]);
  });

  it('as somebody else is refused, and the person stays who they are', async () => {
    const { session, browser, person } = await newSession();
    await session.signIn(undefined);
    const before = await session.token({ renew: false });
    person.who = 'grace';
    await expect(session.stepUp({ maxAge: '60', acrValues: null })).rejects.toMatchObject({
      code: 'other_person',
    });
    expect((await browser.ended()).text).toContain('You are not signed in');
    expect(session.person()).toMatchObject({ id: demo.idOf('alan') });
    expect(await session.token({ renew: false })).toBe(before);
  });
});

describe('a sign-in that the issuer renews', () => {
  const refreshTokenIn = async ({ kept }: Awaited<ReturnType<typeof newSession>>) => {
    const found = await kept.read();
    return found === null || found === 'damaged' ? null : found.refreshToken;
  };

  it('is renewed in place, once for whoever asks meanwhile', async () => {
    const started = await newSession();
    const { session } = started;
    await session.signIn(undefined);
    const before = [await session.token({ renew: false }), await refreshTokenIn(started)];
    const [one, other] = await Promise.all([session.token({ renew: true }), session.token({ renew: true })]);
    expect(one).toBe(other);
    expect([one, await refreshTokenIn(started)]).not.toEqual(before);
    expect(await apiClient(demo.relay.url, one).pending()).toEqual([]);
    await session.token({ renew: true });
  });

  it('ends, with the reason, when what renews it was used by somebody else', async () => {
    const started = await newSession();
    const { session, told } = started;
    await session.signIn(undefined);
    const stolen = (await refreshTokenIn(started))!;
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'sluice',
      refresh_token: stolen,
    });
    expect((await fetch(`${demo.issuer}/token`, { method: 'POST', body })).status).toBe(200);
    await expect(session.token({ renew: true })).rejects.toMatchObject({ code: 'sign_in_over' });
    expect(session.person()).toBeNull();
    expect(told.at(-1)).toMatchObject({
      code: 'sign_in_over',
      advice: expect.stringContaining('somebody else may have used it'),
    });
    expect(await started.kept.read()).toBeNull();
  });

  it('goes on when the issuer was away', async () => {
    let isAway = false;
    const { session } = await newSession({
      fetch: async (...asked) => {
        if (isAway) throw new TypeError('fetch failed');
        return await fetch(...asked);
      },
    });
    await session.signIn(undefined);
    isAway = true;
    await expect(session.token({ renew: true })).rejects.toMatchObject({ code: 'issuer_unavailable' });
    expect(session.person()).toMatchObject({ id: demo.idOf('alan') });
    isAway = false;
    expect(await session.token({ renew: true })).toEqual(expect.any(String));
  });

  it('is ended at the issuer by signing out', async () => {
    const started = await newSession();
    const { session, told } = started;
    await session.signIn(undefined);
    const refresh = (await refreshTokenIn(started))!;
    await session.signOut();
    expect([session.person(), told.at(-1), await started.kept.read()]).toEqual([null, null, null]);
    await expect(session.token({ renew: false })).rejects.toMatchObject({ code: 'token_invalid' });
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'sluice',
      refresh_token: refresh,
    });
    expect((await fetch(`${demo.issuer}/token`, { method: 'POST', body })).status).toBe(400);
  });

  it('is for this run of the app alone where the system keeps no secrets', async () => {
    const { session, place, system } = await newSession({ system: testSystem('basic_text') });
    await session.signIn(undefined);
    expect(await session.token({ renew: true })).toEqual(expect.any(String));
    expect((await newSession({ place, system })).session.person()).toBeNull();
  });
});

describe('a sign-in that the issuer does not renew', () => {
  /** As the issuer's own answers, changed. */
  const changing =
    (path: RegExp, change: (answer: Record<string, unknown>) => object): typeof fetch =>
    async (input, init) => {
      const answer = await fetch(input, init);
      if (!path.test(new URL(input instanceof Request ? input.url : input).pathname)) return answer;
      return Response.json(change((await answer.json()) as Record<string, unknown>));
    };
  const scopes = (browser: Awaited<ReturnType<typeof newSession>>['browser']) =>
    browser.opened.map(({ searchParams }) => ({
      stays: searchParams.get('scope')!.split(' ').includes('offline_access'),
      prompt: searchParams.get('prompt'),
    }));

  it('is asked for once more without, where the issuer refuses that, and ends by the clock', async () => {
    const started = await newSession({ who: null });
    const { session, browser, person, kept } = started;
    const signingIn = session.signIn(undefined);
    await expect.poll(() => browser.opened.length).toBe(1);
    const back = redirectOf(browser.opened[0]!);
    back.search = new URLSearchParams({
      state: browser.opened[0]!.searchParams.get('state')!,
      error: 'invalid_scope',
      iss: demo.issuer,
    }).toString();
    person.who = 'alan';
    await fetch(back);
    await signingIn;
    expect(scopes(browser)).toEqual([
      { stays: true, prompt: 'login consent' },
      { stays: false, prompt: 'login' },
    ]);
    expect(session.person()).toMatchObject({ id: demo.idOf('alan'), until: expect.any(Number) });
    expect(await kept.read()).toMatchObject({ refreshToken: null });
  });

  it('is not asked to be renewed where the issuer does not say that it would', async () => {
    const { session, browser } = await newSession({
      fetch: changing(/well-known/, (metadata) => ({ ...metadata, scopes_supported: ['openid', 'groups'] })),
    });
    await session.signIn(undefined);
    expect(scopes(browser)).toEqual([{ stays: false, prompt: 'login' }]);
    expect(session.person()).toMatchObject({ until: expect.any(Number) });
  });

  it('is taken as it is where the issuer agrees, and gives nothing to renew it with', async () => {
    const { session, browser } = await newSession({
      fetch: changing(/\/token$/, (given) => ({ ...given, refresh_token: undefined })),
    });
    await session.signIn(undefined);
    expect(scopes(browser)).toEqual([{ stays: true, prompt: 'login consent' }]);
    expect(session.person()).toMatchObject({ until: expect.any(Number) });
    await expect(session.token({ renew: true })).rejects.toMatchObject({ code: 'token_invalid' });
    expect(session.person()).not.toBeNull();
  });

  it('is not asked for a second time where the issuer refuses it for another reason', async () => {
    const { session, browser } = await newSession({ who: null });
    const refused = whyOf(session.signIn(undefined));
    await expect.poll(() => browser.opened.length).toBe(1);
    const back = redirectOf(browser.opened[0]!);
    const state = browser.opened[0]!.searchParams.get('state')!;
    back.search = new URLSearchParams({ state, error: 'access_denied', iss: demo.issuer }).toString();
    await fetch(back);
    expect(await refused).toMatchObject({ code: 'sign_in_refused' });
    expect(browser.opened).toHaveLength(1);
  });
});

describe.skipIf(!hasBrowser)('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it('a person signs in, and is told so', async () => {
    const page = await browser.newPage();
    const { session } = await newSession({ openExternal: async (url) => void (await page.goto(url)) });
    const signingIn = session.signIn(undefined);
    await page.getByText('will stay signed in as you').waitFor();
    await page.getByRole('button', { name: /^Alan/ }).click();
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    await signingIn;
    expect(session.person()).toMatchObject({ id: demo.idOf('alan') });
    // Its style is let in by its digest.
    expect(await page.evaluate<string>('getComputedStyle(document.body).maxWidth')).toBe('416px');
  });
});
