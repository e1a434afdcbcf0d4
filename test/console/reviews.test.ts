import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildIfStale } from '@sluice/console/build';
import { type Demo, startDemo } from '@sluice/demo';
import { apiClient } from '../support/api.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { openConsole, overflowOf, violationsIn } from '../support/console-page.ts';
import { connectDriver } from '../support/driver.ts';

describe.skipIf(!hasBrowser)('break-glass in the console', () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    await buildIfStale();
    demo = await startDemo({ customers: 50, logLevel: 'silent' });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  const open = async (person: string, options?: Parameters<typeof openConsole>[3]) => {
    const opened = await openConsole(browser, demo.relay.url, person, options);
    onTestFinished(() => opened.page.context().close());
    return opened;
  };
  /** Grace, who leads the data team, does not wait for anybody. */
  const useBreakGlass = async (sql: string) => {
    const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
    const order = { version: 1, reason: 'the shop is down, <b>no time</b> to ask', sql };
    expect(await grace.post('/api/break-glass', order)).toMatchObject({ until: expect.any(String) });
    const session = await connectDriver(demo.relay.url, await demo.tokenFor('grace'));
    await session.run(sql);
    await session.close();
  };

  it('shows a reviewer what was done and why, and takes what they found, with the keyboard alone', async () => {
    const { page, problems } = await open('Alan');
    await page.getByRole('heading', { name: 'Nobody is waiting for you.' }).waitFor();
    await useBreakGlass("UPDATE ORDERS SET STATUS = 'open' WHERE ID = 3");
    // It comes by itself.
    const list = page.getByRole('list', { name: 'Used break-glass, to be reviewed' });
    await list.getByRole('link').press('Enter');
    await page.getByRole('heading', { name: 'grace used break-glass against change-data.' }).waitFor();
    await page.getByText('change-data would have held it for people.').waitFor();
    await page.getByText('the shop is down, <b>no time</b> to ask').waitFor();
    await expect
      .poll(() => page.getByRole('textbox', { name: 'SQL' }).textContent())
      .toContain("UPDATE ORDERS SET STATUS = 'open' WHERE ID = 3");
    await page.getByRole('button', { name: 'Close the review' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Close this review' });
    const close = dialog.getByRole('button', { name: 'Close the review' });
    expect(await close.isDisabled(), 'without a word of what was found').toBe(true);
    await dialog.getByLabel('What you found').fill('The shop was down. Fine.');
    await close.press('Enter');
    await page.getByRole('heading', { name: 'Closed by alan' }).waitFor();
    await page.getByText('The shop was down. Fine.').waitFor();

    // What ran is a link away.
    await page.getByRole('link', { name: 'Open the replay' }).click();
    await page.getByRole('textbox', { name: 'SQL' }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/console\/sessions\//);
    await page.goBack();
    await page.keyboard.press('u');
    await page.getByRole('heading', { name: 'Nobody is waiting for you.' }).waitFor();
    expect(await list.count()).toBe(0);
    expect(problems).toEqual([]);
  });

  it('is not closed by who used it, nor twice, and is nobody else’s to see', async () => {
    await useBreakGlass("UPDATE ORDERS SET STATUS = 'open' WHERE ID = 4");
    const alan = apiClient(demo.relay.url, await demo.decidingTokenFor('alan'));
    const id = await openReview(demo);
    const path = `/console/reviews/${id}`;
    const grace = await open('Grace', { path });
    await grace.page.getByRole('heading', { name: 'Somebody else reviews it' }).waitFor();
    expect(await grace.page.getByRole('button', { name: 'Close the review' }).count()).toBe(0);
    const ada = await open('Ada', { path });
    await ada.page
      .getByRole('heading', { name: 'There is no such review, or it is not yours to see' })
      .waitFor();

    const alans = await open('Alan', { path });
    await alans.page.getByRole('button', { name: 'Close the review' }).click();
    const dialog = alans.page.getByRole('dialog');
    await dialog.getByLabel('What you found').fill('late');
    // Somebody is quicker by a moment.
    let status = 0;
    await alans.page.route('**/api/reviews/*/close', async (route) => {
      await alan.post(`/api/reviews/${id}/close`, { comment: 'first' });
      const response = await route.fetch();
      status = response.status();
      await route.fulfill({ response });
    });
    await dialog.getByRole('button', { name: 'Close the review' }).click();
    await alans.page.getByRole('heading', { name: 'Closed by alan' }).waitFor();
    await alans.page.getByText('first').waitFor();
    expect(status).toBe(409);
    expect(await alans.page.getByText('late').count()).toBe(0);
  });

  it.each(['light', 'dark'] as const)('can be used by everybody, in the %s theme', async (colorScheme) => {
    await useBreakGlass("UPDATE ORDERS SET STATUS = 'open' WHERE ID = 5");
    const { page } = await open('Alan', {
      path: `/console/reviews/${await openReview(demo)}`,
      colorScheme,
      bypassCSP: true,
    });
    const button = page.getByRole('button', { name: 'Close the review' });
    await button.waitFor();
    await page.getByRole('textbox', { name: 'SQL' }).waitFor();
    await expect.poll(() => button.isEnabled()).toBe(true);
    expect(await violationsIn(page)).toEqual([]);
    await button.click();
    await page.getByRole('dialog').waitFor();
    expect(await violationsIn(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await overflowOf(page)).toBe(0);
  });
});

/** The newest that is open. */
async function openReview(demo: Demo): Promise<string> {
  const alan = apiClient(demo.relay.url, await demo.decidingTokenFor('alan'));
  const { reviews } = (await alan.get('/api/reviews')) as { reviews: readonly { id: string }[] };
  return reviews.at(-1)!.id;
}
