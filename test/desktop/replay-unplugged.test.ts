import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRelayClient } from '@sluice/contract';
import { type Demo, startDemo } from '@sluice/demo';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Browser } from 'playwright-core';
import { createReplays } from '../../desktop-approver/src/replays/replays.ts';

import { hasBrowser, openBrowser } from '../support/browser.ts';
import { connectDriver } from '../support/driver.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { bookOf } from './plain-relay.ts';
import { noWitness } from './support/no-witness.ts';
import { LIBRARY_THREAD, startDesktop } from './start-desktop.ts';
import { buildDesktop } from './support/built-desktop.ts';

describe.skipIf(!hasBrowser)('with the relay gone', () => {
  const folder = temporaryFolder();
  let browser: Browser;
  let demo: Demo | null = null;
  beforeAll(async () => {
    await buildDesktop();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  it('a session that came as a file is played, with its masked rows, and proves itself in the app’s pages', async () => {
    demo = await startDemo({ customers: 50, logLevel: 'silent' });
    const ada = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
    await ada.run('SELECT ID, NAME, EMAIL FROM CUSTOMERS ORDER BY ID LIMIT 20');
    await ada.close();
    const client = createRelayClient({ url: demo.relay.url, token: await demo.decidingTokenFor('alan') });
    const { sessions } = await client.sessions.list({ query: { name: 'ada' } });
    const { session } = sessions[0]!;
    const { keys } = await client.checkpoints.keys();
    const exported = Buffer.concat(
      await Array.fromAsync(await client.sessions.export({ params: { id: session } })),
    );
    await demo.close();
    demo = null;

    const replays = createReplays({
      program: LIBRARY_THREAD,
      path: join(folder, 'replays.db'),
      known: {
        keysOf: async () => keys,
        witnessesOf: async () => [],
        learn: async () => {},
        isSeen: async () => false,
      },
      now: Date.now,
    });
    const rooms = async () => ({
      relays: bookOf([], () => {
        throw new Error('there is no relay');
      }),
      downloads: replays,
      witness: noWitness,
    });
    const { stand, shown, close } = await startDesktop({ browser, userData: temporaryFolder(), rooms });
    onTestFinished(async () => {
      await close();
      await replays.close();
    });
    const file = join(folder, 'evidence.sluice');
    writeFileSync(file, exported);
    stand.emit('open-file', { preventDefault() {} }, file);

    const { page, problems } = await shown.pageOf('local');
    await page.getByRole('heading', { name: /^ada ran one statement$/ }).waitFor();
    await page.getByRole('option', { name: /20 rows, 2 columns masked/ }).click();
    const table = page.getByRole('table', { name: 'Rows as they were returned' });
    await table.locator('.grid-masked').first().waitFor();
    await page.getByRole('button', { name: 'Play' }).waitFor();
    await page.keyboard.press('Home');
    await page.getByRole('button', { name: 'Play' }).click();
    await page.getByRole('option', { selected: true, name: /The client closed the session/ }).waitFor();
    await page.keyboard.press('v');
    await page.getByText(/^Verified, signed by key/).waitFor();
    // The shell around the page asks for what takes the relay, and is told so.
    expect(problems.filter((problem) => !problem.includes('404'))).toEqual([]);
  });
});
