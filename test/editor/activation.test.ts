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

  it('has read little to start', async () => {
    // Where nobody is signed in, nothing of what is large has been needed. On a quiet machine that is what the time is made of.
    const loaded = await editor.inHost((api) => {
      const folder = api.extensions.getExtension('sluice.sluice')!.extensionPath;
      const { Module } = process.getBuiltinModule('node:module');
      const cache = (Module as unknown as { readonly _cache: Readonly<Record<string, unknown>> })._cache;
      const { statSync } = process.getBuiltinModule('node:fs');
      return Object.keys(cache).flatMap((path) =>
        path.startsWith(folder) ? [{ path: path.slice(folder.length + 1), bytes: statSync(path).size }] : [],
      );
    });
    expect(loaded.map(({ path }) => path)).toContain('extension.cjs');
    expect(loaded.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(150_000);
  });

  it('shows its log when it is asked to, by the palette', async () => {
    await editor.command('Sluice: Show Log');
    await editor.page.locator('.part.panel .title-label, .part.panel .composite-bar').first().waitFor();
    await expect.poll(() => editor.page.locator('.part.panel').innerText()).toContain('Sluice');
  });
});
