import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { createRelayClient } from '@sluice/contract';
import { fingerprintOf } from '@sluice/record-proof';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ElectronModules } from '../../desktop-approver/src/electron.ts';
import { openRooms } from '../../desktop-approver/src/rooms.ts';
import { testSystem } from '../../desktop-approver/src/secrets/testing.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { connectDriver } from '../support/driver.ts';
import { newDesk } from '../support/desk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { LIBRARY_THREAD, type StartedDesktop, startDesktop } from './start-desktop.ts';
import { buildDesktop } from './support/built-desktop.ts';
import { type Office, openOffice } from './support/office.ts';
import { scriptedBrowser } from '../support/scripted-browser.ts';

const folder = temporaryFolder();

/** Everything that the app is made of, but for Electron: its relays, secrets, witness, windows and pages, and a relay. */
describe.skipIf(!hasBrowser)('the whole desktop app', () => {
  let office: Office;
  let browser: Browser;
  let desktop: StartedDesktop;
  const userData = join(folder, 'user');
  const system = testSystem();
  const start = () =>
    startDesktop({
      browser,
      userData,
      safeStorage: system as unknown as ElectronModules['safeStorage'],
      powerMonitor: new EventEmitter() as unknown as ElectronModules['powerMonitor'],
      openExternal: scriptedBrowser(() => 'alan').openExternal,
      rooms: ({ electron }) =>
        openRooms({
          electron,
          platform: 'linux',
          libraryThread: LIBRARY_THREAD,
          now: () => new Date(),
          after(ms, run) {
            const timer = setTimeout(run, ms);
            return () => clearTimeout(timer);
          },
        }),
    });
  beforeAll(async () => {
    await buildDesktop();
    office = await openOffice({ folder: join(folder, 'office') });
    browser = await openBrowser();
    desktop = await start();
  });
  afterAll(async () => {
    await desktop?.close();
    await browser?.close();
    await office?.close();
  });

  it('takes somebody who has never seen it from a relay’s address to a statement that runs', async () => {
    const { stand, shown } = desktop;
    stand.tray.click();
    const own = await shown.pageOf('app');
    await own.page.getByLabel('Address').fill(office.url);
    await own.page.getByLabel('Name').fill('Acme');
    await own.page.getByRole('button', { name: 'Add the relay' }).click();
    await own.page.getByRole('button', { name: /^Sign in at/ }).click();
    await own.page
      .getByRole('heading', { name: 'Your relay is connected, and nobody waits for you.' })
      .waitFor();

    const ada = await connectDriver(office.url, await office.issuer.tokenFor('ada'));
    const update = ada.run("UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 7");
    await expect.poll(() => stand.toasts.length).toBe(1);
    expect(stand.toasts[0]!.options).toMatchObject({
      title: 'Acme',
      body: expect.stringMatching(/^"ada" .*updates SHOP\.PUBLIC\.ORDERS/),
    });
    stand.toasts[0]!.emit('click');
    const relay = stand.windows.at(-1)!.url.split('/')[2]!;
    const { page, problems, origins } = await shown.pageOf(relay);
    expect(await page.getByRole('textbox', { name: 'SQL' }).textContent()).toContain('UPDATE ORDERS');
    const approve = page.getByRole('button', { name: 'Approve once' });
    await expect.poll(() => approve.isEnabled()).toBe(true);
    await approve.click();
    await page.getByRole('dialog').getByLabel('Comment').fill('yes, order 7');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve once' }).click();
    expect((await update).statement.getNumUpdatedRows()).toBe(1);
    await page.getByRole('heading', { name: 'Approved, and it has run.' }).waitFor();
    await expect.poll(() => stand.tray.tip).toBe('Sluice: nobody waits for you');
    await ada.close();
    expect(problems).toEqual([]);
    expect([...origins]).toEqual([shown.addressOf(`sluice-app://${relay}`)]);
    // What a page can reach of the person's token is nothing.
    const kept = await page.evaluate(
      'JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])',
    );
    expect(kept).not.toMatch(/eyJ/);
  });

  it('is there again after it was ended, signed in as before', async () => {
    await desktop.close();
    desktop = await start();
    await expect.poll(() => desktop.stand.tray.tip).toBe('Sluice: nobody waits for you');
    desktop.stand.tray.click();
    const relay = desktop.stand.windows.at(-1)!.url.split('/')[2]!;
    const { page } = await desktop.shown.pageOf(relay);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('heading', { name: 'Nobody is waiting for you.' }).waitFor();
  });

  it('replays what was kept once the relay is away, and checks its proof', async () => {
    const relay = desktop.stand.windows.at(-1)!.url.split('/')[2]!;
    const { page } = await desktop.shown.pageOf(relay);
    await page.getByRole('link', { name: 'Sessions' }).click();
    await page.getByRole('list', { name: 'Sessions' }).getByRole('link', { name: /ada/ }).first().click();
    await page.getByRole('button', { name: 'Keep on this computer' }).click();
    await page.getByRole('button', { name: 'Kept on this computer' }).or(page.getByRole('alert')).waitFor();
    expect(await page.getByRole('alert').allTextContents()).toEqual([]);
    await office.stop();
    await expect
      .poll(() => desktop.stand.tray.tip)
      .toBe('Sluice: not connected everywhere; nobody waits for you');
    const item = desktop.stand.tray.menu.find(({ label }) => label === 'Downloaded sessions')!;
    item.click!(null as never, undefined, null as never);
    const local = await desktop.shown.pageOf('local');
    await local.page.getByRole('list', { name: 'Sessions' }).getByRole('link').first().click();
    await expect
      .poll(async () => (await local.page.getByRole('option').allTextContents()).join(' '))
      .toMatch(/UPDATE ORDERS/);
    await local.page.keyboard.press('v');
    await local.page.getByRole('button', { name: /^✓? ?Verified/ }).waitFor();
    expect(await local.page.getByRole('button', { name: 'Keep on this computer' }).count()).toBe(0);
    expect(await local.page.getByRole('link', { name: 'Inbox' }).count()).toBe(0);
    expect([...local.origins]).toEqual([desktop.shown.addressOf('sluice-app://local')]);
    await office.start();
  });

  it('shows by which key the record is signed, and raises the alarm when its person was given another one', async () => {
    await expect.poll(() => desktop.stand.tray.tip).toBe('Sluice: nobody waits for you');
    desktop.stand.tray.menu.find(({ label }) => label === 'Relays …')!.click!(
      null as never,
      undefined,
      null as never,
    );
    const { page, problems } = await desktop.shown.pageOf('app');
    const client = createRelayClient({
      url: office.url,
      token: await office.issuer.decidingTokenFor('alan'),
    });
    const [key] = (await client.checkpoints.keys()).keys;
    await page.getByText(fingerprintOf(key!)).waitFor();
    await page.getByText(/^The relay named this key/).waitFor();
    const give = async (text: string) => {
      await page.getByRole('button', { name: 'Compare its key …' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Public key').fill(text);
      await dialog.getByRole('button', { name: 'Compare' }).press('Enter');
      return dialog;
    };
    const dialog = await give('ssh-ed25519 AAAA');
    await dialog.getByRole('alert').getByText('This is no public key of a log.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await give(`-----BEGIN PUBLIC KEY-----\n${key}\n-----END PUBLIC KEY-----\n`);
    await page.getByText(/^It is the key that was pasted here/).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);

    await give(newDesk().device.spki);
    await page.getByRole('heading', { name: /^The record of Acme is not the one/ }).waitFor();
    await page.getByText(/is not the one that was pasted here/).waitFor();
    await expect.poll(() => desktop.stand.tray.tip).toMatch(/record/);
    await page.getByLabel('What was found out, and what was done').fill('it was another relay’s');
    await page.getByLabel(/^Type .* to confirm/).fill(new URL(office.url).host);
    await page.getByRole('button', { name: 'Close the alarm' }).click();
    await expect.poll(() => desktop.stand.tray.tip).toBe('Sluice: nobody waits for you');
    expect(problems).toEqual([]);
  });
});
