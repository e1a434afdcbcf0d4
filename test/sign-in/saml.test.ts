import { mkdtemp, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIfStale } from '@sluice/console/build';
import { DEMO_POLICY } from '@sluice/demo';
import { relayConfig } from '@sluice/relay/config';
import { filesIn } from '../../relay/src/composition/files.ts';
import { type Relay, startRelay } from '@sluice/relay';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { connectDriver } from '../support/driver.ts';
import { freePort } from '../support/free-port.ts';
import { runSignIn } from '../support/sign-in.ts';
import { type IdentityProvider, startIdentityProvider } from './identity-provider.ts';

let data: string;
let relay: Relay;
let provider: IdentityProvider;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'sluice-saml-'));
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  provider = await startIdentityProvider(publicUrl);
  const { entityId, signInUrl, publicPem } = provider;
  const config = relayConfig.parse({
    listen: { port, publicUrl },
    data,
    policy: DEMO_POLICY,
    identity: {
      saml: {
        identityProvider: { entityId, signInUrl, certificates: [publicPem] },
        attributes: { name: 'displayName' },
        redirectUris: [`${publicUrl}/console/signed-in`],
      },
    },
    warehouse: { type: 'embedded', customers: 50 },
  });
  relay = await startRelay(config, { logger: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await relay.close();
  provider.close();
  await rm(data, { recursive: true });
});

describe.skipIf(!hasBrowser)('in a browser', () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await openBrowser();
    page = await browser.newPage();
  });
  afterAll(() => browser.close());

  it('a person signs in at the provider, and a driver runs as them with the token', async () => {
    const token = await runSignIn(['--url', relay.url], async (address) => {
      await page.goto(address);
      await page.getByRole('button', { name: 'Sign in as Ada' }).click();
      await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    });
    const ada = await connectDriver(relay.url, token);
    const { rows } = await ada.run('SELECT CARD_NUMBER FROM CUSTOMERS LIMIT 1');
    expect(rows[0]).toEqual({ CARD_NUMBER: expect.stringMatching(/^\*{12}\d{4}$/) });
    await ada.close();
    const recorded = (type: string) => recordedOf(type).map((body) => JSON.parse(body) as object);
    expect(recorded('notice')).toContainEqual({
      type: 'notice',
      what: 'signed_in',
      detail: { identity: `${relay.url}|ada@example.com` },
    });
    expect(recorded('opened')).toContainEqual(
      expect.objectContaining({ identity: expect.objectContaining({ name: 'Ada', groups: ['developers'] }) }),
    );
  });

  it('who posts an answer again is told so, and it is on the record', async () => {
    const { SAMLResponse } = provider.posted();
    await page.setContent(
      `<form method="post" action="${relay.url}/saml/acs"><input name="SAMLResponse" value="${SAMLResponse}"><button>Again</button></form>`,
    );
    await page.getByRole('button', { name: 'Again' }).click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    expect(await page.getByRole('main').textContent()).toContain('Start it again from your program.');
    expect(recordedOf('refused').at(-1)).toContain('it was used before');
  });
});

