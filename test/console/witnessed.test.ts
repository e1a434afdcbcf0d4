import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildIfStale } from '@sluice/console/build';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import type { Relay } from '@sluice/relay';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { openConsole, violationsIn } from '../support/console-page.ts';
import { connectDriver } from '../support/driver.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { witnessedPlace } from '../support/witnessed-place.ts';

describe.skipIf(!hasBrowser)('the proof of a session that a witness stands for, in the browser', () => {
  const folder = temporaryFolder();
  let issuer: LocalIssuer;
  let witnessed: Awaited<ReturnType<typeof witnessedPlace>>;
  let relay: Relay;
  let browser: Browser;
  beforeAll(async () => {
    await buildIfStale();
    issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
    witnessed = await witnessedPlace(folder, issuer, 'browser', {
      groups: { security: ['security'], auditors: ['security'] },
    });
    relay = await witnessed.place.start(() => {});
    browser = await openBrowser();
    const ada = await connectDriver(witnessed.place.url, await issuer.tokenFor('ada'));
    await ada.run('SELECT 1');
    await ada.close();
  });
  afterAll(async () => {
    await browser?.close();
    await relay?.close();
    await witnessed?.witness.close();
    await issuer?.close();
  });

  const open = async () => {
    const { page } = await openConsole(browser, witnessed.place.url, 'Alan', {
      path: '/console/sessions?person=ada',
      viewport: { width: 1280, height: 800 },
      bypassCSP: true,
    });
    onTestFinished(() => page.context().close());
    await page.getByRole('list', { name: 'Sessions' }).getByRole('link').first().click();
    await page.locator('.moment').first().waitFor();
    return page;
  };

  it('says so, and who it is', async () => {
    const page = await open();
    await page.keyboard.press('v');
    const seal = page.locator('.seal');
    await expect
      .poll(() => seal.textContent())
      .toMatch(/^✓Verified, signed by key [0-9a-f]{4}…, witnessed by 1$/);
    await page.keyboard.press('v');
    await page.getByRole('dialog').getByText('w.example/browser').waitFor();
    expect(await violationsIn(page)).toEqual([]);
  });

  it('counts no cosignature that is not the witness’s', async () => {
    const page = await open();
    await page.context().route('**/api/sessions/*/export', async (route) => {
      const response = await route.fetch();
      const text = await response.text();
      // In the note of the checkpoint, the line of the witness: of its signature, the last bytes.
      const forged = text.replace(
        /(— w\.example\/browser [A-Za-z0-9+/]{80})[A-Za-z0-9+/]{8}/,
        (_, begun: string) => `${begun}AAAAAAAA`,
      );
      expect(forged).not.toBe(text);
      await route.fulfill({ response, body: forged });
    });
    await page.keyboard.press('v');
    const seal = page.locator('.seal');
    await expect.poll(() => seal.textContent()).not.toMatch(/Check/);
    expect(await seal.textContent()).not.toContain('witnessed');
  });
});
