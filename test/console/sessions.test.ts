import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildIfStale } from '@sluice/console/build';
import { type Demo, demoPeople, startDemo, startLocalIssuer } from '@sluice/demo';
import { apiClient, nextPending } from '../support/api.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { type ConsolePage, openConsole, overflowOf, violationsIn } from '../support/console-page.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { writeSessions } from '../support/written-record.ts';

describe.skipIf(!hasBrowser)('the console’s sessions and their replay', () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    await buildIfStale();
    demo = await startDemo({ customers: 200, logLevel: 'silent' });
    browser = await openBrowser();
    const ada = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
    await ada.run('SELECT ID, NAME, EMAIL, CITY FROM CUSTOMERS ORDER BY ID LIMIT 120');
    await errorOf(ada.run('DROP TABLE ORDERS'));
    const update = ada.run("UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 7");
    const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
    await grace.decide(await nextPending(grace), 'approve', 'yes, order 7');
    await update;
    await ada.close();
    const mallory = await connectDriver(demo.relay.url, await demo.tokenFor('mallory'));
    await errorOf(mallory.run('SELECT COUNT(*) FROM ORDERS'));
    await mallory.close();
    const asked = apiClient(demo.relay.url, await demo.tokenFor('grace'));
    await asked.post('/api/statements', {
      sql: 'SELECT COUNT(*) FROM ORDERS',
      prompt: 'how many orders are there?',
      promptBy: 'model',
      conversation: 'chat-4711',
      agent: 'VS Code agent',
      wait: 10,
    });
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  const open = async (
    person: string,
    path: string,
    options: Parameters<typeof openConsole>[3] = {},
  ): Promise<ConsolePage> => {
    const opened = await openConsole(browser, demo.relay.url, person, {
      path: `/console/sessions${path}`,
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    onTestFinished(() => opened.page.context().close());
    return opened;
  };
  const openReplay = async (options?: Parameters<typeof openConsole>[3]): Promise<ConsolePage> => {
    const opened = await open('Alan', '?person=ada', options);
    await rows(opened.page).first().click();
    await opened.page.locator('.moment').first().waitFor();
    return opened;
  };

  it('lets an auditor find a moment by filters and words that stand in the address, and keep the search', async () => {
    const { page, problems } = await open('Alan', '');
    await page.getByRole('heading', { name: 'Every session on the record, newest first.' }).waitFor();
    await expect.poll(() => rows(page).count()).toBe(4);
    await page.getByLabel('Person').fill('ADA');
    await expect.poll(() => search(page)).toBe('?person=ADA');
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByLabel('Decision').selectOption({ label: 'held' });
    await expect.poll(() => search(page)).toBe('?person=ADA&effect=ask');
    await expect
      .poll(() => rows(page).allTextContents())
      .toEqual([expect.stringMatching(/ada.*1 blocked.*held/)]);
    await page.getByLabel('Agent or program').fill('cursor');
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    await page.getByLabel('Agent or program').fill('javascript');
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByLabel('Time').selectOption({ label: 'Last hour' });
    await expect.poll(() => rows(page).count()).toBe(1);

    await page.getByRole('button', { name: 'Save this search' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Ada, held');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Clear all' }).click();
    await expect.poll(() => search(page)).toBe('');
    await page.reload();
    await page.getByRole('link', { name: 'Ada, held' }).click();
    await expect.poll(() => search(page)).toBe('?person=ADA&agent=javascript&effect=ask&range=1h');
    await expect.poll(() => page.getByLabel('Person').inputValue()).toBe('ADA');
    await page.getByRole('button', { name: 'Remove the saved search “Ada, held”' }).click();
    await page.getByRole('button', { name: 'Clear all' }).click();

    await page.keyboard.press('/');
    await page.keyboard.type('paid orders');
    await page.getByRole('list', { name: 'Found' }).waitFor();
    expect(await page.locator('mark').allTextContents()).toEqual(expect.arrayContaining(['ORDERS', 'paid']));
    await page.getByLabel('Search', { exact: true }).blur();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('option', { selected: true, name: /UPDATE ORDERS/ }).waitFor();
    expect(search(page)).toMatch(/^\?at=\d+$/);
    expect(problems).toEqual([]);
  });

  it.each([
    ['object', 'SHOP.PUBLIC.CUSTOMERS', /touched it/],
    ['rule', 'no-structure', /decision.*ada|blocked.*ada/],
  ])('finds by %s', async (kind, q, shown) => {
    const { page } = await open('Alan', `?in=${kind}&q=${q}`);
    await page.getByRole('list', { name: 'Found' }).waitFor();
    expect(await rows(page).first().textContent()).toMatch(shown);
  });

  it('shows people without the right to see others their own sessions alone, and says so', async () => {
    const { page } = await open('Ada', '?person=mallory');
    await page.getByRole('heading', { name: /^Your own sessions/ }).waitFor();
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    await page.getByRole('button', { name: 'Clear all' }).click();
    await expect.poll(() => rows(page).count()).toBe(1);
    expect(await rows(page).allTextContents()).toEqual([expect.stringMatching(/^ada /)]);
    expect(await page.getByLabel('Search', { exact: true }).count()).toBe(0);
    await page.goto(`${demo.relay.url}/console/sessions?q=orders`);
    await page.getByRole('heading', { name: 'Searching the record is for auditors' }).waitFor();
    // Nor the session of somebody else.
    const alan = apiClient(demo.relay.url, await demo.decidingTokenFor('alan'));
    const { sessions } = await alan.get<{ sessions: { session: string }[] }>('/api/sessions?name=mallory');
    await page.goto(`${demo.relay.url}/console/sessions/${sessions[0]!.session}`);
    await page
      .getByRole('heading', { name: 'There is no such session, or it is not yours to see' })
      .waitFor();
  });

  it('replays a session with the keyboard alone: what was asked, decided, approved and returned', async () => {
    const { page, problems } = await openReplay();
    await page.getByRole('heading', { name: /^ada ran \d statements$/ }).waitFor();
    await step(page, 'j', /^SELECT ID, NAME/);
    await page.getByText('Nothing has come of it yet.').waitFor();
    // What came later is not shown before.
    expect(await page.getByRole('table').count()).toBe(0);
    await step(page, 'j', /Masked by/);
    await page.locator('.scene-sentence', { hasText: 'CUSTOMERS.EMAIL (masked)' }).waitFor();
    await step(page, 'ArrowRight', /120 rows, 2 columns masked/);
    const table = page.getByRole('table', { name: 'Rows as they were returned' });
    await table.waitFor();
    const masked = table.locator('.grid-masked').first();
    expect(await masked.getAttribute('title')).toMatch(/^Masked \(partial\): SHOP.PUBLIC.CUSTOMERS.NAME/);
    expect(
      await page.evaluate(`getComputedStyle(document.querySelector('.grid-masked')).backgroundImage`),
    ).toContain('gradient');
    // Rows are drawn as one comes to them.
    expect(await table.getByRole('row').count()).toBeLessThan(60);
    await page.evaluate(`document.querySelector('.grid').scrollTo(0, 1e6)`);
    await table.locator('[aria-rowindex="121"]').waitFor();

    await page.keyboard.press('End');
    await page.getByRole('option', { selected: true, name: /The client closed the session/ }).waitFor();
    await selectMoment(page, /grace approved: yes, order 7/);
    await page.locator('q', { hasText: 'yes, order 7' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'SQL' }).textContent()).toContain('change-data');
    const alan = apiClient(demo.relay.url, await demo.decidingTokenFor('alan'));
    const events = await alan.events(new URL(page.url()).pathname.split('/').at(-1)!);
    const { seq } = events.find(({ body }) => body.type === 'approval_decided')!;
    await expect.poll(() => search(page)).toBe(`?at=${seq}`);
    const link = page.url();
    await page.keyboard.press('Home');
    await page.getByRole('option', { selected: true, name: /Opened/ }).waitFor();
    // A link leads to its moment.
    await page.goto(link);
    await page.getByRole('option', { selected: true, name: /grace approved/ }).waitFor();
    expect(problems).toEqual([]);
  });

  it('says whose words a prompt is in, which way it came, and of which conversation', async () => {
    const { page } = await open('Alan', '?person=grace');
    await rows(page).first().click();
    await page.locator('.moment').first().waitFor();
    await step(page, 'j', /how many orders/);
    await step(page, 'j', /^SELECT COUNT/);
    await expect
      .poll(() => page.locator('figcaption').textContent())
      .toContain('The model’s own words. Nothing checks them. It came by the API. Conversation chat-4711.');
  });

  it('plays to the end by itself, pauses, and goes where the timeline says', async () => {
    const { page } = await openReplay({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByLabel('Speed').selectOption('64');
    await page.getByLabel('Speed').blur();
    await page.keyboard.press(' ');
    await page.getByRole('option', { selected: true, name: /The client closed the session/ }).waitFor();
    await page.getByRole('button', { name: 'Play' }).waitFor();
    const timeline = page.getByRole('slider', { name: 'Timeline' });
    await timeline.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('option', { selected: true, name: /SELECT ID, NAME/ }).waitFor();
    expect(await timeline.getAttribute('aria-valuetext')).toMatch(/^2 of \d+: Statement, SELECT/);
    await page.getByLabel('Speed').selectOption('1');
    await page.getByRole('button', { name: 'Play' }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.keyboard.press('c');
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(new URL(copied).pathname).toBe(new URL(page.url()).pathname);
    expect(copied).toMatch(/\?at=\d+$/);
  });

  it('follows a session that goes on, and is reached from the request', async () => {
    const ada = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
    onTestFinished(() => ada.close());
    const remove = errorOf(ada.run('DELETE FROM ORDERS WHERE ID = 8'));
    const { page } = await open('Grace', '');
    await page.getByRole('link', { name: /^Inbox/ }).click();
    await page.getByRole('list', { name: 'Waiting' }).getByRole('link').click();
    // Grace decides, and is no auditor.
    await page.getByRole('link', { name: 'open the replay' }).click();
    await page
      .getByRole('heading', { name: 'There is no such session, or it is not yours to see' })
      .waitFor();
    const own = await open('Ada', '');
    await rows(own.page).first().click();
    await own.page.getByRole('option', { name: /One person is asked/ }).waitFor();
    const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
    await grace.decide(await nextPending(grace), 'deny', 'cancel it in the shop');
    await own.page.getByRole('option', { name: /grace denied: cancel it in the shop/ }).waitFor();
    expect(await remove).not.toBeNull();
  });

  it.each(['light', 'dark'] as const)('can be used by everybody, in the %s theme', async (colorScheme) => {
    const { page } = await open('Alan', '?person=ada', { colorScheme, bypassCSP: true });
    await rows(page).first().waitFor();
    expect(await violationsIn(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await overflowOf(page)).toBe(0);
    await page.goto(`${demo.relay.url}/console/sessions?q=orders`);
    await page.getByRole('list', { name: 'Found' }).waitFor();
    expect(await violationsIn(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
    await page.goto(`${demo.relay.url}/console/sessions?person=ada`);
    await rows(page).last().click();
    for (const moment of [/DROP TABLE/, /Blocked by/, /approved/, /120 rows/]) {
      await selectMoment(page, moment);
      expect(await violationsIn(page)).toEqual([]);
      expect(await overflowOf(page)).toBe(0);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('table').waitFor();
    expect(await violationsIn(page)).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('the console’s sessions, of a large record', () => {
  it('goes on by itself once the relay is back, page after page, and scrolls through 100,000 events', async () => {
    await buildIfStale();
    const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
    const browser = await openBrowser();
    onTestFinished(async () => {
      await browser.close();
      await issuer.close();
    });
    const data = temporaryFolder();
    const [long] = await writeSessions(data, [
      { name: 'ada', statements: 20_000 },
      ...Array.from({ length: 230 }, (_, index) => ({ name: `person-${index}`, statements: 1 })),
    ]);
    const place = await relayPlace(data, issuer, undefined, { groups: { auditors: ['security'] } });
    let relay = await place.start(() => {});
    onTestFinished(() => relay.close());
    const { page, problems } = await openConsole(browser, place.url, 'Alan', {
      path: '/console/sessions',
      viewport: { width: 1280, height: 800 },
    });
    await rows(page).first().waitFor();
    // Only what is in view is in the page, and the end is reached all the same.
    expect(await rows(page).count()).toBeLessThan(60);
    await relay.close();
    await page.getByText('Offline: trying again').waitFor();
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    await page.getByRole('alert').waitFor();
    relay = await place.start(() => {});
    await page.getByText('Live', { exact: true }).waitFor();
    await expect
      .poll(
        async () => {
          await page.evaluate('scrollTo(0, document.body.scrollHeight)');
          return await page.getByText('232 in all').count();
        },
        { timeout: 30_000 },
      )
      .toBe(1);

    const asked = performance.now();
    await page.goto(`${place.url}/console/sessions/${long}`);
    await page.getByText('100,002 events').waitFor({ timeout: 120_000 });
    await page.getByText(/^Reading/).waitFor({ state: 'detached', timeout: 120_000 });
    const took = Math.round((performance.now() - asked) / 1_000);
    const devtools = await page.context().newCDPSession(page);
    // What the page's thread works: not how long it waits for a core of a busy machine.
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const busy = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1_000;
    };
    const before = await busy();
    const frames = await page.evaluate<number[]>(SCROLL);
    const work = ((await busy()) - before) / frames.length;
    const median = frames.toSorted((one, other) => one - other)[Math.floor(frames.length / 2)]!;
    console.log(
      `100,002 events read in ${took} s; scrolling: ${work.toFixed(1)} ms of work a frame, ${median.toFixed(1)} ms until it is handed over at the median`,
    );
    expect(work).toBeLessThan(16);
    await page.keyboard.press('End');
    await page.getByRole('option', { selected: true, name: /The client closed/ }).waitFor();
    // The relay was away: what failed then was said.
    expect(problems.filter((problem) => !/ERR_CONNECTION|WebSocket/.test(problem))).toEqual([]);
  });
});

/**
 * Scrolls the list of moments by a screen a frame, all over the session, and measures how long the main thread works on each:
 * from the frame's beginning until what it has drawn was handed over.
 */
const SCROLL = `new Promise((resolve) => {
  const list = document.querySelector('.moments');
  const frames = [];
  const channel = new MessageChannel();
  let begun = 0;
  channel.port1.onmessage = () => {
    frames.push(performance.now() - begun);
    if (frames.length < 300) requestAnimationFrame(step); else resolve(frames);
  };
  function step(at) {
    begun = performance.now();
    list.scrollTop = (list.scrollTop + (frames.length % 50 === 49 ? list.scrollHeight / 7 : 500)) % (list.scrollHeight - list.clientHeight);
    channel.port2.postMessage(null);
  }
  requestAnimationFrame(step);
})`;

function rows(page: Page) {
  return page.locator('.session-row');
}

function search(page: Page): string {
  return decodeURIComponent(new URL(page.url()).search);
}

/** Only the lines in view are in the page, and a slow relay's session has more of them: one gets everywhere by the keyboard. */
async function selectMoment(page: Page, moment: RegExp): Promise<void> {
  const selected = page.locator('.moment[aria-selected="true"]');
  await selected.waitFor();
  await page.keyboard.press('Home');
  await selected.and(page.locator('[aria-posinset="1"]')).waitFor();
  const count = Number(await selected.getAttribute('aria-setsize'));
  for (let at = 1; !moment.test((await selected.textContent()) ?? ''); at++) {
    if (at === count) throw new Error(`no moment is ${moment}`);
    await page.keyboard.press('ArrowRight');
    await selected.and(page.locator(`[aria-posinset="${at + 1}"]`)).waitFor();
  }
}

async function step(page: Page, key: string, comesTo: RegExp): Promise<void> {
  await page.keyboard.press(key);
  const selected = page.getByRole('option', { selected: true });
  await expect.poll(() => selected.locator('.moment-text').textContent()).toMatch(comesTo);
}
