import type { Browser, Page } from 'playwright-core';
import type { Demo } from '@sluice/demo';
import { openConsole } from '../support/console-page.ts';

/** Each page as it is when it cannot show what it is for: while it loads, after a failure, offline, without the right, and with nothing. */
export async function faces(
  browser: Browser,
  demo: Demo,
  colorScheme: 'light' | 'dark',
  fileOf: (what: string) => string,
): Promise<void> {
  const shown = async (person: string, shots: (page: Page) => Promise<void>) => {
    const viewport = { width: 1280, height: 800 };
    const { page } = await openConsole(browser, demo.relay.url, person, { colorScheme, viewport });
    await shots(page);
    await page.context().close();
  };
  const go = (page: Page, path: string) =>
    page.goto(`${demo.relay.url}/console/${path}`, { waitUntil: 'domcontentloaded' });
  const shot = (page: Page, what: string) => page.screenshot({ path: fileOf(`face-${what}`) });

  for (const [name, path] of Object.entries(PAGES)) {
    await shown('Alan', async (page) => {
      // Nothing is answered.
      await page.route(API, () => {});
      await go(page, path);
      await page.locator('.skeleton').first().waitFor();
      await shot(page, `${name}-loading`);
    });
    await shown('Alan', async (page) => {
      const body = JSON.stringify({
        type: 'about:blank',
        title: 'The record cannot be written at the moment.',
        status: 503,
        detail: 'no room is left where the record is',
        code: 'record_unavailable',
        advice: 'Nothing was lost. Try again in a moment; tell whoever runs the relay if it goes on.',
      });
      await page.route(API, (route) =>
        route.fulfill({ status: 503, contentType: 'application/problem+json', body }),
      );
      await go(page, path);
      await page.getByRole('button', { name: 'Try again' }).first().waitFor({ timeout: 60_000 });
      await shot(page, `${name}-failed`);
    });
  }
  await shown('Alan', async (page) => {
    await page.routeWebSocket(/\/api\/live/, (socket) => socket.close());
    await go(page, '');
    await page
      .getByText(/^Offline/)
      .first()
      .waitFor();
    await shot(page, 'inbox-offline');
  });
  await shown('Ada', async (page) => {
    for (const name of ['policy', 'overview'] as const) {
      await go(page, PAGES[name]);
      await page.getByRole('heading', { name: /auditors and the security groups/ }).waitFor();
      await shot(page, `${name}-no-right`);
    }
  });
  await shown('Alan', async (page) => {
    await go(page, 'sessions?q=nothing+of+the+kind');
    await page
      .getByText(/nothing|no session/i)
      .first()
      .waitFor();
    await shot(page, 'sessions-none');
    for (const name of ['approvals', 'sessions']) {
      await go(page, `${name}/00000000-0000-4000-8000-000000000000`);
      await page
        .getByRole('heading', { name: /no such|unknown|not/i })
        .first()
        .waitFor();
      await shot(page, `${name}-unknown`);
    }
    await go(page, 'nowhere');
    await page.locator('main .notice').waitFor();
    await shot(page, 'nothing-here');
  });
}

const PAGES = { inbox: '', sessions: 'sessions', access: 'access', policy: 'policy', overview: 'overview' };
/** What pages read, but for who one is. */
const API = /\/api\/(?!about|sign-in|people\/self|live)/;
