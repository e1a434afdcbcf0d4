import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Downloads } from '../../desktop-approver/src/ports.ts';
import { createReplays } from '../../desktop-approver/src/replays/replays.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { overflowOf, violationsIn } from '../support/console-page.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { bookOf } from './plain-relay.ts';
import { noWitness } from './support/no-witness.ts';
import { LIBRARY_THREAD, startDesktop } from './start-desktop.ts';
import { buildDesktop } from './support/built-desktop.ts';
import { testExports, type TestExports } from './support/test-exports.ts';

const folder = temporaryFolder();

describe.skipIf(!hasBrowser)('the page of downloads', () => {
  let browser: Browser;
  let exports: TestExports;
  beforeAll(async () => {
    await buildDesktop();
    browser = await openBrowser();
    exports = await testExports();
  });
  afterAll(() => browser?.close());

  /** The page of an app that knows the log's key, or of one that does not. */
  const start = async ({
    knows = true,
    context,
    prepare = async () => {},
  }: {
    readonly knows?: boolean;
    readonly context?: BrowserContextOptions;
    readonly prepare?: (downloads: Downloads, path: string) => Promise<void>;
  } = {}) => {
    const userData = mkdtempSync(join(folder, 'user-'));
    const path = join(userData, 'replays.db');
    const learnt: string[] = [];
    const replays = createReplays({
      program: LIBRARY_THREAD,
      path,
      known: {
        keysOf: async () => (knows ? [exports.key] : learnt),
        witnessesOf: async () => [],
        learn: async (_, key) => void learnt.push(key),
        isSeen: async () => knows,
      },
      now: Date.now,
    });
    const downloads: Downloads = { ...replays, download: async () => {} };
    await prepare(downloads, path);
    const rooms = async () => ({
      relays: bookOf([], () => {
        throw new Error('there is no relay');
      }),
      downloads,
      witness: noWitness,
    });
    const started = await startDesktop({
      browser,
      userData,
      rooms,
      ...(context === undefined ? {} : { context }),
    });
    onTestFinished(() => started.close());
    const menu = started.stand.tray.menu.find(({ label }) => label === 'Manage downloads …')!;
    menu.click!(null as never, undefined, null as never);
    const { page, problems } = await started.shown.pageOf('app');
    return { ...started, page, problems, userData, path, downloads };
  };
  const fileOf = (session: string, name = `${session}.sluice`) => {
    const path = join(folder, name);
    writeFileSync(path, exports.files.get(session)!);
    return path;
  };
  const takenIn = async (downloads: Downloads) => {
    for (const session of [exports.day, ...exports.small]) await downloads.importFile(fileOf(session));
  };

  it('begins with what one can do, and takes a file that the system’s dialog chose, by the keyboard', async () => {
    const { page, stand, shown, problems } = await start();
    await page.getByRole('heading', { name: 'No session is kept on this computer.' }).waitFor();
    stand.files.push(fileOf(exports.day));
    await page.getByRole('button', { name: 'Open a file …' }).focus();
    await page.keyboard.press('Enter');
    await page
      .getByRole('heading', { name: /^One session is kept on this computer: \d.* of 1 GB\.$/ })
      .waitFor();
    const kept = page.getByRole('list', { name: 'Sessions on this computer' }).getByRole('listitem');
    expect(await kept.textContent()).toMatch(
      /alice, through copilot.*11 events.*signed by key [0-9a-f]{16}…/,
    );
    await kept.getByRole('button', { name: 'Replay' }).click();
    const local = await shown.pageOf('local');
    await local.page.getByRole('heading', { name: /alice/ }).first().waitFor();
    expect(local.window.url).toContain(exports.day);
    expect(problems).toEqual([]);
  });

  it('pins, so that it stays, and removes once that was confirmed; each shows at once', async () => {
    const { page, downloads } = await start({ prepare: takenIn });
    await page.getByRole('heading', { name: /^4 sessions are kept/ }).waitFor();
    const of = (name: string) => page.getByRole('listitem', { name: new RegExp(`^${name}, through`) });
    await of('bob').getByRole('button', { name: 'Pin' }).click();
    await of('bob').getByRole('button', { name: 'Unpin' }).waitFor();
    expect((await downloads.room()).pinned).toBe(exports.files.get(exports.small[0]!)!.length);
    await page.getByText(/ of it are pinned\./).waitFor();
    await of('bob').getByRole('button', { name: 'Unpin' }).click();
    await of('bob').getByRole('button', { name: 'Pin', exact: true }).waitFor();

    await of('carol').getByRole('button', { name: 'Remove …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect((await downloads.list()).length).toBe(4);
    await of('carol').getByRole('button', { name: 'Remove …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click();
    await page.getByRole('heading', { name: /^3 sessions are kept/ }).waitFor();
    expect(await of('carol').count()).toBe(0);
    expect((await downloads.list()).map(({ summary }) => summary.name).toSorted()).toEqual([
      'alice',
      'bob',
      'dave',
    ]);
    const meter = page.getByRole('meter', { name: 'Room for downloads' });
    const { used } = await downloads.room();
    await expect.poll(() => meter.getAttribute('value')).toBe(String(used));
  });

  it('asks for the key of a log that nobody here knows, and takes the file by the right one alone', async () => {
    const { page, stand, problems } = await start({ knows: false });
    await page.getByRole('heading', { name: 'No session is kept on this computer.' }).waitFor();
    // By a double click, as it comes.
    stand.emit('open-file', { preventDefault() {} }, fileOf(exports.day, 'evidence.sluice'));
    const form = page.getByRole('form', { name: 'By which key is evidence.sluice to be checked?' });
    await form.getByLabel('Public key').fill('ssh-ed25519 AAAA');
    await form.getByRole('button', { name: 'Check the file' }).click();
    await form.getByRole('alert').getByText('This is no public key of a log.').waitFor();
    const other = (await testExports()).key;
    await form.getByLabel('Public key').fill(other);
    await form.getByRole('button', { name: 'Check the file' }).click();
    await form
      .getByRole('alert')
      .getByText(/not signed by a key that is trusted/)
      .waitFor();
    await form
      .getByLabel('Public key')
      .fill(`-----BEGIN PUBLIC KEY-----\n${exports.key}\n-----END PUBLIC KEY-----\n`);
    await form.getByRole('button', { name: 'Check the file' }).click();
    await page.getByRole('heading', { name: /^One session is kept/ }).waitFor();
    expect(await form.count()).toBe(0);
    // Nobody could say whether it is of the history that was seen.
    await page.getByText('not compared yet').waitFor();
    expect(problems).toEqual([]);
  });

  it('says what comes in, and has it called off; and what was cut short can be forgotten', async () => {
    const called: string[] = [];
    const session = exports.small[0]!;
    const { page } = await start({
      prepare: async (downloads) => {
        Object.assign(downloads, {
          coming: () =>
            called.length > 0 ? [] : [{ session, relay: null, events: 1_204, bytes: 5_000_000 }],
          cancel: (id: string) => called.push(id),
          interrupted: async () => (called.length > 1 ? [] : [{ session: exports.day, relay: 'gone' }]),
          forget: async (id: string) => void called.push(id),
        });
      },
    });
    await page.getByText('A file: 1,204 events, 4.8 MB so far').waitFor();
    await page.getByRole('button', { name: 'Call off' }).click();
    await expect.poll(() => called).toEqual([session]);
    await page.getByRole('button', { name: 'Download again' }).click();
    await page.getByRole('alert').getByText('Its relay is not in your list any more.').waitFor();
    await page.getByRole('button', { name: 'Forget it' }).click();
    await expect.poll(() => called).toEqual([session, exports.day]);
  });

  it('says when the file is damaged, and begins a new one beside it', async () => {
    const { page, path, userData } = await start({
      prepare: async (downloads, path) => {
        await takenIn(downloads);
        await downloads.close();
        writeFileSync(path, readFileSync(path).fill(0xab, 0, 2_000));
      },
    });
    await page.getByRole('heading', { name: 'The sessions on this computer cannot be read.' }).waitFor();
    await page.getByText('Your downloaded sessions cannot be opened. Downloads says why.').waitFor();
    await page.getByRole('button', { name: 'Put the file aside and begin a new one' }).click();
    await page.getByRole('heading', { name: 'No session is kept on this computer.' }).waitFor();
    expect(readdirSync(userData).some((name) => name.startsWith('replays.db.damaged-'))).toBe(true);
    expect(path).toContain(userData);
  });

  it('has as much room as the settings say', async () => {
    const { page, downloads, userData } = await start({ prepare: takenIn });
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByLabel('Room for downloaded sessions, GB').fill('3');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await expect.poll(async () => (await downloads.room()).limit).toBe(3 * 2 ** 30);
    expect(JSON.parse(readFileSync(join(userData, 'settings.json'), 'utf8'))).toMatchObject({
      downloadsGiB: 3,
    });
    await page.getByRole('link', { name: 'Downloads' }).click();
    await page.getByRole('heading', { name: /of 3 GB\.$/ }).waitFor();
  });

  it.each(['light', 'dark'] as const)('can be used by everybody, in the %s theme', async (colorScheme) => {
    const { page, stand } = await start({ context: { colorScheme, bypassCSP: true }, prepare: takenIn });
    await page.getByRole('heading', { name: /^4 sessions are kept/ }).waitFor();
    expect(await violationsIn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Open a file …' }).hover();
    expect(await violationsIn(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 640 });
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Remove …' }).first().click();
    await page.getByRole('dialog').waitFor();
    expect(await violationsIn(page)).toEqual([]);
    await page.keyboard.press('Escape');
    const unknown = await start({ knows: false, context: { colorScheme, bypassCSP: true } });
    unknown.stand.files.push(fileOf(exports.day, 'evidence-of-a-very-long-afternoon.sluice'));
    await unknown.page.getByRole('button', { name: 'Open a file …' }).click();
    await unknown.page.getByRole('form').waitFor();
    expect(await violationsIn(unknown.page)).toEqual([]);
    await unknown.page.setViewportSize({ width: 360, height: 640 });
    expect(await overflowOf(unknown.page)).toBeLessThanOrEqual(0);
    expect(stand.asked).toEqual([]);
  });
});
