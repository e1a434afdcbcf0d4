import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

/**
 * What only Electron itself can show. Its binary is in no package registry: `ELECTRON_OVERRIDE_DIST_PATH` names the folder of
 * one (docs/desktop.md). Without, these are left out, and the run says so.
 */
const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';
const binary = ['electron', 'electron.exe', 'Electron.app/Contents/MacOS/Electron']
  .map((name) => join(dist, name))
  .find((path) => dist !== '' && existsSync(path));
const built = fileURLToPath(new URL('../../desktop-approver/dist', import.meta.url));
const folder = temporaryFolder();

describe.skipIf(binary === undefined)(
  'the app in Electron itself (ELECTRON_OVERRIDE_DIST_PATH names none here)',
  () => {
    let app: ElectronApplication;
    beforeAll(async () => {
      spawnSync(process.execPath, [join(built, '../bin/build.ts')], { stdio: 'inherit' });
      app = await _electron.launch({
        executablePath: binary!,
        args: [built, `--user-data-dir=${folder}`, ...(process.platform === 'linux' ? ['--no-sandbox'] : [])],
      });
    });
    afterAll(() => app?.close());

    it('runs on the Node that it is written for', async () => {
      const version = await app.evaluate(() => process.versions.node);
      expect(version).toMatch(/^24\./);
    });

    it('shows its first page, from its own scheme, under its policy', async () => {
      const page = await app.firstWindow();
      await page.getByRole('heading', { name: 'Which relay do you decide for?' }).waitFor();
      expect(page.url()).toBe('sluice-app://app/relays');
      expect(await page.evaluate('location.origin')).toBe('sluice-app://app');
      expect(await page.evaluate('isSecureContext')).toBe(true);
      await expect(page.evaluate('(0, eval)("1 + 1")')).rejects.toThrow(
        /unsafe-eval|Content Security Policy|trusted/i,
      );
    });

    it('gives a page the bridge, and nothing of Node or Electron', async () => {
      const page = await app.firstWindow();
      expect(await page.evaluate('[typeof require, typeof process, typeof module, typeof Buffer]')).toEqual(
        Array.from({ length: 4 }, () => 'undefined'),
      );
      expect(await page.evaluate('Object.keys(window.sluiceApp)')).toEqual(['call', 'on']);
      expect(await page.evaluate('typeof window.sluice')).toBe('undefined');
      expect(await page.evaluate('window.sluiceApp.call.state(null).then(({ ok }) => ok)')).toBe(true);
    });

    it('keeps a page where it is, and lets it ask nobody else', async () => {
      const page = await app.firstWindow();
      await page.evaluate('void (location.href = "https://example.com/")');
      await page.evaluate('void open("https://example.com/")');
      expect(app.windows()).toHaveLength(1);
      expect(page.url()).toBe('sluice-app://app/relays');
      const asks = (url: string) =>
        page.evaluate(
          (to) =>
            fetch(to, { headers: { 'sluice-api-version': '1' } }).then(
              ({ status }) => status,
              () => 'refused',
            ),
          url,
        );
      expect(await asks('https://example.com/')).toBe('refused');
      expect(await asks('sluice-app://acme/api/approvals')).toBe('refused');
      expect(await asks('sluice-app://app/api/approvals')).toBe(404);
    });

    it('gives a page no permission', async () => {
      const page = await app.firstWindow();
      const state = (name: string) =>
        page.evaluate(`navigator.permissions.query({ name: '${name}' }).then(({ state }) => state)`);
      for (const name of ['camera', 'microphone', 'geolocation', 'notifications']) {
        expect([name, await state(name)]).toEqual([name, 'denied']);
      }
    });

    it('has one window for a second start', async () => {
      const second = spawnSync(binary!, [built, `--user-data-dir=${folder}`, '--no-sandbox'], {
        timeout: 60_000,
      });
      expect(second.status).toBe(0);
      expect(app.windows()).toHaveLength(1);
    });
  },
);
