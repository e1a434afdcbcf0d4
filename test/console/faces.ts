import type { Browser, Page } from 'playwright-core';
import type { Demo } from '@sluice/demo';
import { openConsole } from '../support/console-page.ts';

/** The widths that pages are shown in, pixels. */
export const WIDTHS = { narrow: 390, middle: 820, wide: 1280 } as const;

export interface FacesOptions {
  readonly colorScheme: 'light' | 'dark';
  readonly fileOf: (what: string) => string;
  /** Something to decide on, and something to replay, by their ids. */
  readonly request: string;
  readonly session: string;
}

/**
 * Each page as it is when it cannot show what it is for: while it loads, after a failure, offline, without the right, and
 * with nothing. One picture of each, with its three widths side by side.
 */
export async function faces(browser: Browser, demo: Demo, options: FacesOptions): Promise<void> {
  const { colorScheme, fileOf, request, session } = options;
  const shown = async (person: string, shots: (page: Page) => Promise<void>) => {
    const viewport = { width: WIDTHS.wide, height: HEIGHT };
    const { page } = await openConsole(browser, demo.relay.url, person, { colorScheme, viewport });
    await shots(page);
    await page.context().close();
  };
  const go = (page: Page, path: string) =>
    page.goto(`${demo.relay.url}/console/${path}`, { waitUntil: 'domcontentloaded' });
  const shot = async (page: Page, what: string) => {
    const shots: Buffer[] = [];
    for (const width of Object.values(WIDTHS)) {
      await page.setViewportSize({ width, height: HEIGHT });
      shots.push(await page.screenshot());
    }
    await page.setViewportSize({ width: WIDTHS.wide, height: HEIGHT });
    await sideBySide(browser, shots, fileOf(`face-${what}`));
  };

  const pages = { ...PAGES, request: `approvals/${request}`, replay: `sessions/${session}` };
  for (const [name, path] of Object.entries(pages)) {
    await shown('Alan', async (page) => {
      // Nothing is answered.
      await page.route(API, () => {});
      await go(page, path);
      await page.locator('main').getByRole('status', { name: 'Loading …' }).first().waitFor();
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
    await go(page, 'access?tab=revocations');
    await page.getByRole('heading', { name: 'Only the security groups put people out' }).waitFor();
    await shot(page, 'revocations-no-right');
    await go(page, 'access?tab=devices');
    await page.getByRole('heading', { name: 'No device signs your decisions.' }).waitFor();
    await shot(page, 'devices-none');
  });
  await shown('Alan', async (page) => {
    await go(page, 'sessions?q=nothing+of+the+kind');
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    await shot(page, 'sessions-none');
    for (const name of ['approvals', 'sessions']) {
      await go(page, `${name}/00000000-0000-4000-8000-000000000000`);
      await page.locator('main .notice').waitFor();
      await shot(page, `${name}-unknown`);
    }
    await go(page, 'nowhere');
    await page.locator('main .notice').waitFor();
    await shot(page, 'nothing-here');
  });
}

/** Pictures of one page in one, with their tops in a line. */
async function sideBySide(browser: Browser, shots: readonly Buffer[], path: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 640, height: HEIGHT } });
  const images = shots.map((shot) => `<img src="data:image/png;base64,${shot.toString('base64')}">`);
  await page.setContent(
    `<body style="display:flex;gap:16px;width:max-content;margin:0;background:#808080">${images.join('')}</body>`,
  );
  await page.locator('body').screenshot({ path });
  await page.close();
}

const HEIGHT = 720;
const PAGES = { inbox: '', sessions: 'sessions', access: 'access', policy: 'policy', overview: 'overview' };
/** What pages read, but for who one is. */
const API = /\/api\/(?!about|sign-in|people\/self|live)/;
