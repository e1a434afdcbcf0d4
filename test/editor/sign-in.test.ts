import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scriptedBrowser } from '../support/scripted-browser.ts';
import { type Editor, hasEditor, openEditor } from './open-editor.ts';
import { signIn, statusBar } from './sign-in.ts';

describe.skipIf(!hasEditor)('signing in at a relay', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await openEditor();
  });
  afterAll(() => editor?.close());

  const step = (name: string) => editor.page.locator(`[data-done-step-id$="sluice.start#${name}"]`);

  it('has a walkthrough that says how to begin', async () => {
    await editor.inHost((api) => void api.commands.executeCommand('sluice.openWalkthrough'));
    await step('relay').first().waitFor();
    for (const name of ['relay', 'signIn', 'ask', 'waits']) await step(name).first().waitFor();
    expect(await step('relay').first().getAttribute('aria-checked')).toBe('false');
    expect(await step('signIn').first().getAttribute('aria-checked')).toBe('false');
    await editor.page.getByRole('button', { name: 'Add a Relay' }).first().waitFor();
  });

  it('is by a code where the browser is on another machine than the editor', async () => {
    expect(await statusBar(editor)).toContain('Sluice: sign in');
    await signIn(editor, 'ada');
    await expect.poll(() => statusBar(editor)).toContain(new URL(editor.demo.relay.url).host);
    const sessions = await editor.inHost(async (api) => {
      const found = await api.authentication.getAccounts('sluice');
      return found.map(({ label }) => label);
    });
    expect(sessions).toEqual([expect.stringContaining('ada')]);
  });

  it('ticks off the steps of the walkthrough that are done, and no others', async () => {
    const checked = async (name: string) => await step(name).first().getAttribute('aria-checked');
    await expect.poll(() => checked('relay')).toBe('true');
    await expect.poll(() => checked('signIn')).toBe('true');
    expect(await checked('ask')).toBe('false');
  });
});

describe.skipIf(!hasEditor)('signing in by the browser of the same machine', () => {
  it('comes back to a port of the machine, and the page says that it can be closed', async () => {
    // As on a desktop: this editor is a page itself, where a code is what fits.
    const editor = await openEditor({ settings: { 'sluice.signIn.method': 'browser' } });
    try {
      const { page, demo } = editor;
      await editor.inHost(
        (api, url) => void api.commands.executeCommand('sluice.addRelay', url),
        demo.relay.url,
      );
      const opened = await page.context().waitForEvent('page', { timeout: 120_000 });
      // This editor leads to ports of its machine by a way of its own, which the demo's issuer knows nothing of.
      const { pathname, search } = new URL(opened.url());
      const [, port, path] = /^\/proxy\/(\d+)(\/.*)$/.exec(pathname)!;
      expect(port).toBe(new URL(demo.issuer).port);
      const browser = scriptedBrowser(() => 'ada');
      await browser.openExternal(`http://127.0.0.1:${port}${path}${search}`);
      expect((await browser.ended()).text).toContain('You are signed in');
      await expect.poll(() => statusBar(editor)).toContain('ada');
    } finally {
      await editor.close();
    }
  });
});
