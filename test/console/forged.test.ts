import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildIfStale } from '@sluice/console/build';
import { type Demo, startDemo } from '@sluice/demo';
import { apiClient } from '../support/api.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { openConsole, overflowOf, violationsIn } from '../support/console-page.ts';
import { connectDriver } from '../support/driver.ts';

describe.skipIf(!hasBrowser)('the proof of a session, in the browser', () => {
  let demo: Demo;
  let browser: Browser;
  let session: string;
  beforeAll(async () => {
    await buildIfStale();
    demo = await startDemo({ customers: 50, logLevel: 'silent' });
    browser = await openBrowser();
    const ada = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
    await ada.run('SELECT ID, CITY FROM CUSTOMERS ORDER BY ID LIMIT 5');
    await ada.close();
    const alan = apiClient(demo.relay.url, await demo.decidingTokenFor('alan'));
    const { sessions } = await alan.get<{ sessions: { session: string }[] }>('/api/sessions?name=ada');
    session = sessions[0]!.session;
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  const open = async (person = 'Alan', bypassCSP = false): Promise<Page> => {
    const { page } = await openConsole(browser, demo.relay.url, person, {
      path: `/console/sessions/${session}`,
      viewport: { width: 1280, height: 800 },
      bypassCSP,
    });
    onTestFinished(() => page.context().close());
    await page.locator('.moment').first().waitFor();
    return page;
  };
  /** Somebody between the relay and the browser, or the relay itself, answers otherwise. */
  const tamper = (page: Page, path: string, change: (text: string) => string) =>
    page.context().route(`**/api/sessions/${session}/${path}`, async (route: Route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: change(await response.text()) });
    });
  const seal = (page: Page) => page.locator('.seal');
  const check = async (page: Page): Promise<void> => {
    await page.keyboard.press('v');
    await expect.poll(() => seal(page).textContent()).not.toMatch(/Check/);
  };

  it('is checked by the browser itself, and says by which key and how', async () => {
    const page = await open('Alan', true);
    await check(page);
    expect(await seal(page).textContent()).toMatch(/^✓Verified, signed by key [0-9a-f]{4}…$/);
    await page.keyboard.press('v');
    const dialog = page.getByRole('dialog', { name: 'The proof of this session' });
    await dialog.getByText('This browser has not seen this key before').waitFor();
    await dialog.getByText('no witness has cosigned').waitFor();
    expect(await violationsIn(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await overflowOf(page)).toBe(0);
    // The second time, it is the key that is known.
    await dialog.getByRole('button', { name: 'Check again' }).click();
    await dialog.getByText(/^The key that this browser has known since/).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`${session}.ndjson`);
  });

  it('names the event of an export that somebody changed', async () => {
    const page = await open();
    await tamper(page, 'export', (text) => text.replace('SELECT ID, CITY', 'SELECT ID, NAME'));
    await check(page);
    await page.getByRole('alert').getByRole('heading', { name: 'Not as it was recorded' }).waitFor();
    await page.keyboard.press('v');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: /This session is not what was recorded/ }).waitFor();
    const [first] = await dialog.getByRole('listitem').allTextContents();
    expect(first).toMatch(/altered.*event 1 its hash is not that of its content/);
    await dialog.getByRole('link', { name: 'event 1' }).click();
    await page.getByRole('option', { selected: true, name: /SELECT ID, CITY/ }).waitFor();
  });

  it.each([
    ['left out', (text: string) => text.split('\n').toSpliced(5, 1).join('\n')],
    ['cut off', (text: string) => text.slice(0, -200)],
  ])('notices what was %s', async (_, change) => {
    const page = await open();
    await tamper(page, 'export', change);
    await check(page);
    expect(await seal(page).textContent()).toContain('Not as it was recorded');
  });

  it('notices that the page is shown something else than what is proven', async () => {
    const page = await open();
    await tamper(page, 'events?after=-1', (text) => text.replace('SELECT ID, CITY', 'SELECT ID, NAME'));
    await page.reload();
    await page.getByRole('option', { name: /SELECT ID, NAME/ }).waitFor();
    await check(page);
    await page.keyboard.press('v');
    await page.getByRole('dialog').getByText('is shown here otherwise than it was proven').waitFor();
    expect(await seal(page).textContent()).toContain('Not as it was recorded');
  });

  it('notices rows that were changed on their way', async () => {
    const page = await open();
    await tamper(page, 'events/*/payloads/0', (text) => text.replace('"1"', '"9"'));
    await page.getByRole('option', { name: /5 rows/ }).click();
    await page.getByRole('table').waitFor();
    await check(page);
    await page.getByRole('heading', { name: 'These rows are not those that were recorded' }).waitFor();
    expect(await page.getByRole('table').count()).toBe(0);
  });

  it('notices that the log is signed by another key than this browser knows', async () => {
    const page = await open();
    await check(page);
    // As if the record had been written anew, under a key of somebody’s own.
    await page.evaluate(
      `Object.keys(localStorage).filter((key) => key.startsWith('sluice.log-key.')).forEach((key) =>
        localStorage.setItem(key, JSON.stringify({ spki: '${OTHER}', since: '2026-01-01T00:00:00.000Z' })))`,
    );
    await page.reload();
    await page.locator('.moment').first().waitFor();
    await check(page);
    expect(await seal(page).textContent()).toContain('Not as it was recorded');
    await page.keyboard.press('v');
    await page.getByRole('heading', { name: /^The relay signs with another key/ }).waitFor();
    await page.getByRole('button', { name: 'I have compared it: trust the new key' }).click();
    await expect.poll(() => seal(page).textContent()).toContain('Verified');
  });

  it('says to who is no auditor that it is for auditors, and to an old browser that it cannot', async () => {
    const own = await open('Ada');
    await check(own);
    await own.keyboard.press('v');
    await own.getByRole('heading', { name: 'The proof is for auditors to check' }).waitFor();
    const page = await open();
    await page.context().route('**/assets/proof-worker-*.js', async (route) => {
      const response = await route.fetch();
      const without = `crypto.subtle.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError'));\n`;
      await route.fulfill({ response, body: without + (await response.text()) });
    });
    await page.reload();
    await page.locator('.moment').first().waitFor();
    await check(page);
    await page.keyboard.press('v');
    await page.getByRole('heading', { name: 'This browser cannot check Ed25519 signatures' }).waitFor();
    expect(await seal(page).textContent()).toContain('Not checked');
  });
});

/** The key of RFC 8032’s first test. */
const OTHER = 'MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
