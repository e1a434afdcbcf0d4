import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from '@sluice/console/build';
import type { Page } from 'playwright-core';
import { startDemo } from '@sluice/demo';
import { apiClient } from '../support/api.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { openConsole } from '../support/console-page.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { desktopScreenshots } from '../desktop/screenshots.ts';
import { buildDesktop } from '../desktop/support/built-desktop.ts';
import { faces, WIDTHS } from './faces.ts';

/**
 * `npm run -s screenshots`: what people see of the console, each page and state in both themes and three widths, in
 * docs/screenshots/. They are to be looked at; the README shows some of them.
 */
const FOLDER = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));
const THEMES = ['light', 'dark'] as const;

if (!hasBrowser) throw new Error('this takes Chromium, in /usr/bin/chromium');
mkdirSync(FOLDER, { recursive: true });
await buildIfStale();
await buildDesktop();
const demo = await startDemo({ customers: 2_000, port: 8765, issuerPort: 8766, logLevel: 'silent' });
const browser = await openBrowser();
const ada = apiClient(demo.relay.url, await demo.tokenFor('ada'));
const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
const ask = (sql: string, prompt: string) =>
  ada.post('/api/statements', { sql, prompt, agent: 'GitHub Copilot', wait: 0 });
const held = (count: number) => until(async () => (await grace.pending()).length === count);

await everyday();
await ask("DELETE FROM ORDERS WHERE STATUS = 'cancelled'", 'clean up cancelled orders');
await held(1);
for (const request of await grace.pending())
  await grace.decide(request, 'deny', 'Archive them first: see RETURNS.');
await empty();
await ask(PAID(), "mark last week's orders of the Berlin shop as paid");
await ask('DELETE FROM PAYMENTS WHERE AMOUNT < 0', 'remove the refunds, they are booked twice');
await ask(
  `UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 7${' '.repeat(3_000)}OR 1 = 1`,
  'set order 7 to paid',
);
await held(3).catch(async (error) => {
  console.log(await grace.pending());
  throw error;
});
const session = await recorded();
const [request] = await grace.pending();
if (request === undefined) throw new Error('nobody waits');
for (const theme of THEMES) {
  for (const [name, width] of Object.entries(WIDTHS)) {
    await pages(theme, name, width);
    await record(theme, name, width);
  }
  const fileOf = (what: string) => join(FOLDER, `${what}-${theme}.png`);
  await desktopScreenshots(browser, demo, theme, fileOf);
  await faces(browser, demo, { colorScheme: theme, fileOf, request: request.id, session });
}
await browser.close();
await demo.close();

/** Sessions of several people, with something of everything in one; the newest of them. */
async function recorded(): Promise<string> {
  for (const person of ['grace', 'mallory']) {
    const driver = await connectDriver(demo.relay.url, await demo.tokenFor(person));
    await errorOf(driver.run('SELECT STATUS, COUNT(*) FROM ORDERS GROUP BY STATUS'));
    await driver.close();
  }
  const client = apiClient(demo.relay.url, await demo.tokenFor('ada'));
  const run = (sql: string, prompt: string) =>
    client.post('/api/statements', { sql, prompt, agent: 'GitHub Copilot', wait: 10 }).catch(() => {});
  await run(
    'SELECT ID, NAME, EMAIL, CARD_NUMBER, CITY, COUNTRY FROM CUSTOMERS ORDER BY ID LIMIT 500',
    'who are our customers in Berlin, and how do we reach them?',
  );
  await run("SELECT NAME FROM CUSTOMERS WHERE CARD_NUMBER LIKE '4%'", 'who pays by this card?');
  await run('SELECT CITY, COUNT(*) FROM CUSTOMERS GROUP BY CITY ORDER BY 2 DESC', 'where do they live?');
  const { sessions } = await grace.get<{ sessions: { session: string }[] }>('/api/sessions?limit=1');
  return sessions[0]!.session;
}

async function record(colorScheme: (typeof THEMES)[number], name: string, width: number): Promise<void> {
  const { page } = await openConsole(browser, demo.relay.url, 'Alan', {
    colorScheme,
    viewport: { width, height: 800 },
    path: '/console/sessions',
  });
  const shot = (what: string) => page.screenshot({ path: file(what, colorScheme, name) });
  await page.getByRole('list', { name: 'Sessions' }).getByRole('link').nth(3).waitFor();
  await shot('sessions');
  await page.goto(`${demo.relay.url}/console/sessions?q=customers`);
  await page.getByRole('list', { name: 'Found' }).waitFor();
  await shot('sessions-found');
  await page.getByRole('link', { name: /CARD_NUMBER LIKE/ }).click();
  await page.getByRole('option', { name: /500 rows/ }).click();
  await page.getByRole('table').waitFor();
  await page.keyboard.press('v');
  await page.getByRole('button', { name: /Verified/ }).waitFor();
  await shot('replay');
  await page.getByRole('option', { name: /Blocked by/ }).click();
  await page.locator('.scene .notice-refused').waitFor();
  await shot('replay-blocked');
  await page.getByRole('button', { name: /Verified/ }).click();
  await page.getByRole('dialog').waitFor();
  await shot('proof');
  await page.context().close();
}

