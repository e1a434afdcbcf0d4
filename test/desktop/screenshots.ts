import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Demo } from '@sluice/demo';
import type { Downloads } from '../../desktop-approver/src/ports.ts';
import { createReplays } from '../../desktop-approver/src/replays/replays.ts';
import { testExports } from './support/test-exports.ts';
import { noWitness } from './support/no-witness.ts';
import { noDownloads } from './support/no-downloads.ts';
import { bookOf, plainRelay } from './plain-relay.ts';
import { LIBRARY_THREAD, startDesktop } from './start-desktop.ts';

/** Sessions on this computer: pinned, of a file that nobody could compare, and one that waits for its log's key. */
async function someDownloads(folder: string): Promise<Downloads & { readonly file: string }> {
  const { files, key, day, small } = await testExports();
  let knows = true;
  const replays = createReplays({
    program: LIBRARY_THREAD,
    path: join(folder, 'replays.db'),
    known: {
      keysOf: async () => (knows ? [key] : []),
      witnessesOf: async () => [],
      learn: async () => {},
      isSeen: async () => small.length > 0 && taken !== small[0],
    },
    now: Date.now,
  });
  let taken = '';
  for (const session of [day, ...small]) {
    taken = session;
    const path = join(folder, `${session}.sluice`);
    writeFileSync(path, files.get(session)!);
    await replays.importFile(path);
  }
  await replays.pin(day, true);
  knows = false;
  return { ...replays, download: async () => {}, file: join(folder, `${day}.sluice`) };
}

/** What people see of the desktop app: its own pages, the alarm, and the console in its window. */
export async function desktopScreenshots(
  browser: Browser,
  demo: Demo,
  colorScheme: 'light' | 'dark',
  fileOf: (what: string) => string,
): Promise<void> {
  const token = await demo.decidingTokenFor('grace');
  const userData = mkdtempSync(join(tmpdir(), 'sluice-shots-'));
  let downloads: Downloads = noDownloads();
  const start = (names: readonly string[]) => {
    const relays = names.map((name) => plainRelay(name.toLowerCase(), name, demo.relay.url, token));
    const started = startDesktop({
      browser,
      userData,
      context: { colorScheme, viewport: { width: 760, height: 720 } },
      rooms: async () => ({
        relays: bookOf(relays, (url) => plainRelay('added', url, demo.relay.url, token)),
        downloads,
        witness: noWitness,
      }),
    });
    return { relays, started };
  };
  const shot = (page: Page, what: string) => page.screenshot({ path: fileOf(what) });

  const none = await start([]).started;
  none.stand.tray.click();
  const first = await none.shown.pageOf('app');
  await first.page.getByRole('heading', { name: /Which relay/ }).waitFor();
  await shot(first.page, 'desktop-first');
  await none.close();

  const kept = await someDownloads(userData);
  downloads = kept;
  const { relays, started } = start(['Acme', 'Berlin']);
  const app = await started;
  const choose = (label: string) =>
    app.stand.tray.menu.find((item) => item.label === label)!.click!(null as never, undefined, null as never);
  await relays[0]!.enrolDevice();
  const at = '2026-11-22T09:14:05.000Z';
  relays[0]!.change({
    record: {
      key: {
        fingerprint: 'e4fc5dfa7fbbb1a8ddf6675d6fa2d542d6ab4b998c4da98fb13c3fbc9c8cd28f',
        since: at,
        isGiven: false,
      },
      kept: { log: 'sluice.example.com/log/0b8e', size: 120_431, at },
    },
  });
  relays[1]!.change({ person: null, connection: { type: 'signed_out', because: null }, pending: [] });
  choose('Relays …');
  const own = await app.shown.pageOf('app');
  await own.page.getByRole('button', { name: /^Sign in at/ }).waitFor();
  await shot(own.page, 'desktop-relays');
  await own.page.getByRole('link', { name: 'Settings' }).click();
  await own.page.getByRole('heading', { name: /How you are told/ }).waitFor();
  await own.page.screenshot({ path: fileOf('desktop-settings'), fullPage: true });
  await own.page.getByRole('link', { name: 'Downloads' }).click();
  await own.page.getByRole('heading', { name: /^4 sessions are kept/ }).waitFor();
  await own.page.screenshot({ path: fileOf('desktop-downloads'), fullPage: true });
  app.stand.files.push(kept.file);
  await own.page.getByRole('button', { name: 'Open a file …' }).click();
  await own.page.getByRole('form', { name: /^By which key/ }).waitFor();
  await shot(own.page, 'desktop-downloads-key');

  app.stand.tray.menu.find(({ label }) => label?.includes('"ada"') === true)?.click!(
    null as never,
    undefined,
    null as never,
  );
  const acme = await app.shown.pageOf('acme');
  await acme.page.setViewportSize({ width: 1_200, height: 860 });
  await acme.page.getByRole('button', { name: 'Approve once' }).waitFor();
  await acme.page.locator('button:not(:disabled)', { hasText: 'Approve once' }).waitFor();
  await shot(acme.page, 'desktop-request');

  relays[0]!.change({ alarm: ALARM });
  await own.page.getByRole('heading', { name: /not the one that this computer saw/ }).waitFor();
  await own.page.screenshot({ path: fileOf('desktop-alarm'), fullPage: true });
  await app.close();
  rmSync(userData, { recursive: true, force: true });
}

const ALARM = {
  at: '2026-11-22T09:14:05.000Z',
  why: 'rewritten',
  message:
    'The relay shows another history than it has signed before: its record was rewritten, or it shows different people different records.',
  kept: 'sluice.example.com/log/0b8e\n120431\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— sluice.example.com/log/0b8e 7f3aQm9…',
  shown:
    'sluice.example.com/log/0b8e\n120431\n9bZ0fM1xv7M4gRz0uWq1uQyG1kq3K3hXn0pGq1p0W7s=\n\n— sluice.example.com/log/0b8e 7f3aQm9…',
  proof: [],
} as const;
