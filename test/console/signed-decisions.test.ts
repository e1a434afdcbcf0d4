import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildIfStale } from '@sluice/console/build';
import { DEMO_POLICY, demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import type { Relay } from '@sluice/relay';
import { apiClient } from '../support/api.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { openConsole, violationsIn } from '../support/console-page.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { type RelayPlace, relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe.skipIf(!hasBrowser)('where decisions have to be signed, a browser', () => {
  const folder = temporaryFolder();
  let issuer: LocalIssuer;
  let place: RelayPlace;
  let relay: Relay;
  let browser: Browser;
  beforeAll(async () => {
    await buildIfStale();
    issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
    const policy = join(folder, 'signed.yaml');
    const written = readFileSync(DEMO_POLICY, 'utf8');
    const signed = written.replace(/^ {4}groups: \[data-leads, security\]$/m, '$&\n    signed: true');
    if (signed === written) throw new Error('the policy of the demo is another one');
    writeFileSync(policy, signed);
    place = await relayPlace(folder, issuer, policy);
    relay = await place.start(() => {});
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await relay?.close();
    await issuer?.close();
  });

  it.each(['light', 'dark'] as const)(
    'says so, leads to the desktop app, and offers no decision, in the %s theme',
    async (colorScheme) => {
      const { page } = await openConsole(browser, place.url, 'Grace', { colorScheme, bypassCSP: true });
      onTestFinished(() => page.context().close());
      const ada = await connectDriver(place.url, await issuer.tokenFor('ada'));
      const update = errorOf(ada.run("UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 7"));
      await page.getByRole('list', { name: 'Waiting' }).getByRole('link').click();
      await page
        .getByRole('heading', { name: 'This decision has to be signed on an enrolled device' })
        .waitFor();
      const link = page.getByRole('link', { name: 'Open it in the desktop app' });
      const id = new URL(page.url()).pathname.split('/').at(-1)!;
      expect(await link.getAttribute('href')).toBe(`sluice://request/${id}`);
      expect(await page.getByRole('button', { name: /^(Approve|Deny|Allow|Propose)/ }).count()).toBe(0);
      for (const key of ['a', 'd']) await page.keyboard.press(key);
      expect(await page.getByRole('dialog').count()).toBe(0);
      expect(await violationsIn(page)).toEqual([]);

      // From the list it is refused, in words.
      await page.getByRole('link', { name: '← Inbox' }).click();
      await page.getByRole('checkbox').check();
      await page.keyboard.press('d');
      await page.getByRole('dialog').getByLabel('Reason').fill('no');
      await page.getByRole('dialog').getByRole('button', { name: 'Deny it' }).click();
      const failure = page.getByRole('alert').filter({ hasText: 'Could not be denied' });
      await failure.waitFor();
      expect(await failure.textContent()).toMatch(/sign/i);
      const grace = apiClient(place.url, await issuer.decidingTokenFor('grace'));
      expect((await grace.pending()).map(({ phase }) => phase)).toEqual(['asked']);
      await ada.close();
      await update;
    },
  );
});
