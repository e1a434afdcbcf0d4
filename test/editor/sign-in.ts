import { expect } from 'vitest';
import { scriptedBrowser } from '../support/scripted-browser.ts';
import type { Editor } from './open-editor.ts';

/**
 * Adds the demo's relay, if it is not known, and signs somebody in there with a code, as is right for an editor in a browser: they
 * read it in the editor's dialog and enter it elsewhere.
 *
 * @param who one of the demo's people: `ada`.
 * @param relay where the editor reaches it, if that is not its own address.
 */
export async function signIn(editor: Editor, who: string, relay = editor.demo.relay.url): Promise<void> {
  const { page } = editor;
  await editor.inHost((api, url) => void api.commands.executeCommand('sluice.addRelay', url), relay);
  await enterCode(editor, who);
  // Not polled by `expect`, which only a test may: this is for a hook, too.
  await page.locator(STATUS, { hasText: who }).waitFor();
  await page.keyboard.press('Escape');
}

/** The code that the editor's dialog shows, with the page where it is entered. */
export async function codeOf({ page }: Editor): Promise<{ readonly code: string; readonly address: string }> {
  const text = await page.locator('.monaco-dialog-box').innerText();
  const [, code = '', address = ''] = /Enter the code (\S+) at (\S+),/.exec(text) ?? [];
  return { code, address };
}

/** What a person does whom the editor shows a code. */
export async function enterCode(editor: Editor, who: string): Promise<void> {
  const { code, address } = await codeOf(editor);
  await editor.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Cancel' }).click();
  const browser = scriptedBrowser(() => who);
  await browser.openExternal(`${address}?user_code=${code}`);
  expect((await browser.ended()).text).toContain('Signed in');
}

export async function statusBar({ page }: Editor): Promise<string> {
  return await page.locator(STATUS).innerText();
}

const STATUS = '[id="sluice.sluice.sluice.status"]';
