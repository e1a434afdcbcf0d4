import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildIfStale } from '@sluice/console/build';
import { type Demo, startDemo } from '@sluice/demo';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { openConsole, violationsIn } from '../support/console-page.ts';
import { connectDriver } from '../support/driver.ts';

describe.skipIf(!hasBrowser)('a replay of a statement with binds', () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    await buildIfStale();
    demo = await startDemo({ customers: 50, logLevel: 'silent' });
    browser = await openBrowser();
    const ada = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
    await ada.run('SELECT COUNT(*) FROM ORDERS WHERE ID = ? AND STATUS = ?', [7, 'paid <b>']);
    await ada.close();
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  const open = async (options: Parameters<typeof openConsole>[3] = {}) => {
    const { page } = await openConsole(browser, demo.relay.url, 'Ada', {
      path: '/console/sessions',
      ...options,
    });
    onTestFinished(() => page.context().close());
    return page;
  };
  const toStatement = async (page: Awaited<ReturnType<typeof open>>) => {
    await page.getByRole('list', { name: 'Sessions' }).getByRole('link').first().click();
    // What was sent, after the session was opened.
    await page.locator('.moment').filter({ hasText: 'SELECT COUNT' }).first().click();
  };

  it.each(['light', 'dark'] as const)(
    'shows them as they were sent, in the %s theme',
    async (colorScheme) => {
      const page = await open({ colorScheme, bypassCSP: true });
      await toStatement(page);
      await page.getByText('?1 FIXED').waitFor();
      const shown = await page.locator('.panel', { hasText: 'Bind values' }).textContent();
      expect(shown).toMatch(/\?1 FIXED\s*7\s*\?2 TEXT\s*paid <b>/);
      expect(shown).toContain('not masked');
      expect(await violationsIn(page)).toEqual([]);
    },
  );

  it.each([
    [
      'are no longer kept',
      404,
      { code: 'result_unavailable', title: 'gone', status: 404 },
      'The bind values are no longer kept',
    ],
    ['cannot be read', 200, 'not JSON', 'This could not be loaded'],
  ] as const)('says so when they %s', async (_, status, content, heading) => {
    const page = await open();
    await page.route('**/payloads/0', (route) =>
      route.fulfill({
        status,
        contentType: status === 200 ? 'application/octet-stream' : 'application/problem+json',
        body:
          typeof content === 'string'
            ? content
            : JSON.stringify({ type: 'about:blank', detail: 'gone', advice: '', ...content }),
      }),
    );
    await toStatement(page);
    await page.getByRole('heading', { name: heading }).waitFor();
    expect(await page.getByRole('heading', { name: 'Bind values', exact: true }).count()).toBe(0);
    // What else is known of the statement is there.
    await page.getByRole('textbox', { name: 'SQL' }).waitFor();
  });
});
