import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildIfStale } from '@sluice/console/build';
import { type Demo, startDemo } from '@sluice/demo';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { openConsole, overflowOf, violationsIn } from '../support/console-page.ts';
import { connectDriver, errorOf } from '../support/driver.ts';

describe.skipIf(!hasBrowser)('the pages about all of the relay', () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    await buildIfStale();
    demo = await startDemo({ customers: 50, logLevel: 'silent' });
    browser = await openBrowser();
    const ada = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
    await ada.run('SELECT COUNT(*) FROM ORDERS');
    await ada.run('SELECT EMAIL FROM CUSTOMERS LIMIT 1');
    await errorOf(ada.run('DROP TABLE ORDERS'));
    await ada.close();
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  const open = async (person: string, path: string, options?: Parameters<typeof openConsole>[3]) => {
    const opened = await openConsole(browser, demo.relay.url, person, {
      path: `/console${path}`,
      ...options,
    });
    onTestFinished(() => opened.page.context().close());
    return opened;
  };

  it('show each rule in a sentence, beside its text, and what no rule or tag names', async () => {
    const { page, problems } = await open('Alan', '/policy');
    await page.getByRole('heading', { name: /^12 rules are in force/ }).waitFor();
    await page.getByText('Members of contractors may not use SHOP.PUBLIC.PAYMENTS.').waitFor();
    const text = page.getByRole('region', { name: 'contractors-see-no-payments, In the file' });
    expect(await text.textContent()).toContain('- { names: [SHOP.PUBLIC.PAYMENTS] }');
    await page.getByRole('link', { name: 'Coverage' }).press('Enter');
    const payments = page.getByRole('listitem').filter({ hasText: 'SHOP.PUBLIC.PAYMENTS' });
    await payments.locator('summary').press('Enter');
    expect(await payments.textContent()).toMatch(/AMOUNT.*CARD_NUMBER payment\.card/);
    expect(problems).toEqual([]);
  });

  it('check a draft in its place, try it as somebody, simulate it, and put nothing in force', async () => {
    const { page, problems } = await open('Alan', '/policy?tab=draft');
    await page.getByRole('heading', { name: 'It is a policy, with 12 rules.' }).waitFor();
    // With the keyboard: to the end of the text, and a rule more.
    const editor = page.getByRole('textbox', { name: 'Policy' });
    await editor.focus();
    await page.keyboard.press('Control+a');
    const { text } = await read(demo, '/api/policy');
    const draft = text.replace(
      'rules:\n',
      'rules:\n  - { name: no-orders, effect: block, reason: orders are moving, when: { objects: [{ names: [SHOP.PUBLIC.ORDERS] }] } }\n',
    );
    await page.keyboard.insertText(draft.replace('effect: block', 'effect: blok'));
    await page.getByRole('heading', { name: /^It is no policy/ }).waitFor();
    // Where it is: the editor goes there.
    await page.getByRole('button', { name: /^Line \d+, column \d+/ }).press('Enter');
    expect(await page.locator('.code-problem').first().textContent()).toMatch(/expected/);
    expect(await page.getByRole('button', { name: 'Try it' }).isDisabled()).toBe(true);
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(draft);
    await page.getByRole('heading', { name: 'It is a policy, with 13 rules.' }).waitFor();
    // Tab leaves the field.
    await page.keyboard.press('Tab');
    const focused = () =>
      page.evaluate<string>(`document.activeElement.shadowRoot?.activeElement.getAttribute('aria-label')`);
    await expect.poll(focused).toBe('Cases');

    await page.getByLabel('As', { exact: true }).selectOption('ada');
    await page.getByLabel('Statement').fill('SELECT COUNT(*) FROM ORDERS');
    await page.getByRole('button', { name: 'Try it' }).press('Enter');
    await page.getByRole('heading', { name: 'As it is now: It runs.' }).waitFor();
    await page.getByRole('heading', { name: 'Under the draft: It is refused.' }).waitFor();

    await page.getByRole('button', { name: 'Simulate' }).press('Enter');
    await page.getByText('The whole record has been gone through.').waitFor();
    const whom = page.getByRole('list', { name: 'For whom' });
    expect(await whom.textContent()).toMatch(/^ada/);
    await page
      .getByRole('list', { name: 'Changes' })
      .getByText('allow (shop-read) → block (no-orders)')
      .waitFor();

    // It is there still when the page comes back, and it decides nothing.
    await page.reload();
    await page.getByRole('heading', { name: 'It is a policy, with 13 rules.' }).waitFor();
    expect((await read(demo, '/api/policy')).text).toBe(text);
    await page.getByRole('button', { name: 'Back to the policy in force' }).press('Enter');
    await page.getByRole('heading', { name: 'It is a policy, with 12 rules.' }).waitFor();
    expect(problems).toEqual([]);
  });

  it('say what may be written in a draft, and what it is for, by the keyboard', async () => {
    const { page, problems } = await open('Alan', '/policy?tab=draft');
    await page.getByRole('heading', { name: 'It is a policy, with 12 rules.' }).waitFor();
    const editor = page.getByRole('textbox', { name: 'Policy' });
    await editor.focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('version: 1\n');
    await page.keyboard.type('ma');
    const list = page.getByRole('listbox');
    await list.getByRole('option', { name: /^masks/ }).waitFor();
    expect(await violationsIn(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await expect.poll(() => editor.innerText()).toContain('masks: ');
    await page.keyboard.insertText('{ tags: { pii.email: { method: ');
    await page.keyboard.press('Control+Space');
    await list.getByRole('option', { name: 'partial' }).waitFor();
    const offered = await list.getByRole('option').allTextContents();
    expect(offered).toEqual(expect.arrayContaining(['redact', 'token', 'detect']));
    await page.keyboard.press('Escape');
    await page.keyboard.insertText('partial, keep_last: 2, expressions: ');
    await page.getByText(/^masks › tags › pii.email › expressions: An expression of the column/).waitFor();
    expect(problems).toEqual([]);
  });

  it('show what happened over time, with a table behind each plot and a way to its sessions', async () => {
    const { page, problems } = await open('Alan', '/overview');
    await page.getByRole('heading', { name: '3 statements were decided on in the last 24 hours.' }).waitFor();
    const decisions = page.getByRole('region', { name: 'Statements, by what was decided' });
    expect(await decisions.locator('.plot-legend').textContent()).toBe('as asked 1masked 1held 0blocked 1');
    await decisions.getByText('As a table').press('Enter');
    const row = decisions.getByRole('row').nth(1);
    expect(await row.getByRole('cell').allTextContents()).toEqual(['1', '1', '0', '1']);
    const link = decisions.getByRole('link', { name: /1 as asked, 1 masked, 1 blocked/ });
    const leads = new URL((await link.getAttribute('href'))!, page.url());
    expect(leads.pathname).toBe('/console/sessions');
    const [since, before] = ['since', 'before'].map((name) => Date.parse(leads.searchParams.get(name)!));
    expect(before! - since!).toBe(3_600_000);
    expect(since! <= Date.now() && Date.now() - 7_200_000 <= since!).toBe(true);
    await page.getByRole('link', { name: '30 days' }).press('Enter');
    await page.getByRole('heading', { name: '3 statements were decided on in the last 30 days.' }).waitFor();
    expect(problems).toEqual([]);
  });

  it('do not take what is not counted yet for nothing', async () => {
    const { page } = await open('Alan', '/access');
    await page.route(/\/api\/overview/, async (route) => {
      const response = await route.fetch();
      const counts = { ...(await response.json()), activity: [], waited: [], uncounted: 1_000_000 };
      await route.fulfill({ response, json: counts });
    });
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { name: 'Counting is under way' }).waitFor();
    await page.getByRole('heading', { name: /^At least 0 statements/ }).waitFor();
    expect(await page.getByText(/Nothing was asked|No statement has come/).count()).toBe(0);
  });

  it('show others nothing', async () => {
    const { page } = await open('Grace', '/policy');
    await page.getByText('The policy is read by auditors and the security groups').waitFor();
    expect(await page.getByRole('link', { name: 'Overview' }).count()).toBe(0);
    await page.goto(`${demo.relay.url}/console/overview`);
    await page.getByText('What everybody did is for auditors and the security groups').waitFor();
  });

  it.each(['light', 'dark'] as const)('can be used by everybody, in the %s theme', async (colorScheme) => {
    const { page } = await open('Alan', '/policy', { colorScheme, bypassCSP: true });
    for (const [path, ready] of [
      ['/policy', /rules are in force/],
      ['/policy?tab=coverage', /tables/],
      ['/policy?tab=draft', /It is a policy/],
      ['/overview', /were decided on/],
    ] as const) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(`${demo.relay.url}/console${path}`);
      await page.getByRole('heading', { name: ready }).first().waitFor();
      expect(await violationsIn(page)).toEqual([]);
      await page.setViewportSize({ width: 320, height: 700 });
      await expect.poll(() => overflowOf(page)).toBe(0);
    }
  });
});

async function read(demo: Demo, path: string): Promise<{ readonly text: string }> {
  const token = await demo.decidingTokenFor('alan');
  const answer = await fetch(new URL(path, demo.relay.url), {
    headers: { authorization: `Bearer ${token}` },
  });
  return (await answer.json()) as { text: string };
}
