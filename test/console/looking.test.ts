import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildIfStale } from '@sluice/console/build';
import { type Demo, startDemo } from '@sluice/demo';
import { apiClient } from '../support/api.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { openConsole, overflowOf, violationsIn } from '../support/console-page.ts';
import { connectDriver, type DriverSession, errorOf } from '../support/driver.ts';

const UPDATE = "UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 7";

describe.skipIf(!hasBrowser)('who is looking', () => {
  let demo: Demo;
  let browser: Browser;
  let ada: DriverSession;
  beforeAll(async () => {
    await buildIfStale();
    demo = await startDemo({ customers: 50, logLevel: 'silent' });
    browser = await openBrowser();
    ada = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
  });
  afterAll(async () => {
    await ada?.close();
    await browser?.close();
    await demo?.close();
  });
  afterEach(async () => {
    const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
    for (const request of await grace.pending()) await grace.decide(request, 'deny', 'enough');
  });

  const open = async (person: string, options?: Parameters<typeof openConsole>[3]) => {
    const { page, problems } = await openConsole(browser, demo.relay.url, person, options);
    onTestFinished(() => page.context().close());
    return { page, problems };
  };
  const row = (page: Page) => page.getByRole('list', { name: 'Waiting' }).getByRole('link');
  const saysThat = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text });

  it('is told to others who may decide, in the inbox and on the request, while it is so', async () => {
    const [grace, alan] = [await open('Grace'), await open('Alan')];
    const update = errorOf(ada.run(UPDATE));
    await row(grace.page).click();
    await row(alan.page).getByText('grace looks').waitFor();
    expect(await row(grace.page).count()).toBe(0);
    expect(await grace.page.getByText('looking at this').count(), 'nobody is told of themselves').toBe(0);
    await row(alan.page).click();
    await saysThat(alan.page, 'grace is looking at this, too').waitFor();
    await saysThat(grace.page, 'alan is looking at this, too').waitFor();
    // Back to the list, by a key.
    await grace.page.keyboard.press('u');
    await row(grace.page).getByText('alan looks').waitFor();
    await expect.poll(() => alan.page.getByText('looking at this').count()).toBe(0);
    // Whoever closes the page is gone.
    await alan.page.close();
    await expect.poll(() => grace.page.getByText('alan looks').count()).toBe(0);
    for (const request of await pendingOf(demo)) await request.deny();
    await update;
    expect([...grace.problems, ...alan.problems]).toEqual([]);
  });

  it('is over for somebody who has not stirred for a while, until they do', async () => {
    const [grace, alan] = [await open('Grace'), await open('Alan')];
    await grace.page.clock.install();
    const update = errorOf(ada.run(UPDATE));
    await row(grace.page).click();
    await row(alan.page).getByText('grace looks').waitFor();
    await grace.page.clock.runFor(3 * 60_000);
    await expect.poll(() => alan.page.getByText('grace looks').count()).toBe(0);
    await grace.page.mouse.move(200, 200);
    await row(alan.page).getByText('grace looks').waitFor();
    for (const request of await pendingOf(demo)) await request.deny();
    await update;
  });

  it.each(['light', 'dark'] as const)('can be read by everybody, in the %s theme', async (colorScheme) => {
    const grace = await open('Grace');
    const alan = await open('Alan', { colorScheme, bypassCSP: true });
    const update = errorOf(ada.run(UPDATE));
    await row(grace.page).click();
    await row(alan.page).getByText('grace looks').waitFor();
    expect(await violationsIn(alan.page)).toEqual([]);
    await alan.page.setViewportSize({ width: 320, height: 700 });
    expect(await overflowOf(alan.page)).toBe(0);
    await row(alan.page).click();
    await saysThat(alan.page, 'grace is looking at this, too').waitFor();
    expect(await overflowOf(alan.page)).toBe(0);
    expect(await violationsIn(alan.page)).toEqual([]);
    for (const request of await pendingOf(demo)) await request.deny();
    await update;
  });
});

async function pendingOf(demo: Demo) {
  const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
  return (await grace.pending()).map((request) => ({ deny: () => grace.decide(request, 'deny', 'enough') }));
}
