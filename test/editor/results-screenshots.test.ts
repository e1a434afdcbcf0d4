import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Frame } from 'playwright-core';
import { webviewWith } from './in-webview.ts';
import { hasEditor } from './open-editor.ts';
import { signedInEditor } from './signed-in-editor.ts';

/** `SLUICE_SCREENSHOTS=editor npx vitest run test/editor/results-screenshots.test.ts`: docs/screenshots/editor-*.png, to be looked at. */
const isWanted = process.env['SLUICE_SCREENSHOTS'] === 'editor' && hasEditor;
const FOLDER = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));
const THEMES = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
} as const;

describe.runIf(isWanted)('screenshots of results and of the replay', () => {
  it.each(Object.entries(THEMES))('%s', async (name, theme) => {
    const { editor, close } = await signedInEditor({
      demoOptions: { customers: 500 },
      settings: {
        'workbench.colorTheme': theme,
        'workbench.secondarySideBar.defaultVisibility': 'hidden',
        'chat.commandCenter.enabled': false,
      },
    });
    const { page } = editor;
    const shot = async (what: string) => {
      await page.mouse.move(640, 5);
      await page.screenshot({ path: join(FOLDER, `editor-${what}-${name}.png`) });
    };
    const run = async (sql: string) => {
      await editor.inHost(async (api, sql) => {
        const order = { sql, prompt: 'who are our customers?', agent: 'GitHub Copilot' };
        void api.commands.executeCommand('sluice.results.run', order);
        return null;
      }, sql);
    };
    const shown = async (frame: Frame, selector: string) => await frame.locator(selector).first().waitFor();
    try {
      await page.locator('.activitybar .action-label[aria-label^="Sluice"]').first().click();
      const customers = 'SELECT ID, NAME, EMAIL, CARD_NUMBER, CITY, COUNTRY FROM CUSTOMERS ORDER BY ID';
      await run(customers);
      const frame = await webviewWith(page, '.grid-masked');
      // What is run first, everything starts for: the time that is shown is another's.
      await frame.getByRole('button', { name: 'Run again' }).click();
      await frame.getByRole('button', { name: 'History' }).click();
      await frame.getByRole('navigation', { name: 'History' }).getByRole('button').nth(1).waitFor();
      await frame.getByRole('button', { name: 'History' }).click();
      await shown(frame, '.grid-masked');
      await page.getByRole('treeitem', { name: /GitHub Copilot/ }).waitFor();
      await shot('results-rows');
      await run('SELECT CITY, COUNT(*) AS PEOPLE FROM CUSTOMERS GROUP BY CITY ORDER BY 2 DESC');
      await frame.getByRole('tab', { name: 'Chart' }).click();
      await shown(frame, '.chart-bar');
      await shot('results-chart');
      await run("UPDATE ORDERS SET STATUS = 'paid' WHERE CUSTOMER_ID = 7");
      await shown(frame, '.held .sentence');
      await page.getByRole('treeitem', { name: /min left/ }).waitFor();
      await shot('results-held');
      await run("SELECT NAME FROM CUSTOMERS WHERE CARD_NUMBER LIKE '4%'");
      await shown(frame, '.refused');
      await shot('results-blocked');
      // The request, whose sentence names the agent as well, is above it.
      await page
        .getByRole('treeitem', { name: /GitHub Copilot/ })
        .last()
        .click();
      const replay = await webviewWith(page, '.replay');
      await replay
        .getByText(/rows, \d columns masked/)
        .first()
        .click();
      await shown(replay, '.grid-masked');
      await shot('replay');
      expect(await replay.locator('.grid-masked').count()).toBeGreaterThan(0);
    } finally {
      await close();
    }
  });
});
