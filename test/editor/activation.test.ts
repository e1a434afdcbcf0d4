import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as vscode from 'vscode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Editor, hasEditor, openEditor } from './open-editor.ts';

/** What desktop editors are checked by too. */
interface Checks {
  readonly CHECKS: readonly {
    readonly name: string;
    readonly run: (api: typeof vscode) => Promise<void>;
  }[];
}

const place = fileURLToPath(new URL('desktop/checks.cjs', import.meta.url));
const { CHECKS } = createRequire(place)(place) as Checks;

describe.skipIf(!hasEditor)('the extension in a clean editor', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await openEditor();
  });
  afterAll(() => editor?.close());

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

  it.each(CHECKS.map(({ name }) => name))('as in a desktop: %s', async (name) => {
    const checked = editor.inHost(
      async (api, { place, name }) => {
        const checks = process.getBuiltinModule('node:module').createRequire(place)(place) as Checks;
        await checks.CHECKS.find((check) => check.name === name)!.run(api);
      },
      { place, name },
    );
    // Nothing is wrong: what is, is thrown there.
    await expect(checked).resolves.toBeNull();
  });

  it('shows its log when it is asked to, by the palette', async () => {
    await editor.command('Sluice: Show Log');
    await editor.page.locator('.part.panel .title-label, .part.panel .composite-bar').first().waitFor();
    await expect.poll(() => editor.page.locator('.part.panel').innerText()).toContain('Sluice');
  });
});
