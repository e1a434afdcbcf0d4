import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildIfStale } from '@sluice/console/build';
import { type Demo, demoPeople, startDemo, startLocalIssuer } from '@sluice/demo';
import { apiClient } from '../support/api.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { type ConsolePage, openConsole, overflowOf, violationsIn } from '../support/console-page.ts';
import { connectDriver, type DriverSession, errorOf } from '../support/driver.ts';
import { relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe.skipIf(!hasBrowser)('the console', () => {
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

  // Of a test that failed, too.
  afterEach(() => decideAll(demo, 'deny'));

  const open = async (person: string, options?: Parameters<typeof openConsole>[3]): Promise<ConsolePage> => {
    const opened = await openConsole(browser, demo.relay.url, person, options);
    onTestFinished(() => opened.page.context().close());
    return opened;
  };

  it('opens for many people at once who come from one address', async () => {
    const page = await (await fetch(`${demo.relay.url}/console`)).text();
    const files = [...page.matchAll(/(?:src|href)="(\/console\/assets\/[^"]+)"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(10);
    const asked = Array.from({ length: 20 }, () => files).flat();
    const types = asked.map(async (file) => {
      const answer = await fetch(`${demo.relay.url}${file}`);
      await answer.arrayBuffer();
      return answer.headers.get('content-type')?.split(';')[0];
    });
    expect(new Set(await Promise.all(types))).toEqual(
      new Set(['text/javascript', 'text/css', 'image/svg+xml']),
    );
  });

  it('lets somebody who has never seen it approve a statement, and deny another, with the keyboard alone', async () => {
    const { page, problems, origins } = await open('Grace');
    await page.getByRole('heading', { name: 'Nobody is waiting for you.' }).waitFor();
    const update = ada.run("UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 7");
    // It comes by itself, and screen readers are told.
    await page.getByRole('heading', { name: 'One request waits for a decision.' }).waitFor();
    await expect
      .poll(() => page.getByRole('status').allTextContents())
      .toContainEqual(expect.stringMatching(/^New request: .*ORDERS/));
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Approve once' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'SQL' }).textContent()).toContain('UPDATE ORDERS');
    await ready(page);
    await page.keyboard.press('a');
    const dialog = page.getByRole('dialog', { name: 'Approve once' });
    await dialog.getByLabel('Comment').fill('yes, order 7');
    await dialog.getByRole('button', { name: 'Approve once' }).press('Enter');
    expect((await update).statement.getNumUpdatedRows()).toBe(1);
    await page.getByRole('heading', { name: 'Approved, and it has run.' }).waitFor();

    await page.keyboard.press('u');
    const remove = errorOf(ada.run('DELETE FROM ORDERS WHERE ID = 8'));
    await waiting(page).press('Enter');
    await page.getByRole('button', { name: 'Deny' }).waitFor();
    await ready(page);
    await page.keyboard.press('d');
    await page.getByRole('dialog').getByLabel('Reason').fill('cancel it in the shop instead');
    await page.getByRole('dialog').getByRole('button', { name: 'Deny' }).press('Enter');
    expect((await remove)?.message).toContain('cancel it in the shop instead');
    await page.getByRole('heading', { name: 'Denied. The requester is told.' }).waitFor();

    expect(problems).toEqual([]);
    expect([...origins].toSorted()).toEqual([demo.issuer, demo.relay.url].toSorted());
  });

  it('proposes a narrower statement, which the requester reads and does not run', async () => {
    const update = errorOf(ada.run("UPDATE ORDERS SET STATUS = 'wide' WHERE ID < 40"));
    const { page, problems } = await open('Grace');
    await waiting(page).click();
    await ready(page);
    await page.getByRole('button', { name: 'Propose narrower' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Deny, and propose a narrower statement' });
    const narrower = "UPDATE ORDERS SET STATUS = 'narrow' WHERE ID = 4";
    await dialog.getByLabel('Statement').fill(narrower);
    await dialog.getByLabel('Comment').fill('one order is enough');
    await dialog.getByRole('button', { name: 'Deny' }).press('Enter');
    await page.getByRole('heading', { name: 'Denied. The requester is told.' }).waitFor();
    const message = (await update)?.message;
    expect(message).toContain('one order is enough');
    expect(message).toContain(narrower);
    const { rows } = await ada.run("SELECT COUNT(*) FROM ORDERS WHERE STATUS IN ('wide', 'narrow')");
    expect(JSON.stringify(rows)).toMatch(/[:"]0\b/);
    expect(problems).toEqual([]);
  });

  it('has the focus where it belongs: in a dialog, and afterwards where it was', async () => {
    const update = errorOf(ada.run("UPDATE ORDERS SET STATUS = 'focus' WHERE ID = 12"));
    const { page } = await open('Grace', { viewport: { width: 360, height: 420 } });
    await waiting(page).click();
    await ready(page);
    const deny = page.getByRole('button', { name: 'Deny' });
    const hasFocus = async (one: Locator) => (await one.and(page.locator(':focus')).count()) === 1;
    await deny.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Deny this request' });
    await expect.poll(() => hasFocus(dialog.getByLabel('Reason'))).toBe(true);
    // Nothing behind it can be reached.
    for (let presses = 0; presses < 6; presses += 1) {
      await page.keyboard.press('Tab');
      const isBehind = await page.evaluate(
        `document.activeElement !== document.body && document.activeElement.closest('dialog[open]') === null`,
      );
      expect(isBehind).toBe(false);
    }
    await page.keyboard.press('Escape');
    await expect.poll(() => hasFocus(deny)).toBe(true);
    // So does the button beside it.
    await deny.press('Enter');
    await dialog.getByRole('button', { name: 'Back' }).press('Enter');
    await expect.poll(() => hasFocus(deny)).toBe(true);
    // A dialog that is longer than the window begins at its top.
    await page.keyboard.press('?');
    const keys = page.getByRole('dialog').filter({ has: page.getByRole('button', { name: 'Close' }) });
    await keys.waitFor();
    expect(
      await keys.evaluate(({ scrollHeight, clientHeight, scrollTop }) => [
        scrollHeight > clientHeight,
        scrollTop,
      ]),
    ).toEqual([true, 0]);
    await page.keyboard.press('Escape');
    await expect.poll(() => hasFocus(deny)).toBe(true);
    await decideAll(demo, 'deny');
    await update;
  });

  it('takes no decision on what has only just appeared', async () => {
    const { page } = await open('Grace');
    const update = errorOf(ada.run("UPDATE ORDERS SET STATUS = 'soon' WHERE ID = 9"));
    await page.clock.install();
    await waiting(page).click();
    await page.getByRole('button', { name: 'Approve once' }).waitFor();
    await page.keyboard.press('a');
    expect(await page.getByRole('button', { name: 'Approve once' }).isDisabled()).toBe(true);
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.clock.runFor(800);
    await page.keyboard.press('a');
    await page.getByRole('dialog').waitFor();
    await decideAll(demo, 'deny');
    expect(await update).not.toBeNull();
  });

  it('shows what could mislead as what it is', async () => {
    const { page } = await open('Grace');
    const sql = `UPDATE ORDERS SET STATUS = 'a\u200bb' WHERE ID = 1 ${' '.repeat(3_000)} OR 1 = 1 -- <b>paid</b>`;
    const update = errorOf(ada.run(sql));
    await waiting(page).click();
    const shown = page.getByRole('textbox', { name: 'SQL' });
    await expect.poll(() => shown.textContent()).toMatch(/3,002 blanks ?OR 1 = 1 -- <b>paid<\/b>/);
    expect(await shown.locator('.cm-specialChar').count()).toBe(1);
    await page.getByText(/characters that are invisible/).waitFor();
    await decideAll(demo, 'deny');
    await update;
  });

  it('puts first where most is to lose, and denies several with one reason', async () => {
    const { page } = await open('Grace');
    const asked = [
      "UPDATE ORDERS SET STATUS = 'one' WHERE ID = 1",
      "UPDATE ORDERS SET STATUS = 'two' WHERE ID = 2",
      "INSERT INTO ORDERS (ID, STATUS) SELECT 1000 + SEQ4(), 'new' FROM TABLE(GENERATOR(ROWCOUNT => 10000))",
    ].map((sql) => errorOf(ada.run(sql)));
    await expect.poll(() => waiting(page).count()).toBe(3);
    // The rows are counted a moment after the request.
    const first = waiting(page).first();
    await expect.poll(() => first.textContent()).toContain('▲ High risk: it changes 10000 rows');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText('2 chosen').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByText('2 chosen').count()).toBe(0);
    for (const one of await page.getByRole('checkbox').all()) await one.check();
    await page.keyboard.press('d');
    const dialog = page.getByRole('dialog', { name: 'Deny these 3 requests' });
    expect(await dialog.getByRole('listitem').count()).toBe(3);
    await dialog.getByRole('button', { name: 'Deny all 3' }).press('Enter');
    expect(await dialog.isVisible(), 'without a reason nothing is sent').toBe(true);
    await dialog.getByLabel('Reason').fill('not this week');
    await dialog.getByRole('button', { name: 'Deny all 3' }).press('Enter');
    await page.getByText('3 requests are denied.').waitFor();
    for (const error of await Promise.all(asked)) expect(error?.message).toContain('not this week');
  });

  it('says which of several could not be denied, and denies the others', async () => {
    const { page } = await open('Grace');
    const asked = [1, 2].map((id) => errorOf(ada.run(`UPDATE ORDERS SET STATUS = 'x' WHERE ID = ${id}`)));
    await expect.poll(() => waiting(page).count()).toBe(2);
    let refused = 0;
    await page.route('**/decision', (route) => {
      refused += 1;
      return refused === 1 ? route.abort() : route.continue();
    });
    for (const one of await page.getByRole('checkbox').all()) await one.check();
    await page.keyboard.press('d');
    await page.getByRole('dialog').getByLabel('Reason').fill('no');
    await page.getByRole('dialog').getByRole('button', { name: 'Deny all 2' }).click();
    await page.getByRole('heading', { name: /^Could not be denied: .*ORDERS/ }).waitFor();
    await page.getByText('One request is denied.').waitFor();
    await expect.poll(() => waiting(page).count()).toBe(1);
    expect(refused).toBe(2);
    await decideAll(demo, 'deny');
    await Promise.all(asked);
  });

  it('shows what has changed since the statement most like it that was approved', async () => {
    const before = ada.run("UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 21");
    const { page } = await open('Grace');
    await waiting(page).waitFor();
    await decideAll(demo, 'approve');
    await before;
    const now = errorOf(ada.run("UPDATE ORDERS SET STATUS = 'pa\u200bid' WHERE ID = 21"));
    await waiting(page).click();
    const changed = page.getByRole('textbox', { name: 'Changed since the last approved' });
    await expect.poll(() => changed.locator('.cm-changedText').allTextContents()).toEqual(['pa⟨U+200B⟩id']);
    await decideAll(demo, 'deny');
    await now;
  });

  it('says to whom asks themselves that they do not decide', async () => {
    const own = await connectDriver(demo.relay.url, await demo.tokenFor('grace'));
    const update = errorOf(own.run("UPDATE ORDERS SET STATUS = 'mine' WHERE ID = 10"));
    const { page } = await open('Grace');
    await waiting(page).click();
    await page.getByRole('heading', { name: 'You do not decide this one' }).waitFor();
    expect(await page.getByRole('button', { name: 'Approve once' }).count()).toBe(0);
    await own.close();
    await update;
  });

  it.each(['light', 'dark'] as const)('can be used by everybody, in the %s theme', async (colorScheme) => {
    const update = errorOf(ada.run("UPDATE ORDERS SET STATUS = 'seen' WHERE ID = 11"));
    const { page } = await open('Grace', { colorScheme, bypassCSP: true });
    await waiting(page).waitFor();
    expect(await violationsIn(page)).toEqual([]);
    await waiting(page).click();
    await page.getByRole('button', { name: 'Approve once' }).waitFor();
    await ready(page);
    expect(await violationsIn(page)).toEqual([]);
    await page.keyboard.press('d');
    await page.getByRole('dialog').waitFor();
    expect(await violationsIn(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await overflowOf(page)).toBe(0);
    await decideAll(demo, 'deny');
    await update;
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: /^Sign in at/ }).waitFor();
    expect(await violationsIn(page)).toEqual([]);
  });

  it('asks to sign in again once the sign-in has ended, and goes on where it was', async () => {
    const { page } = await open('Grace');
    await page.evaluate(
      `sessionStorage.setItem('sluice.token', JSON.stringify({ ...JSON.parse(sessionStorage.getItem('sluice.token')), token: 'none' }))`,
    );
    await page.goto(`${demo.relay.url}/console/approvals/00000000-0000-4000-8000-000000000000`);
    await page.getByRole('heading', { name: 'Your sign-in has ended' }).waitFor();
    await page.getByRole('button', { name: /^Sign in at/ }).click();
    await page.getByRole('button', { name: /^Grace/ }).click();
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/console/approvals/00000000-0000-4000-8000-000000000000');
  });

  it('takes who comes to the only place to sign in at, and asks who comes back from there, or has signed out', async () => {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(`${demo.relay.url}/console/access`);
    const grace = page.getByRole('button', { name: /^Grace/ });
    await grace.waitFor();
    await page.goBack();
    const button = page.getByRole('button', { name: /^Sign in at/ });
    await button.click();
    await grace.click();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/console/access');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await button.waitFor();
    expect(await grace.count()).toBe(0);
    await page.reload();
    await grace.waitFor();
  });

  it('serves pages that nobody else can frame, extend or keep for long', async () => {
    const page = await fetch(`${demo.relay.url}/console/approvals/x`, {
      headers: { 'accept-encoding': 'br' },
    });
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect([page.headers.get('cache-control'), page.headers.get('content-encoding')]).toEqual([
      'no-cache',
      'br',
    ]);
    const again = await fetch(page.url, { headers: { 'if-none-match': page.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    const text = await page.text();
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|\s(?:style|on\w+)=/);
    for (const path of ['/console/assets/none.js', '/console/assets/..%2F..%2Fpackage.json']) {
      expect((await fetch(`${demo.relay.url}${path}`)).status).toBe(404);
    }
  });

  it('needs less than 200 KB before its first page', async () => {
    const { page } = await open('Grace');
    const sizes = await page.evaluate<number[]>(
      `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/console/assets/')).map(({ encodedBodySize }) => encodedBodySize)`,
    );
    const sum = sizes.reduce((all, size) => all + size, 0);
    expect(sum).toBeGreaterThan(10_000);
    expect(sum).toBeLessThan(200_000);
  });

  it('works for less than a second until its first page can be used', async () => {
    const { page } = await open('Grace');
    const devtools = await page.context().newCDPSession(page);
    // What the page's thread works: not how long it waits for a core of a busy machine.
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const work = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1_000;
    };
    const asked = performance.now();
    await page.reload();
    await page.getByRole('heading', { name: 'Nobody is waiting for you.' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    const took = performance.now() - asked;
    // What it worked before the page was opened anew is in it, too.
    const worked = await work();
    console.log(`the first page: ${Math.round(worked)} ms of work, there after ${Math.round(took)} ms`);
    expect(worked).toBeGreaterThan(0);
    expect(worked).toBeLessThan(1_000);
  });
});

describe.skipIf(!hasBrowser)('the console, while the relay is restarted', () => {
  it('says that it is offline, and goes on by itself', async () => {
    await buildIfStale();
    const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
    const browser = await openBrowser();
    onTestFinished(async () => {
      await browser.close();
      await issuer.close();
    });
    const place = await relayPlace(temporaryFolder(), issuer);
    const first = await place.start(() => {});
    const { page } = await openConsole(browser, place.url, 'Grace');
    await first.close();
    await page.getByText('Offline: trying again').waitFor();
    // Nobody knows whether somebody waits.
    await page.getByRole('heading', { name: /when the relay was last heard of/ }).waitFor();
    expect(await page.getByText('All clear').count()).toBe(0);
    const second = await place.start(() => {});
    onTestFinished(() => second.close());
    await page.getByText('Live', { exact: true }).waitFor();
    const ada = await connectDriver(place.url, await issuer.tokenFor('ada'));
    const update = errorOf(ada.run("UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7"));
    const title = () => page.title();
    await expect.poll(title).toMatch(/^\(1\) Inbox/);
    const grace = apiClient(place.url, await issuer.decidingTokenFor('grace'));
    for (const request of await grace.pending()) await grace.decide(request, 'deny', 'enough');
    await update;
    await ada.close();
  });
});

/** The one request that waits. */
function waiting(page: Page): Locator {
  return page.getByRole('list', { name: 'Waiting' }).getByRole('link');
}

/** Until the request has been in view for long enough to be decided on. */
async function ready(page: Page): Promise<void> {
  await expect.poll(() => page.getByRole('button', { name: 'Approve once' }).isEnabled()).toBe(true);
}

async function decideAll(demo: Demo, verdict: 'approve' | 'deny'): Promise<void> {
  const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
  for (const request of await grace.pending()) await grace.decide(request, verdict, 'enough');
}