describe.skipIf(!hasBrowser)('to the console', () => {
  let browser: Browser;
  beforeAll(async () => {
    await buildIfStale();
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it('a person signs in at the provider, decides, signs out and in again', async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('console', (message) => {
      const isOwn = message.location().url.startsWith(relay.url);
      if (isOwn && ['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    // The only place to sign in at: whoever comes is taken there, and back to the page that they wanted.
    await page.goto(`${relay.url}/console/access`);
    await page.getByRole('button', { name: 'Sign in as Grace' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/console/access');
    await expect.poll(() => nameOn(page)).toBe('Grace');
    const left = await page.evaluate<string>('location.href + document.cookie');
    expect(left, 'nothing of the sign-in stays in the address').not.toMatch(/code=|state=|;/);

    await page.getByRole('link', { name: 'Inbox' }).click();
    const ada = await connectDriver(relay.url, await adasToken(browser));
    const update = ada.run("UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 7");
    await page.getByRole('list', { name: 'Waiting' }).getByRole('link').click();
    const approve = page.getByRole('button', { name: 'Approve once' });
    await expect.poll(() => approve.isEnabled()).toBe(true);
    await approve.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve once' }).click();
    expect((await update).statement.getNumUpdatedRows()).toBe(1);
    await ada.close();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: /^Sign in at/ }).click();
    await page.getByRole('button', { name: 'Sign in as Ada' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await expect.poll(() => nameOn(page)).toBe('Ada');
    expect(problems).toEqual([]);
  });

  it('who was not let in is told so, and may try again', async () => {
    const page = await browser.newPage();
    await page.goto(`${relay.url}/console`);
    await page.getByRole('button', { name: 'Sign in as Ada' }).waitFor();
    await page.goto(`${relay.url}/console/signed-in?error=access_denied&state=made-up`);
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await page
      .getByRole('button', { name: /^Sign in (at|as Ada)/ })
      .first()
      .waitFor();
    expect(await page.getByText('Live', { exact: true }).count()).toBe(0);
  });
});

/** Who the page says that one is. */
function nameOn(page: Page): Promise<string | null> {
  return page.locator('.shell-person').textContent();
}

/** As `sluice sign-in` gets one for a program that runs SQL. */
async function adasToken(browser: Browser): Promise<string> {
  const page = await browser.newPage();
  const token = await runSignIn(['--url', relay.url], async (address) => {
    await page.goto(address);
    await page.getByRole('button', { name: 'Sign in as Ada' }).click();
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
  });
  await page.close();
  return token;
}

describe('to programs', () => {
  it('the relay is an authorization server, and publishes its keys', async () => {
    const get = async (path: string) =>
      (await fetch(new URL(path, relay.url))).json() as Promise<Record<string, unknown>>;
    const metadata = await get('/.well-known/oauth-authorization-server');
    expect(metadata).toMatchObject({ issuer: relay.url, code_challenge_methods_supported: ['S256'] });
    expect(await get(new URL(String(metadata['jwks_uri'])).pathname)).toEqual({
      keys: [expect.objectContaining({ alg: 'ES256', kid: expect.any(String) })],
    });
    const { keys } = (await get('/saml/keys')) as { keys: object[] };
    expect(keys[0]).not.toHaveProperty('d');
  });

  it('the relay describes itself to an identity provider', async () => {
    const metadata = await fetch(`${relay.url}/saml/metadata`);
    expect(metadata.headers.get('content-type')).toContain('application/samlmetadata+xml');
    expect(await metadata.text()).toContain(`Location="${relay.url}/saml/acs"`);
  });

  it.each([
    ['a code that nobody has', { code: '_made-up' }, 'invalid_grant'],
    ['no code', {}, 'invalid_request'],
  ])('%s is answered as RFC 6749 says', async (_, fields, error) => {
    const form = {
      grant_type: 'authorization_code',
      code_verifier: 'v'.repeat(43),
      redirect_uri: 'http://127.0.0.1/',
    };
    const answer = await fetch(`${relay.url}/saml/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...form, ...fields }),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error });
  });

  it.each([
    ['a form that is too large', `SAMLResponse=${'A'.repeat(1_100_000)}`, 413],
    ['a form that is none', '{}', 400],
  ])('%s gets a page that says so', async (_, body, status) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(`${relay.url}/saml/acs`, { method: 'POST', body, headers });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain('<h1>You are not signed in</h1>');
  });

  it('who starts without a challenge gets a page that says so', async () => {
    const answer = await fetch(`${relay.url}/saml/sign-in?response_type=code`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('code_challenge');
  });
});

function recordedOf(type: string): readonly string[] {
  const database = new DatabaseSync(filesIn(data).database, { readOnly: true });
  const rows = database.prepare('SELECT body FROM recorded_event WHERE type = ? ORDER BY position').all(type);
  database.close();
  return rows.map(({ body }) => String(body));
}