/** What an overview, a simulation and a page of grants have to show. */
async function everyday(): Promise<void> {
  for (const { subject } of demo.people) {
    const client = apiClient(demo.relay.url, await demo.tokenFor(subject));
    for (const sql of [
      'SELECT COUNT(*) FROM ORDERS',
      'SELECT NAME, EMAIL FROM CUSTOMERS LIMIT 5',
      'SELECT * FROM PAYMENTS LIMIT 5',
      'DROP TABLE ORDERS',
    ])
      await client.post('/api/statements', { sql, wait: 20 });
  }
  await ada.post('/api/access-requests', {
    version: 1,
    sql: "UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 1",
    purpose: 'mark the orders of the Berlin shop as paid',
    seconds: 7_200,
    rows: 20,
    rowsInAll: 200,
    program: { application: 'JavaScript', protocol: 'snowflake', agent: null },
  });
  for (const request of await grace.pending()) await grace.decide(request, 'approve', 'go ahead');
}

function PAID(): string {
  return `UPDATE ORDERS
SET STATUS = 'paid' -- the transfer has arrived
WHERE CUSTOMER_ID IN (SELECT ID FROM CUSTOMERS WHERE CITY = 'Berlin')
  AND ORDER_DATE >= DATEADD(day, -7, '2026-08-01'::DATE)`;
}

async function empty(): Promise<void> {
  for (const theme of THEMES) {
    const { page } = await openConsole(browser, demo.relay.url, 'Grace', { colorScheme: theme });
    await page.getByRole('heading', { name: 'All clear' }).waitFor();
    await page.screenshot({ path: file('inbox-empty', theme, 'wide') });
    await page.context().close();
  }
}

async function pages(colorScheme: (typeof THEMES)[number], name: string, width: number): Promise<void> {
  const shotOf = async (page: Page, what: string) => {
    await page.evaluate('scrollTo(0, 0)');
    await page.screenshot({ path: file(what, colorScheme, name), fullPage: true });
  };
  const shot = (what: string) => shotOf(page, what);
  const { page } = await openConsole(browser, demo.relay.url, 'Grace', {
    colorScheme,
    viewport: { width, height: 800 },
  });
  await page.getByRole('heading', { name: '3 requests wait for a decision.' }).waitFor();
  await shot('inbox');
  await page
    .getByRole('list', { name: 'Waiting' })
    .getByRole('link', { name: /CUSTOMERS/ })
    .click();
  await enabled();
  await shot('request');
  await page.keyboard.press('d');
  await page.getByRole('dialog').waitFor();
  await page.screenshot({ path: file('deny', colorScheme, name) });
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Inbox', exact: false }).first().click();
  await page.getByRole('list', { name: 'Waiting' }).getByRole('link').nth(2).click();
  await page.getByText('3,000 blanks').waitFor();
  await enabled();
  await shot('request-misleading');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: /^Sign in at/ }).waitFor();
  await shot('sign-in');
  await page.context().close();
  await lookedAfter(colorScheme, width, shotOf);

  function enabled() {
    return until(() => page.getByRole('button', { name: 'Approve once' }).isEnabled());
  }
}

/** Pages for those who look after the relay. */
async function lookedAfter(
  colorScheme: (typeof THEMES)[number],
  width: number,
  shot: (page: Page, what: string) => Promise<unknown>,
): Promise<void> {
  const viewport = { width, height: 800 };
  const path = '/console/overview';
  const { page } = await openConsole(browser, demo.relay.url, 'Alan', { colorScheme, viewport, path });
  const go = async (to: string, ready: RegExp) => {
    await page.goto(`${demo.relay.url}/console/${to}`);
    await page.getByRole('heading', { name: ready }).first().waitFor();
  };
  await page.getByRole('heading', { name: /were decided on/ }).waitFor();
  await shot(page, 'overview');
  await go('policy', /rules are in force/);
  await shot(page, 'policy');
  await go('policy?tab=coverage', /tables/);
  await shot(page, 'policy-coverage');
  await go('policy?tab=draft', /It is a policy/);
  await page.getByLabel('As', { exact: true }).selectOption('ada');
  await page.getByLabel('Statement').fill("SELECT NAME FROM CUSTOMERS WHERE EMAIL = 'a@b.example'");
  await page.getByRole('button', { name: 'Try it' }).click();
  await page.getByRole('heading', { name: 'As it is now' }).waitFor();
  await page.getByRole('button', { name: 'Simulate' }).click();
  await page.getByText('The whole record has been gone through.').waitFor();
  await shot(page, 'policy-draft');
  await go(`access?person=${encodeURIComponent(demo.idOf('ada'))}`, /^Of \d+ tables, ada/);
  await page.locator('summary', { hasText: 'SHOP.PUBLIC.CUSTOMERS' }).click();
  await shot(page, 'access');
  await go('access?table=SHOP.PUBLIC.PAYMENTS', /get something of/);
  await shot(page, 'access-table');
  await go('access?tab=revocations', /revo/);
  await shot(page, 'access-revocations');
  await page.context().close();
  const grace = await openConsole(browser, demo.relay.url, 'Grace', {
    colorScheme,
    viewport,
    path: '/console/access?tab=grants',
  });
  await grace.page.getByRole('heading', { name: 'One grant is in force.' }).waitFor();
  await shot(grace.page, 'access-grants');
  await grace.page.context().close();
}

function file(what: string, theme: string, width: string): string {
  return join(FOLDER, `${what}-${theme}-${width}.png`);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('what is to be shown does not come');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
