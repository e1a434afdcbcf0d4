import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { webviewWith } from './in-webview.ts';
import { hasEditor, openEditor } from './open-editor.ts';
import { codeOf, enterCode, statusBar } from './sign-in.ts';

/** `SLUICE_SCREENSHOTS=editor npx vitest run test/editor/first-steps-screenshots.test.ts`: docs/screenshots/editor-*.png, to be looked at. */
const isWanted = process.env['SLUICE_SCREENSHOTS'] === 'editor' && hasEditor;
const FOLDER = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));
const THEMES = { light: 'Default Light Modern', dark: 'Default Dark Modern' } as const;

describe.runIf(isWanted)('screenshots of the first steps', () => {
  it.each(Object.entries(THEMES))('%s', async (name, theme) => {
    const editor = await openEditor({
      context: { viewport: { width: 1_280, height: 800 }, colorScheme: name === 'dark' ? 'dark' : 'light' },
      settings: {
        'workbench.colorTheme': theme,
        'workbench.secondarySideBar.defaultVisibility': 'hidden',
        'chat.commandCenter.enabled': false,
      },
    });
    const { page, demo } = editor;
    const shot = async (what: string, of = page) => {
      await of.mouse.move(640, 5);
      await of.screenshot({ path: join(FOLDER, `editor-${what}-${name}.png`) });
    };
    const status = page.locator('[id="sluice.sluice.sluice.status"]');
    try {
      await editor.inHost((api) => void api.commands.executeCommand('sluice.openWalkthrough'));
      await page.locator('[data-done-step-id$="sluice.start#relay"]').first().waitFor();
      // What a step shows beside it is a page of its own.
      await webviewWith(page, 'h2');
      await shot('walkthrough');
      await editor.inHost(
        (api, url) => void api.commands.executeCommand('sluice.addRelay', url),
        demo.relay.url,
      );
      await page.locator('.monaco-dialog-box').waitFor();
      await shot('sign-in');
      const { code, address } = await codeOf(editor);
      const other = await page.context().newPage();
      await other.goto(`${address}?user_code=${code}`);
      await other.locator('body').waitFor();
      await shot('sign-in-page', other);
      await other.close();
      await enterCode(editor, 'ada');
      await page.locator('[id="sluice.sluice.sluice.status"]', { hasText: 'ada' }).waitFor();
      await page.locator('[data-done-step-id$="sluice.start#signIn"][aria-checked="true"]').first().waitFor();
      await shot('walkthrough-signed-in');
      await status.click();
      await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
      await shot('status-menu');
      await page.keyboard.press('Escape');
      await status.hover();
      await page.locator('.monaco-hover:visible', { hasText: /ada/ }).first().waitFor();
      await page.screenshot({ path: join(FOLDER, `editor-status-${name}.png`) });
      await demo.relay.close();
      await status
        .locator('[aria-label^="Sluice: offline"]')

        .first()
        .waitFor();
      await status.hover();
      await page.locator('.monaco-hover:visible', { hasText: /again/ }).first().waitFor();
      await page.screenshot({ path: join(FOLDER, `editor-status-offline-${name}.png`) });
      expect(await statusBar(editor)).toContain('ada');
    } finally {
      await editor.close();
    }
  });
});
