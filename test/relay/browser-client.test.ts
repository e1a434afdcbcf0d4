import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { connectDriver } from '../support/driver.ts';
import { relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(temporaryFolder(), 'contract');
const zod = dirname(fileURLToPath(import.meta.resolve('zod')));

/**
 * A page of the relay's own origin, as a console's is, with the contract's modules as they ship. It is one that the relay
 * serves: a browser keeps made-up pages from what runs on its own machine.
 */
async function openPage(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.route(`${url}/modules/**`, async (route) => {
    const path = normalize(new URL(route.request().url()).pathname).slice('/modules/'.length);
    const file = path.startsWith('zod/') ? join(zod, path.slice('zod/'.length)) : join(built, 'src', path);
    if (!existsSync(file)) return route.fulfill({ status: 404 });
    return route.fulfill({ contentType: 'text/javascript', body: readFileSync(file) });
  });
  await page.goto(`${url}/healthz`);
  await page.addScriptTag({
    type: 'importmap',
    content: '{ "imports": { "zod": "/modules/zod/index.js" } }',
  });
  return page;
}

interface Told {
  readonly states: readonly string[];
  readonly phases: readonly string[];
}

describe.skipIf(!hasBrowser)('the typed client in a browser', () => {
  let issuer: LocalIssuer;
  let browser: Browser;
  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'build-package.ts'), 'contract', built], { stdio: 'inherit' });
    issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await issuer?.close();
  });

  it('is told of a statement, decides on it, and comes back after a restart of the relay', async () => {
    const place = await relayPlace(temporaryFolder(), issuer);
    const first = await place.start(() => {});
    const page = await openPage(browser, place.url);
    const token = await issuer.decidingTokenFor('grace');
    await page.evaluate(`(async () => {
      const { createLiveClient, createRelayClient } = await import('/modules/index.js');
      const options = { url: location.origin, token: ${JSON.stringify(token)} };
      const told = { states: [], phases: [] };
      const onState = ({ type }) => told.states.push(type);
      const live = createLiveClient({ ...options, random: () => 0, onState });
      live.subscribe({ name: 'approvals' }, (update) => {
        if (update.type === 'approval') told.phases.push(update.approval.phase);
      });
      const client = createRelayClient(options);
      const approve = async () => {
        const { approvals } = await client.approvals.list();
        const { id, binding } = approvals.find(({ phase }) => phase === 'asked');
        const body = { version: 1, verdict: 'approve', binding, comment: 'from a page' };
        await client.approvals.decide({ params: { id }, body });
      };
      Object.assign(globalThis, { told, approve });
    })()`);
    const told = async () => (await page.evaluate('told')) as Told;
    await expect.poll(async () => (await told()).states.at(-1)).toBe('connected');

    const ada = await connectDriver(place.url, await issuer.tokenFor('ada'));
    const update = () => ada.run("UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7");
    const one = update();
    await expect.poll(async () => (await told()).phases.at(-1)).toBe('asked');
    await page.evaluate('approve()');
    expect((await one).statement.getNumUpdatedRows()).toBe(1);
    await expect.poll(async () => (await told()).phases.at(-1)).toBe('used');

    await first.close();
    await expect.poll(async () => (await told()).states).toContain('waiting');
    const second = await place.start(() => {});
    onTestFinished(() => second.close());
    await expect.poll(async () => (await told()).states.at(-1)).toBe('connected');
    const other = update();
    await expect.poll(async () => (await told()).phases.at(-1)).toBe('asked');
    await page.evaluate('approve()');
    expect((await other).statement.getNumUpdatedRows()).toBe(1);
    await ada.close();
  });
});
