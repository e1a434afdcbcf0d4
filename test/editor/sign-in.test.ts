import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Editor, hasEditor, openEditor } from './open-editor.ts';
import { signIn, statusBar } from './sign-in.ts';

describe.skipIf(!hasEditor)('signing in at a relay', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await openEditor();
  });
  afterAll(() => editor?.close());

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
});
