import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { HttpExecutor } from 'builder-util-runtime';
import { AppImageUpdater } from 'electron-updater';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createUpdates } from '../../desktop-approver/src/updates/updates.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** `electron-updater` itself, asking a real feed; what of Electron it uses is its network alone. */
class NodeHttp extends HttpExecutor<ReturnType<typeof httpRequest>> {
  override createRequest(options: object, callback: (response: IncomingMessage) => void) {
    return httpRequest(options, callback);
  }
}

const folder = temporaryFolder();
const asked: string[] = [];
let feed: Server;
let files: Record<string, string> = {};
beforeAll(async () => {
  feed = createServer(({ url }, response) => {
    const name = new URL(url ?? '/', 'http://feed').pathname;
    asked.push(name);
    const text = files[name];
    response.writeHead(text === undefined ? 404 : 200).end(text ?? '');
  });
  await new Promise<void>((resolve) => feed.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => feed.close(resolve)));
beforeEach(() => {
  asked.length = 0;
  files = {};
});

const release = (version: string) =>
  `version: ${version}\nfiles:\n  - url: Sluice-${version}.AppImage\n    sha512: ${'A'.repeat(86)}==\n    size: 9\npath: Sluice-${version}.AppImage\nsha512: ${'A'.repeat(86)}==\nreleaseDate: '2026-11-22T00:00:00.000Z'\n`;

function start(channel = 'latest') {
  const { port } = feed.address() as AddressInfo;
  const config = join(folder, `app-update-${channel}.yml`);
  writeFileSync(config, `provider: generic\nurl: http://127.0.0.1:${port}/releases\nchannel: ${channel}\n`);
  const quits: unknown[] = [];
  const updater = new AppImageUpdater(null, {
    version: '0.1.0',
    name: 'sluice',
    isPackaged: true,
    appUpdateConfigPath: config,
    userDataPath: folder,
    baseCachePath: join(folder, 'cache'),
    whenReady: async () => {},
    relaunch: () => quits.push('relaunch'),
    quit: () => quits.push('quit'),
    onQuit: (handler: unknown) => quits.push(handler),
  });
  Object.assign(updater, { httpExecutor: new NodeHttp(), forceDevUpdateConfig: true });
  const timers = new Map<() => void, number>();
  const updates = createUpdates({
    updater,
    now: () => new Date('2026-11-22T09:00:00Z'),
    after(ms, run) {
      timers.set(run, ms);
      return () => timers.delete(run);
    },
  });
  const told: string[] = [];
  updates.onChange(() => told.push(updates.state().type));
  return { updater, updates, told, timers, quits };
}

const YML = process.platform === 'linux' ? '-linux.yml' : process.platform === 'darwin' ? '-mac.yml' : '.yml';

it('says that there is a newer release, downloads nothing of it, and installs nothing when the app ends', async () => {
  files[`/releases/latest${YML}`] = release('0.2.0');
  const { updater, updates, told, quits } = start();
  expect(updates.state()).toEqual({ type: 'unknown' });
  await updates.look();
  expect(updates.state()).toEqual({ type: 'newer', at: '2026-11-22T09:00:00.000Z', version: '0.2.0' });
  expect(told).toEqual(['looking', 'newer']);
  expect([...new Set(asked)]).toEqual([`/releases/latest${YML}`]);
  expect(quits).toEqual([]);
  // What it would have begun to download by now, and what it would do when the app ends.
  expect(await updater.checkForUpdates()).toMatchObject({ isUpdateAvailable: true, downloadPromise: null });
  expect(updater.autoInstallOnAppQuit).toBe(false);
});

it.each(['0.1.0', '0.0.9'])('says that there is none where %s is the newest', async (version) => {
  files[`/releases/latest${YML}`] = release(version);
  const { updates } = start();
  await updates.look();
  expect(updates.state()).toMatchObject({ type: 'newest' });
});

it('looks in the channel that the package names, and goes back to no older release there', async () => {
  files[`/releases/latest${YML}`] = release('9.9.9');
  files[`/releases/beta${YML}`] = release('0.1.0-beta.4');
  const { updates } = start('beta');
  await updates.look();
  expect(updates.state()).toMatchObject({ type: 'newest' });
  expect([...new Set(asked)]).toEqual([`/releases/beta${YML}`]);
});

it.each([
  ['has nothing', undefined],
  ['says what is none', '<html>Sign in</html>'],
  ['names a release that is none', release('newest')],
])('says that nobody could tell where the feed %s, and looks again the next day', async (_, text) => {
  if (text !== undefined) files[`/releases/latest${YML}`] = text;
  const { updates, timers } = start();
  await updates.look();
  expect(updates.state()).toMatchObject({ type: 'failed', trouble: { code: 'updates_unavailable' } });
  expect([...timers.values()]).toEqual([24 * 3_600_000]);
  files[`/releases/latest${YML}`] = release('0.3.0');
  for (const run of timers.keys()) run();
  await expect.poll(() => updates.state()).toMatchObject({ type: 'newer', version: '0.3.0' });
});

it('looks by itself soon after the start, once at a time, and no more once it has ended', async () => {
  files[`/releases/latest${YML}`] = release('0.2.0');
  const { updates, timers } = start();
  expect([...timers.values()]).toEqual([30_000]);
  await Promise.all([updates.look(), updates.look()]);
  expect(asked).toHaveLength(1);
  updates.end();
  expect(timers.size).toBe(0);
  await updates.look();
  expect(asked).toHaveLength(1);
});

it('looks nowhere where the package names no place', async () => {
  const updates = createUpdates({
    updater: null,
    now: () => new Date(),
    after: () => {
      throw new Error('it waits for something');
    },
  });
  await updates.look();
  expect(updates.state()).toEqual({ type: 'off' });
});
