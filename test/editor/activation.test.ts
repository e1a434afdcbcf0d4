import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Editor, hasEditor, openEditor } from './open-editor.ts';

describe.skipIf(!hasEditor)('the extension in a clean editor', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await openEditor();
  });
  afterAll(() => editor?.close());

  it('is active, with every command that its manifest names', async () => {
    const { isActive, missing } = await editor.inHost(async (api) => {
      const extension = api.extensions.getExtension('sluice.sluice')!;
      const contributed = extension.packageJSON.contributes.commands as { readonly command: string }[];
      const registered = await api.commands.getCommands(true);
      return {
        isActive: extension.isActive,
        missing: contributed.map(({ command }) => command).filter((command) => !registered.includes(command)),
      };
    });
    expect({ isActive, missing }).toEqual({ isActive: true, missing: [] });
  });

  it('shows its log when it is asked to, by the palette', async () => {
    await editor.command('Sluice: Show Log');
    await editor.page.locator('.part.panel .title-label, .part.panel .composite-bar').first().waitFor();
    await expect.poll(() => editor.page.locator('.part.panel').innerText()).toContain('Sluice');
  });
});
