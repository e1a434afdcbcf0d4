import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from 'playwright-core';
import { apiClient, nextPending } from '../support/api.ts';
import { violationsInFrame, webviewWith } from './in-webview.ts';
import { hasEditor } from './open-editor.ts';
import { type SignedIn, signedInEditor } from './signed-in-editor.ts';

describe.skipIf(!hasEditor)('results in the editor', () => {
  let signedIn: SignedIn;
  let frame: Frame;
  beforeAll(async () => {
    signedIn = await signedInEditor({
      // The page's policy is on all the same: it is an attribute of the frame, and axe comes in by the debugger.
      context: { permissions: ['clipboard-read', 'clipboard-write'] },
    });
    await run('SELECT 1 AS A');
  });
  afterAll(() => signedIn?.close());

  const run = async (sql: string) => {
    await signedIn.editor.inHost(async (api, sql) => {
      void api.commands.executeCommand('sluice.results.run', { sql, prompt: null });
      return null;
    }, sql);
    frame = await webviewWith(signedIn.editor.page, '.summary');
  };
  const rows = async (sql: string) => {
    await run(sql);
    await frame.locator('.grid-row .grid-cell').first().waitFor();
  };
  const grid = () => frame.locator('[role=grid]');
  const press = async (key: string) => {
    await grid().focus();
    await signedIn.editor.page.keyboard.press(key);
  };
  const clipboard = async () =>
    await signedIn.editor.inHost(async (api) => await api.env.clipboard.readText());
  const said = () => frame.locator('.said');

  it('shows types, NULL, numbers at the right, and masked cells with the mask’s name and why', async () => {
    await rows('SELECT ID, NAME, CARD_NUMBER, NULL AS NOTHING FROM CUSTOMERS ORDER BY ID');
    const head = frame.locator('[role=columnheader]');
    await expect
      .poll(() => head.allInnerTexts())
      .toContainEqual(expect.stringMatching(/ID\s*NUMBER\(38,0\)/));
    const card = head.filter({ hasText: 'CARD_NUMBER' });
    expect(await card.innerText()).toMatch(/masked: \w+/);
    expect(await card.getAttribute('title')).toMatch(/Masked by \w+: .*payment/);
    const cell = (column: string) => frame.locator(`#cell-0-${column}`);
    const styleOf = async (column: string, name: string) =>
      await frame.evaluate<string>(`getComputedStyle(document.querySelector('#cell-0-${column}')).${name}`);
    await expect.poll(() => cell('2').innerText()).toMatch(/\*{4}/);
    expect(await cell('2').getAttribute('aria-label')).toMatch(/, masked by \w+$/);
    expect(await styleOf('2', 'backgroundImage')).toContain('gradient');
    expect(await styleOf('0', 'backgroundImage')).toBe('none');
    expect(await styleOf('0', 'textAlign')).toBe('right');
    expect(await cell('3').innerText()).toBe('NULL');
  });

  it('is clean to axe, and has a policy that lets in nothing but its own two files', async () => {
    expect(await violationsInFrame(frame)).toEqual([]);
    const policy = await frame.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'nonce-[^']{20,}'; style-src 'nonce-[^']{20,}'; base-uri/,
    );
    expect(policy).not.toMatch(/unsafe|http|\*|data:/);
    const ran = await frame.evaluate<boolean>(`
      const script = document.createElement('script');
      script.textContent = 'globalThis.hasRun = true';
      document.body.append(script);
      'hasRun' in globalThis;
    `);
    expect(ran).toBe(false);
  });

  it('scrolls by keys to the last of 100,000 rows, with few of them in the page', async () => {
    await rows(
      "SELECT SEQ4() AS N, 'row ' || SEQ4() AS NAME FROM TABLE(GENERATOR(ROWCOUNT => 100000)) ORDER BY N",
    );
    await expect.poll(() => frame.locator('.summary').innerText()).toContain('100,000 rows');
    await press('Control+End');
    await expect.poll(() => frame.locator('#cell-99999-0').innerText()).toBe('99999');
    expect(await frame.locator('#cell-99999-1').isVisible()).toBe(true);
    expect(await grid().getAttribute('aria-rowcount')).toBe('100001');
    expect(await frame.locator('.grid-row').count()).toBeLessThan(80);
    await press('Control+Home');
    await expect.poll(() => frame.locator('#cell-0-0').innerText()).toBe('0');
    // By the wheel, row by row.
    await grid().hover();
    await signedIn.editor.page.mouse.wheel(0, 240);
    await expect.poll(() => frame.locator('#cell-10-0').count()).toBe(1);
    await expect.poll(() => frame.locator('#cell-5-0').count()).toBe(0);
  });

  it('says that there are no rows, with the columns that there would be', async () => {
    await run('SELECT ID, EMAIL FROM CUSTOMERS WHERE ID < 0');
    await expect.poll(() => frame.locator('.summary').innerText()).toMatch(/^(?:No|0) rows/);
    expect(await frame.locator('.notice').innerText()).toMatch(
      /No rows[\s\S]*Its columns: ID NUMBER\(38,0\), EMAIL VARCHAR.* \(masked: \w+\)/,
    );
    expect(await frame.getByRole('button', { name: 'Export CSV' }).count()).toBe(0);
    expect(await violationsInFrame(frame)).toEqual([]);
  });

  it('cuts a long value in its cell, and shows all of it by a key', async () => {
    await rows("SELECT REPEAT('sluice ', 2000) AS LONG_TEXT, 1 AS B");
    const box = await frame.locator('#cell-0-0').boundingBox();
    expect(box!.width).toBeLessThan(500);
    await press('Home');
    await press('Enter');
    const pane = frame.locator('.cell-pane');
    await pane.waitFor();
    await expect.poll(async () => (await pane.innerText()).length).toBeGreaterThan(13_000);
    await signedIn.editor.page.keyboard.press('Escape');
    await pane.waitFor({ state: 'detached' });
  });

  it('is used by keys alone: everything in it is reached, and says what it is', async () => {
    await rows('SELECT ID, NAME FROM CUSTOMERS ORDER BY ID');
    await frame.evaluate('document.activeElement.blur()');
    await frame.locator('.summary').click();
    const reached: string[] = [];
    for (let step = 0; step < 14; step += 1) {
      await signedIn.editor.page.keyboard.press('Tab');
      reached.push(
        await frame.evaluate<string>(
          `(() => { const all = []; for (let at = document.activeElement; at; at = at.shadowRoot?.activeElement) all.push(at.getAttribute('aria-label') ?? (at.tagName === 'BODY' ? '' : at.textContent.trim())); return all.join(' '); })()`,
        ),
      );
    }
    const all = reached.join('\n');
    for (const name of [
      /^Copy/m,
      /Copy with headers/,
      /Export CSV/,
      /Export JSON/,
      /Run again/,
      /History/,
      /Rows/,
    ])
      expect(all).toMatch(name);
    expect(all).toMatch(/grid|customers|2 columns|result/i);
  });

  it('is whole at twice the size, as in a narrow panel', async () => {
    const { page } = signedIn.editor;
    await rows('SELECT ID, NAME, EMAIL FROM CUSTOMERS ORDER BY ID');
    await page.setViewportSize({ width: 640, height: 480 });
    try {
      const sizes = async () =>
        await frame.evaluate<{ width: number; right: number; grid: number }>(
          `({
            width: document.documentElement.clientWidth,
            right: Math.max(...[...document.querySelectorAll('.bar *, [role=tab]')].map((one) => one.getBoundingClientRect().right)),
            grid: document.querySelector('[role=grid]').getBoundingClientRect().height,
          })`,
        );
      await expect.poll(async () => (await sizes()).width).toBeLessThan(640);
      const { width, right, grid: height } = await sizes();
      expect(right).toBeLessThanOrEqual(width);
      expect(height).toBeGreaterThan(100);
      if (process.env['SLUICE_SCREENSHOTS'] === 'editor') await page.screenshot({ path: '/tmp/narrow.png' });
      expect(await violationsInFrame(frame)).toEqual([]);
    } finally {
      await page.setViewportSize({ width: 1_280, height: 800 });
    }
  });

  it('copies what is selected, as it was returned, and without formulas', async () => {
    await rows("SELECT ID, '=1+' || ID AS F, CARD_NUMBER FROM CUSTOMERS ORDER BY ID LIMIT 3");
    await expect.poll(() => frame.locator('#cell-0-0').innerText()).toBe('1');
    await press('Control+Home');
    await press('Control+a');
    await press('Control+Shift+c');
    await expect.poll(() => said().innerText()).toBe('3 rows copied');
    const lines = (await clipboard()).split('\n');
    expect(lines[0]).toBe('ID\tF\tCARD_NUMBER');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/^1\t'=1\+1\t\*{4}/);
  });

  it('exports what was returned, and nothing that a spreadsheet computes', async () => {
    const { page } = signedIn.editor;
    const save = async (button: string, name: string) => {
      await frame.getByRole('button', { name: button }).click();
      const input = page.locator('.quick-input-widget input');
      // The dialog writes its own proposal first.
      await expect.poll(() => input.inputValue()).toMatch(/result\.(csv|json)$/);
      await input.fill(join(signedIn.editor.workspace, name));
      await page.keyboard.press('Enter');
      await expect.poll(() => said().innerText()).toContain(`exported to ${name}`);
      return readFileSync(join(signedIn.editor.workspace, name), 'utf8');
    };
    const csv = await save('Export CSV', 'cards.csv');
    expect(csv).toMatch(/^ID,F,CARD_NUMBER\r\n1,'=1\+1,\*{4}/);
    expect(csv.split('\r\n')).toHaveLength(5);
    const json = JSON.parse(await save('Export JSON', 'cards.json')) as {
      readonly columns: readonly { readonly name: string; readonly masked?: object }[];
      readonly rows: readonly unknown[];
    };
    expect(json.rows).toHaveLength(3);
    expect(json.columns[2]).toMatchObject({ name: 'CARD_NUMBER', masked: { method: expect.any(String) } });
  });

  it('draws a chart of two columns', async () => {
    await rows('SELECT CITY, COUNT(*) AS PEOPLE FROM CUSTOMERS GROUP BY CITY ORDER BY 2 DESC');
    await frame.getByRole('tab', { name: 'Chart' }).click();
    await frame.locator('.chart-bar').first().waitFor();
    expect(await frame.locator('svg[role=img]').getAttribute('aria-label')).toMatch(
      /^PEOPLE by CITY, from \d/,
    );
    expect(await violationsInFrame(frame)).toEqual([]);
  });

  it('shows who is asked while a statement waits, and its result when another person approves', async () => {
    await run("UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 1");
    await frame.getByRole('timer').waitFor();
    expect(await frame.getByRole('timer').innerText()).toMatch(/^\d+ min \d+ s left$/);
    await expect
      .poll(() => frame.locator('.held').innerText())
      .toContain('Asked: data-leads, security · 0 of 1 agreed');
    expect(await violationsInFrame(frame)).toEqual([]);
    const grace = apiClient(signedIn.demo.relay.url, await signedIn.demo.decidingTokenFor('grace'));
    await grace.decide(await nextPending(grace), 'approve', 'fine');
    await expect.poll(() => frame.locator('main').innerText()).toContain('1 updated');
  });

  it('says why a statement was denied, and what the approver proposes', async () => {
    await run("DELETE FROM ORDERS WHERE STATUS = 'cancelled'");
    await frame.locator('.held').waitFor();
    const grace = apiClient(signedIn.demo.relay.url, await signedIn.demo.decidingTokenFor('grace'));
    const { id, binding } = await nextPending(grace);
    const proposal = "DELETE FROM ORDERS WHERE STATUS = 'cancelled' AND ID = 3";
    await grace.post(`/api/approvals/${id}/decision`, {
      version: 1,
      verdict: 'deny',
      binding,
      comment: 'Archive them first',
      proposal,
    });
    await frame.getByRole('heading', { name: 'Denied' }).waitFor();
    expect(await frame.locator('main').innerText()).toContain('Archive them first');
    await frame.getByRole('button', { name: 'Open the proposed statement' }).click();
    await expect
      .poll(() => signedIn.editor.inHost((api) => api.window.activeTextEditor?.document.getText() ?? ''))
      .toBe(proposal);
  });

  it('withdraws a statement that waits', async () => {
    await run('DELETE FROM PAYMENTS WHERE AMOUNT < 0');
    await frame.locator('.held').waitFor();
    await frame.getByRole('button', { name: 'Withdraw' }).click();
    await expect.poll(() => frame.locator('main h1').innerText()).toMatch(/^(Withdrawn|Cancelled)$/);
    const grace = apiClient(signedIn.demo.relay.url, await signedIn.demo.decidingTokenFor('grace'));
    await expect.poll(async () => (await grace.pending()).length).toBe(0);
  });

  it('says by which rule a statement is blocked, where, and what would be allowed', async () => {
    await run("SELECT NAME FROM CUSTOMERS WHERE CARD_NUMBER LIKE '4%'");
    await frame.getByRole('heading', { name: 'Blocked by the policy' }).waitFor();
    expect(await frame.locator('mark').innerText()).toBe("CARD_NUMBER LIKE '4%'");
    expect(await frame.locator('main').innerText()).toMatch(
      /What would be allowed\s+filter and choose by a column/i,
    );
    expect(await violationsInFrame(frame)).toEqual([]);
  });

  it('keeps a history, and shows again what was run before, also after the tab was hidden', async () => {
    await frame.getByRole('button', { name: 'History' }).click();
    const entries = frame.getByRole('navigation', { name: 'History' });
    expect(await violationsInFrame(frame)).toEqual([]);
    await entries.getByRole('button', { name: /GENERATOR/ }).click();
    await expect.poll(() => frame.locator('.summary').innerText()).toContain('100,000 rows');
    await press('Control+End');
    await expect.poll(() => frame.locator('#cell-99999-0').innerText()).toBe('99999');
    // Another tab in its place: the page goes, and comes back where it was.
    await signedIn.editor.inHost(async (api) => {
      const column = api.window.tabGroups.all.find((group) =>
        group.tabs.some((tab) => tab.label === 'Sluice Results'),
      )!.viewColumn;
      await api.window.showTextDocument(await api.workspace.openTextDocument({ content: 'x' }), column);
    });
    await expect.poll(() => frame.isDetached()).toBe(true);
    await signedIn.editor.command('Sluice: Show Results');
    frame = await webviewWith(signedIn.editor.page, '[role=grid]');
    await expect.poll(() => frame.locator('#cell-99999-0').innerText()).toBe('99999');
  });
});

describe.skipIf(!hasEditor)('results when the relay is gone', () => {
  it('says so, and that nothing is lost', async () => {
    const { editor, demo, close } = await signedInEditor();
    try {
      const run = async () =>
        await editor.inHost(async (api) => {
          void api.commands.executeCommand('sluice.results.run', { sql: 'SELECT 1 AS A' });
          return null;
        });
      await run();
      const frame = await webviewWith(editor.page, '[role=grid]');
      await demo.close();
      await run();
      await frame.getByRole('heading', { name: 'The relay does not answer' }).waitFor();
      expect(await frame.locator('main').innerText()).toContain('asked for again by itself');
    } finally {
      await close();
    }
  });
});
