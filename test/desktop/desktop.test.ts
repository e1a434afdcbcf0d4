import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import type { Rooms } from '../../desktop-approver/src/run.ts';
import { apiClient } from '../support/api.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { overflowOf, violationsIn } from '../support/console-page.ts';
import { connectDriver, type DriverSession, errorOf } from '../support/driver.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { DesktopPage } from './desktop-in-browser.ts';
import { noWitness } from './support/no-witness.ts';
import { noDownloads } from './support/no-downloads.ts';
import { bookOf, plainRelay, type PlainRelay } from './plain-relay.ts';
import { type StartedDesktop, startDesktop } from './start-desktop.ts';
import { buildDesktop } from './support/built-desktop.ts';

const folder = temporaryFolder();
const newFolder = () => mkdtempSync(join(folder, 'user-'));

describe.skipIf(!hasBrowser)('the desktop app', () => {
  let demo: Demo;
  let browser: Browser;
  let ada: DriverSession;
  beforeAll(async () => {
    await buildDesktop();
    demo = await startDemo({ customers: 50, logLevel: 'silent' });
    browser = await openBrowser();
    ada = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
  });
  afterAll(async () => {
    await ada?.close();
    await browser?.close();
    await demo?.close();
  });

  // Of a test that failed, too.
  afterEach(() => denyAll(demo));

  const start = async (
    names: readonly string[],
    options: Partial<Parameters<typeof startDesktop>[0]> = {},
  ): Promise<StartedDesktop & { readonly relays: PlainRelay[]; readonly acknowledged: object[] }> => {
    const token = await demo.decidingTokenFor('grace');
    const make = (name: string) => plainRelay(name.toLowerCase(), name, demo.relay.url, token);
    const relays = names.map(make);
    const acknowledged: object[] = [];
    const rooms = async (): Promise<Rooms> => ({
      relays: bookOf(relays, (url) => plainRelay('added', new URL(url).host, demo.relay.url, token)),
      downloads: noDownloads(),
      witness: {
        ...noWitness,
        async acknowledge(id, acknowledgement) {
          acknowledged.push(acknowledgement);
          relays.find((relay) => relay.id === id)!.change({ alarm: null });
        },
      },
    });
    const started = await startDesktop({ browser, userData: newFolder(), rooms, ...options });
    onTestFinished(() => started.close());
    return { ...started, relays, acknowledged };
  };

  it('tells who wants what, opens on the request, and lets it run once somebody has agreed', async () => {
    const { stand, shown, relays } = await start(['Acme']);
    await expect.poll(() => relays[0]!.state().connection.type).toBe('connected');
    const update = ada.run("UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 7");
    await expect.poll(() => stand.toasts.length).toBe(1);
    expect(stand.toasts[0]!.options).toMatchObject({
      title: 'Acme',
      body: expect.stringMatching(/^"ada" .*updates SHOP\.PUBLIC\.ORDERS/),
    });
    await expect.poll(() => stand.tray.tip).toBe('Sluice: one request waits for you');
    expect(stand.tray.image).toBe('icons/pending-light.png');
    expect(stand.badges.at(-1)).toBe(1);
    expect(stand.windows).toHaveLength(0);

    stand.toasts[0]!.emit('click');
    const { page, problems, origins } = await shown.pageOf('acme');
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.getByRole('textbox', { name: 'SQL' }).textContent()).toContain('UPDATE ORDERS');
    await approve(page);
    expect((await update).statement.getNumUpdatedRows()).toBe(1);
    await page.getByRole('heading', { name: 'Approved, and it has run.' }).waitFor();
    await expect.poll(() => stand.tray.tip).toBe('Sluice: nobody waits for you');
    expect(stand.toasts[0]!.isShown).toBe(false);
    expect(relays[0]!.decided).toMatchObject([
      { verdict: 'approve', shown: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(problems).toEqual([]);
    // Nothing is asked of the web, or of the relay, by a page.
    expect([...origins]).toEqual([shown.addressOf('sluice-app://acme')]);
  });

  it('denies straight from a notification where the system has buttons', async () => {
    const { stand, relays } = await start(['Acme'], { platform: 'darwin' });
    await expect.poll(() => relays[0]!.state().connection.type).toBe('connected');
    const remove = errorOf(ada.run('DELETE FROM ORDERS WHERE ID = 8'));
    await expect.poll(() => stand.toasts.length).toBe(1);
    expect(stand.toasts[0]!.options.actions!.map(({ text }) => text)).toEqual(['Deny', 'Open']);
    stand.toasts[0]!.emit('action', {}, 0);
    expect((await remove)?.message).toContain('Denied straight from a notification');
    expect(stand.windows).toHaveLength(0);
  });

  it('says on the taskbar of Windows how many wait, and that it is cut off, on windows that come later, too', async () => {
    const { stand, shown, relays } = await start(['Acme', 'Berlin'], { platform: 'win32' });
    const overlays = () => stand.windows.filter(({ isGone }) => !isGone).map(({ overlay }) => overlay);
    menu(stand, 'Open Acme');
    await expect
      .poll(() => relays.map((relay) => relay.state().connection.type))
      .toEqual(['connected', 'connected']);
    await expect.poll(overlays).toEqual([null]);
    const update = errorOf(ada.run("UPDATE ORDERS SET STATUS = 'counted' WHERE ID = 11"));
    // At either relay, as each is the same one here.
    const two = { icon: 'icons/overlay-2.png', text: 'Sluice: 2 requests wait for you' };
    await expect.poll(overlays).toEqual([two]);
    menu(stand, 'Settings …');
    await shown.pageOf('app');
    expect(overlays()).toEqual([two, two]);
    const error = { code: 'relay_unreachable', message: 'it does not answer', advice: '' };
    relays[1]!.change({ connection: { type: 'offline', error } });
    expect(overlays()[0]).toMatchObject({ icon: 'icons/overlay-offline.png' });
    relays[1]!.change({ connection: { type: 'connected' } });
    await denyAll(demo);
    await update;
    await expect.poll(overlays).toEqual([null, null]);
  });

  it('opens a link on its request, once, and says so when no relay has it', async () => {
    const { stand, shown, relays } = await start(['Acme']);
    await expect.poll(() => relays[0]!.state().connection.type).toBe('connected');
    const update = errorOf(ada.run("UPDATE ORDERS SET STATUS = 'soon' WHERE ID = 9"));
    await expect.poll(() => relays[0]!.state().pending.length).toBe(1);
    const { id } = relays[0]!.state().pending[0]!;
    stand.emit('second-instance', {}, ['sluice', '--flag', `sluice://request/${id}`]);
    const { page } = await shown.pageOf('acme');
    await page.getByRole('textbox', { name: 'SQL' }).waitFor();
    expect(stand.windows).toHaveLength(1);
    stand.emit('open-url', { preventDefault() {} }, 'sluice://request/a4b6c1de-0000-4000-8000-000000000000');
    await expect
      .poll(() => stand.asked.map(({ message }) => message))
      .toEqual(['None of your relays has this request']);
    for (const bad of [
      `sluice://request/${id}?verdict=approve`,
      `sluice://approve/${id}`,
      'sluice://request/../x',
    ]) {
      stand.emit('open-url', { preventDefault() {} }, bad);
    }
    expect(stand.asked).toHaveLength(1);
    await denyAll(demo);
    await update;
  });

  it('takes a yes only from the page of the request that is being read', async () => {
    const { stand, shown, relays } = await start(['Acme', 'Other']);
    await expect.poll(() => relays[0]!.state().connection.type).toBe('connected');
    const update = errorOf(ada.run("UPDATE ORDERS SET STATUS = 'x' WHERE ID = 10"));
    await expect.poll(() => relays[0]!.state().pending.length).toBe(1);
    const { id, binding } = relays[0]!.state().pending[0]!;
    // Both tell of it, whichever hears of it first.
    const ofAcme = () => stand.toasts.find(({ options }) => options.title === 'Acme');
    await expect.poll(ofAcme).toBeDefined();
    ofAcme()!.emit('click');
    const { page, window } = await shown.pageOf('acme');
    await page.getByRole('textbox', { name: 'SQL' }).waitFor();
    const yes = { approval: id, shown: binding, verdict: 'approve', comment: '', ...NO_TERMS };
    const decide = (decision: object, of: DesktopPage['page'] = page) =>
      of.evaluate((given) => (globalThis as unknown as Page).sluice.call.decide(given), decision);
    // From the inbox, from another request's page, from a window that nobody looks at.
    await page.getByRole('link', { name: 'Inbox', exact: false }).first().click();
    await page.getByRole('list', { name: 'Waiting' }).waitFor();
    expect(await decide(yes)).toMatchObject({ ok: false, error: { code: 'never_shown' } });
    await page.getByRole('list', { name: 'Waiting' }).getByRole('link').first().click();
    await page.getByRole('textbox', { name: 'SQL' }).waitFor();
    window.hasFocus = false;
    expect(await decide(yes)).toMatchObject({ ok: false, error: { code: 'never_shown' } });
    window.hasFocus = true;
    // Not what the table says.
    expect(await decide({ ...yes, relay: 'other' })).toMatchObject({
      ok: false,
      error: { code: 'call_malformed' },
    });
    expect(await decide({ ...yes, shown: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'call_malformed' },
    });
    // A page speaks for its own relay, whatever else the person is signed in at.
    stand.emit('activate');
    await denyAll(demo);
    await update;
    expect(relays.flatMap(({ decided }) => decided)).toEqual([]);
  });

  it('keeps the pages of one relay from another', async () => {
    const { stand, shown } = await start(['Acme', 'Other']);
    menu(stand, 'Open Acme');
    const { page } = await shown.pageOf('acme');
    await page.getByText('Live', { exact: true }).waitFor();
    const other = shown.addressOf('sluice-app://other/api/approvals');
    // Its own policy keeps it from asking at all.
    const asked = (url: string) =>
      page.evaluate(async (to) => {
        const headers = { 'sluice-api-version': '1' };
        return await fetch(to, { headers }).then(
          ({ status }) => status,
          () => 'refused',
        );
      }, url);
    expect(await asked(other)).toBe('refused');
    expect(await asked(shown.addressOf('sluice-app://acme/api/approvals'))).toBe(200);
    // The app's own calls are not there for a relay's page, not even by their channel.
    const [window] = stand.windows;
    const event = { sender: { id: window!.webContents.id }, senderFrame: { url: window!.url, parent: null } };
    for (const name of ['state', 'removeRelay', 'acknowledgeAlarm']) {
      expect(await stand.invoke(`sluice.app.call.${name}`, event, null)).toMatchObject({
        ok: false,
        error: { code: 'caller_refused' },
      });
    }
    expect(await page.evaluate(() => 'sluiceApp' in globalThis)).toBe(false);
  });

  it('signs out and in again, and says so where the sign-in has ended by itself', async () => {
    const { stand, shown, relays } = await start(['Acme']);
    stand.tray.click();
    const { page } = await shown.pageOf('acme');
    await page.getByText('Live', { exact: true }).waitFor();
    const because = { code: 'sign_in_over', message: 'it is over', advice: '' };
    relays[0]!.change({ person: null, connection: { type: 'signed_out', because } });
    await page.getByRole('heading', { name: 'Your sign-in has ended' }).waitFor();
    await page.getByRole('button', { name: 'Sign in at login.example.com' }).waitFor();
    relays[0]!.change({
      person: { name: 'Grace Hopper', id: 'issuer|grace', until: null, isKept: true },
      connection: { type: 'connected' },
    });
    await page.getByRole('heading', { name: 'Nobody is waiting for you.' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in at login.example.com' }).waitFor();
    expect(relays[0]!.state().person).toBeNull();
  });

  it('begins with how to begin, and takes a relay', async () => {
    const { stand, shown } = await start([]);
    stand.tray.click();
    const { page, problems } = await shown.pageOf('app');
    await page.getByRole('heading', { name: 'Which relay do you decide for?' }).waitFor();
    await page.getByLabel('Address').fill('https://sluice.example.com');
    await page.getByLabel('Address').press('Enter');
    await page.getByRole('heading', { name: 'Your relay is connected, and nobody waits for you.' }).waitFor();
    await page.getByRole('button', { name: 'Enrol this computer' }).click();
    await page.getByText('SHA256:ab12').waitFor();
    await page.getByRole('button', { name: 'Open' }).click();
    await (await shown.pageOf('added')).page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Remove …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click();
    await page.getByRole('heading', { name: 'Which relay do you decide for?' }).waitFor();
    expect(stand.windows.find(({ url }) => url.startsWith('sluice-app://added'))!.isGone).toBe(true);
    expect(problems).toEqual([]);
  });

  it('keeps what is chosen', async () => {
    const userData = newFolder();
    const { stand, shown } = await start(['Acme'], { userData, takenShortcuts: ['Control+Alt+P'] });
    const settings = () => JSON.parse(readFileSync(join(userData, 'settings.json'), 'utf8')) as object;
    menu(stand, 'Settings …');
    const { page, problems } = await shown.pageOf('app');
    await page.getByLabel('Tell me of').selectOption('high');
    await page.getByLabel('Start when I sign in').check();
    await page.getByLabel('Keys that show the window').fill('Control+Shift+L');
    await page.getByLabel('Each day').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(settings()).toMatchObject({
      notifications: { of: 'high' },
      startsAtLogin: true,
      shortcut: 'Control+Shift+L',
      quiet: { isOn: false, hours: { from: '19:00', to: '08:00' } },
    });
    expect(readFileSync(join(userData, 'autostart/sluice.desktop'), 'utf8')).toContain(
      'Exec="/opt/Sluice/sluice" --hidden',
    );
    // Its keys show the window, and that is all that they do.
    stand.shortcuts.get('Control+Shift+L')!();
    await shown.pageOf('acme');
    await page.getByLabel('Keys that show the window').fill('Control+Alt+P');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The shortcut is taken by another program.').waitFor();
    expect(problems).toEqual([]);
  });

  it('says in its settings whether there is a newer release, and where the package names no place to look', async () => {
    const off = await start(['Acme']);
    menu(off.stand, 'Settings …');
    const { page: settings } = await off.shown.pageOf('app');
    await settings.getByText('this package names no place where they are announced').waitFor();
    expect(await settings.getByRole('button', { name: 'Look now' }).count()).toBe(0);

    let isAway = true;
    const { stand, shown } = await start(['Acme'], {
      updater: {
        autoDownload: true,
        autoInstallOnAppQuit: true,
        allowDowngrade: true,
        logger: null,
        on: () => {},
        async checkForUpdates() {
          if (isAway) throw new Error('it is away');
          return { isUpdateAvailable: true, updateInfo: { version: '0.2.0' } } as never;
        },
      },
    });
    menu(stand, 'Settings …');
    const { page, problems } = await shown.pageOf('app');
    await page.getByText('It has not looked for a newer release yet.').waitFor();
    await page.getByRole('button', { name: 'Look now' }).click();
    await page.getByText('Nobody could say whether there is a newer release.').waitFor();
    isAway = false;
    await page.getByRole('button', { name: 'Look now' }).click();
    await page.getByRole('heading', { name: 'Sluice 0.2.0 is there' }).waitFor();
    await page.getByText('installs nothing by itself').waitFor();
    expect(stand.said.quits).toBe(0);
    expect(problems).toEqual([]);
  });

  it('shows a rewritten record until somebody has acted on it', async () => {
    const { stand, shown, relays, acknowledged } = await start(['Acme']);
    relays[0]!.change({ alarm: ALARM });
    const { page, window } = await shown.pageOf('app');
    await page.getByRole('heading', { name: /not the one that this computer saw/ }).waitFor();
    expect(window.onTop).toEqual([true]);
    expect(stand.tray.image).toBe('icons/alarm-light.png');
    await page.getByText('root-before').waitFor();
    // It is there again when it is closed, and no other page comes in its place.
    window.close();
    expect(window.isGone).toBe(false);
    menu(stand, 'Settings …');
    await page.getByRole('heading', { name: /not the one that this computer saw/ }).waitFor();
    const done = page.getByRole('button', { name: 'Close the alarm' });
    const confirm = page.getByLabel(/^Type .* to confirm/);
    await confirm.fill('yes');
    expect(await done.isDisabled()).toBe(true);
    await confirm.fill(new URL(demo.relay.url).host);
    expect(await done.isDisabled()).toBe(true);
    await page.getByLabel('What was found out').fill('a backup was put back; see incident 12');
    await done.click();
    await expect
      .poll(() => acknowledged)
      .toEqual([{ by: 'Grace Hopper', words: 'a backup was put back; see incident 12', next: 'go_on' }]);
    await expect.poll(() => window.isGone).toBe(true);
  });

  it.each(['light', 'dark'] as const)('can be used by everybody, in the %s theme', async (colorScheme) => {
    const { stand, shown, relays } = await start(['Acme'], { context: { colorScheme, bypassCSP: true } });
    menu(stand, 'Relays …');
    const { page } = await shown.pageOf('app');
    const look = async (ready: RegExp) => {
      await page.getByRole('heading', { name: ready }).first().waitFor();
      expect(await violationsIn(page)).toEqual([]);
      await page.setViewportSize({ width: 360, height: 640 });
      expect(await overflowOf(page)).toBeLessThanOrEqual(0);
    };
    await look(/Your relay is/);
    await page.getByRole('link', { name: 'Settings' }).click();
    await look(/How you are told/);
    relays[0]!.change({ alarm: ALARM });
    await look(/not the one that this computer saw/);
  });

  it('asks once whether to go on in the tray', async () => {
    const { stand, shown } = await start(['Acme']);
    stand.tray.click();
    (await shown.pageOf('acme')).window.close();
    await expect
      .poll(() => stand.asked.map(({ message }) => message))
      .toEqual(['Keep Sluice running in the tray?']);
    stand.tray.click();
    (await shown.pageOf('acme')).window.close();
    expect(stand.asked).toHaveLength(1);
    expect(stand.said.quits).toBe(0);
  });
});

interface Page {
  readonly sluice: { readonly call: { decide(given: unknown): Promise<unknown> } };
}

const NO_TERMS = { proposal: null, mostRows: null, grantSeconds: null, grantRows: null };

const ALARM = {
  at: '2026-11-22T12:00:00.000Z',
  why: 'rewritten',
  message: 'The relay shows another history than it did for the first 1,204 events.',
  proof: [],
  kept: 'sluice/acme\n1204\nroot-before\n\n— sluice/acme AbCd',
  shown: 'sluice/acme\n1204\nroot-after\n\n— sluice/acme AbCd',
} as const;

async function approve(page: DesktopPage['page']): Promise<void> {
  const button = page.getByRole('button', { name: 'Approve once' });
  await expect.poll(() => button.isEnabled()).toBe(true);
  await page.keyboard.press('a');
  await page.getByRole('dialog').getByRole('button', { name: 'Approve once' }).click();
}

function menu(stand: StartedDesktop['stand'], label: string): void {
  stand.tray.menu.find((item) => item.label?.startsWith(label) === true)!.click!(
    null as never,
    undefined,
    null as never,
  );
}

async function denyAll(demo: Demo): Promise<void> {
  const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
  for (const request of await grace.pending()) await grace.decide(request, 'deny', 'no');
}
