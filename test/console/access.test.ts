import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildIfStale } from '@sluice/console/build';
import { type Demo, startDemo } from '@sluice/demo';
import { apiClient } from '../support/api.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { openConsole, overflowOf, violationsIn } from '../support/console-page.ts';
import { connectDriver, errorOf } from '../support/driver.ts';

describe.skipIf(!hasBrowser)('the access page', () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    await buildIfStale();
    demo = await startDemo({ customers: 50, logLevel: 'silent' });
    browser = await openBrowser();
    for (const { subject } of demo.people) {
      await apiClient(demo.relay.url, await demo.tokenFor(subject)).get('/api/catalog/databases');
    }
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  const open = async (person: string, options?: Parameters<typeof openConsole>[3]) => {
    const opened = await openConsole(browser, demo.relay.url, person, {
      path: '/console/access',
      ...options,
    });
    onTestFinished(() => opened.page.context().close());
    return opened;
  };

  it('answers with the keyboard alone who sees what of a table, and why', async () => {
    const { page, problems } = await open('Alan');
    await page.getByRole('heading', { name: /^Of \d+ tables, you get/ }).waitFor();
    // By its first letters, as keyboards choose.
    await page.getByLabel('Person', { exact: true }).focus();
    await page.keyboard.type('ada');
    await page
      .getByRole('heading', { name: /^Of \d+ tables, ada gets \d+ as they are and 4 with masks/ })
      .waitFor();
    const customers = table(page, 'CUSTOMERS');
    await customers.locator('summary').press('Enter');
    const email = customers.getByRole('listitem').filter({ hasText: 'EMAIL' }).first();
    expect(await email.textContent()).toMatch(/token.*pii\.email\. Masked as for everybody/);

    await page.getByRole('link', { name: 'A table' }).press('Enter');
    await page.getByLabel('Table or view').fill('shop.public.payments');
    await page.getByLabel('Table or view').press('Enter');
    await page.getByRole('heading', { name: /^3 of 4 people get something of/ }).waitFor();
    const mallory = page.getByRole('listitem').filter({ hasText: 'mallory' });
    expect(await mallory.textContent()).toMatch(/refused.*contractors-see-no-payments/);
    // Its address says what was asked.
    await page.reload();
    await page.getByRole('heading', { name: /^3 of 4 people get something of/ }).waitFor();
    expect(problems).toEqual([]);
  });

  it('says by which group, through which tables, and with which program somebody comes to it', async () => {
    const { page, problems } = await open('Alan', {
      path: `/console/access?person=${encodeURIComponent(demo.idOf('ada'))}`,
    });
    const orders = table(page, 'ORDERS');
    await orders.getByText('by shop-read, for members of developers').waitFor();
    const view = table(page, 'CUSTOMER_OVERVIEW');
    await view.locator('summary').press('Enter');
    await view.getByText('It is a view, and reads').waitFor();
    await view.getByRole('link', { name: 'SHOP.PUBLIC.CUSTOMERS' }).click();
    await page.getByRole('heading', { name: /get something of SHOP\.PUBLIC\.CUSTOMERS/ }).waitFor();
    // What it is answered for is said, and can be changed.
    await page
      .getByText('As they would come with JavaScript, over a driver, without an agent')
      .press('Enter');
    await page.getByLabel('Over').selectOption('MCP');
    await page.getByLabel('Agent').fill('copilot');
    const asked = page.waitForRequest('**/api/people/readers');
    await page.getByLabel('Agent').press('Enter');
    expect((await asked).postDataJSON().through).toEqual({ protocol: 'mcp', agent: 'copilot' });
    await page.getByText('As they would come with JavaScript, over MCP, through the agent copilot').waitFor();
    await page.reload();
    await page.getByText('As they would come with JavaScript, over MCP, through the agent copilot').waitFor();
    expect(problems).toEqual([]);
  });

  it('answers for groups that nobody is in', async () => {
    const { page } = await open('Alan');
    await page.getByLabel('Person', { exact: true }).selectOption({ label: 'Somebody in these groups …' });
    await page.getByLabel('Groups').fill('contractors');
    await page.getByLabel('Groups').press('Enter');
    await page.getByRole('heading', { name: 'Somebody in contractors gets no table.' }).waitFor();
    await page.getByText('No rule lets them do anything with a table').waitFor();
    expect(await page.getByRole('list', { name: 'Tables and views' }).count()).toBe(0);
  });

  it('shows whoever may not see others themselves', async () => {
    const { page } = await open('Ada', { path: '/console/access?table=SHOP.PUBLIC.PAYMENTS' });
    await page.getByRole('heading', { name: /^Of \d+ tables, you get/ }).waitFor();
    expect(await page.getByLabel('Person', { exact: true }).count()).toBe(0);
    await page.getByText('You see your own access').waitFor();
    await page.getByRole('link', { name: 'Revocations' }).click();
    await page.getByText('Only the security groups put people out').waitFor();
    expect(await page.getByLabel('Reason').count()).toBe(0);
  });

  it('ends a grant, which the next statement notices', async () => {
    const ada = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
    onTestFinished(() => ada.close());
    const sql = "UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 1";
    const api = apiClient(demo.relay.url, await demo.tokenFor('ada'));
    const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
    await api.post('/api/access-requests', {
      version: 1,
      sql,
      purpose: 'orders of the Berlin shop',
      seconds: 3_600,
      rows: 5,
      rowsInAll: 50,
      program: { application: 'JavaScript', protocol: 'snowflake', agent: null },
    });
    for (const request of await grace.pending()) await grace.decide(request, 'approve', 'go ahead');
    await ada.run(sql);

    // Whoever looks at her access is told of it, too.
    const alan = await open('Alan', {
      path: `/console/access?person=${encodeURIComponent(demo.idOf('ada'))}`,
    });
    const orders = table(alan.page, 'ORDERS');
    await orders.getByText('grant', { exact: true }).waitFor();
    await orders.locator('summary').press('Enter');
    await orders.getByText(/^The same statement, with any value/).waitFor();
    expect(await alan.page.getByText('grant', { exact: true }).count()).toBe(1);

    const { page, problems } = await open('Grace', { path: '/console/access?tab=grants' });
    await page.getByRole('heading', { name: 'One grant is in force.' }).waitFor();
    await page.getByText('45 of 50 rows left').or(page.getByText('49 of 50 rows left')).waitFor();
    await page.getByRole('button', { name: 'End it' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).press('Enter');
    await page.getByText('The grant has ended.').waitFor();
    await page.getByRole('heading', { name: /^No grant is in force/ }).waitFor();
    const asked = errorOf(ada.run(sql));
    await expect.poll(async () => (await grace.pending()).length).toBe(1);
    for (const request of await grace.pending()) await grace.decide(request, 'deny', 'it is over');
    expect((await asked)?.message).toContain('it is over');
    expect(problems).toEqual([]);
  });

  it('revokes somebody, whose session ends at once', async () => {
    const mallory = await connectDriver(demo.relay.url, await demo.tokenFor('mallory'));
    onTestFinished(() => mallory.close().catch(() => {}));
    await mallory.run('SELECT ID FROM ORDERS LIMIT 1');
    const { page, problems } = await open('Alan', { path: '/console/access?tab=revocations' });
    await page.getByRole('heading', { name: 'Nobody’s access is revoked.' }).waitFor();
    await page.getByLabel('Person').selectOption('mallory');
    await page.getByLabel('Reason').fill('the contract has ended');
    await page.getByLabel('Reason').press('Tab');
    await page.keyboard.press('Enter');
    // Nothing has happened: it is asked once more.
    const dialog = page.getByRole('dialog', { name: 'Revoke mallory' });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await mallory.run('SELECT ID FROM ORDERS LIMIT 1');
    await page.getByRole('button', { name: 'Revoke now …' }).press('Enter');
    await dialog.getByRole('button', { name: 'Revoke now' }).press('Enter');
    await page.getByText('No session of theirs is open.').waitFor();
    expect(await errorOf(mallory.run('SELECT ID FROM ORDERS LIMIT 1'))).not.toBeNull();
    await page.getByRole('list', { name: 'In force' }).getByText('the contract has ended').waitFor();
    await page.getByRole('heading', { name: 'One revocation is in force.' }).waitFor();
    expect(problems).toEqual([]);
  });

  it('says that it could not be loaded, and tries again', async () => {
    const { page } = await open('Alan', { path: '/console' });
    await page.route('**/api/people/reach', (route) => route.abort());
    await page.getByRole('link', { name: 'Access' }).click();
    await page.getByText('This could not be loaded').waitFor();
    await page.unroute('**/api/people/reach');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: /^Of \d+ tables/ }).waitFor();
    expect(await page.getByText('This could not be loaded').count()).toBe(0);
  });

  it.each(['light', 'dark'] as const)('can be used by everybody, in the %s theme', async (colorScheme) => {
    const { page } = await open('Alan', { colorScheme, bypassCSP: true });
    await page.getByRole('heading', { name: /^Of \d+ tables/ }).waitFor();
    for (const summary of await page.locator('summary').all()) await summary.press('Enter');
    expect(await violationsIn(page)).toEqual([]);
    for (const tab of ['Grants', 'Revocations', 'Devices']) {
      await page.getByRole('link', { name: tab }).click();
      await page.getByRole('link', { name: tab, exact: true }).and(page.locator('[aria-current]')).waitFor();
      expect(await violationsIn(page)).toEqual([]);
      await page.setViewportSize({ width: 320, height: 700 });
      expect(await overflowOf(page)).toBe(0);
      await page.setViewportSize({ width: 1280, height: 800 });
    }
    await page.getByRole('link', { name: 'Who sees what' }).click();
    await page.getByRole('heading', { name: /^Of \d+ tables/ }).waitFor();
    await page.locator('summary').nth(4).press('Enter');
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await overflowOf(page)).toBe(0);
  });
});

/** A table of the shop in the list of those that somebody gets. */
function table(page: Page, name: string): Locator {
  const summary = page.locator('summary', { has: page.getByText(`SHOP.PUBLIC.${name}`, { exact: true }) });
  return page.getByRole('listitem').filter({ has: summary });
}
