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

/** What a person does whom the editor shows a code. */
export async function enterCode({ page }: Editor, who: string): Promise<void> {
  const dialog = page.locator('.monaco-dialog-box');
  const [, code, address] = /Enter the code (\S+) at (\S+),/.exec(await dialog.innerText()) ?? [];
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  const browser = scriptedBrowser(() => who);
  await browser.openExternal(`${address}?user_code=${code}`);
  expect((await browser.ended()).text).toContain('Signed in');
}

export async function statusBar({ page }: Editor): Promise<string> {
  return await page.locator(STATUS).innerText();
}

const STATUS = '[id="sluice.sluice.sluice.status"]';
