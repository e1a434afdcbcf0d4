import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildIfStale } from '@sluice/console/build';
import { demoPeople, startLocalIssuer } from '@sluice/demo';
import { openBrowser } from '../test/support/browser.ts';
import { type ConsolePage, openConsole } from '../test/support/console-page.ts';
import { relayPlace } from '../test/support/relay-place.ts';
import { percentile, type Report } from './benchmark.ts';
import { fillDataFolder } from './console-record.ts';
import { HALF, ONCE, OTHER_HALF } from './made-up-record.ts';

/**
 * What an auditor waits for in a browser, with a large record behind the relay: from the address to the first row, filtered
 * and searched (medians, milliseconds), and what the page's thread works for a frame while the list is scrolled through.
 */
export async function consoleBench({ events = 200_000 } = {}): Promise<Report> {
  const data = mkdtempSync(join(process.cwd(), '.bench-console-'));
  const closing: (() => unknown)[] = [() => rmSync(data, { recursive: true })];
  try {
    const began = performance.now();
    await fillDataFolder(data, { events, seed: 1 });
    const fillSeconds = (performance.now() - began) / 1_000;
    await buildIfStale();
    const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
    closing.push(() => issuer.close());
    const place = await relayPlace(data, issuer, undefined, { groups: { auditors: ['security'] } });
    const relay = await place.start(() => {});
    closing.push(() => relay.close());
    const browser = await openBrowser();
    closing.push(() => browser.close());
    const { page } = await openConsole(browser, place.url, 'Alan', {
      viewport: { width: 1280, height: 800 },
    });
    const row = page.locator('.session-row').first();
    const nothing = page.getByRole('heading', { name: 'Nothing matches' });
    const figures: Record<string, number> = { events, fillSeconds };
    for (const [name, search, ready] of [
      ['list', '', row],
      ['byPerson', 'name=person-7', row],
      ['byAgent', 'agent=copilot', row],
      ['byDecision', 'effect=mask', row],
      ['wordEverywhere', 'q=customers', row],
      ['wordRare', `q=${ONCE}`, row],
      ['wordNowhere', 'q=nosuchword', nothing],
      ['wordsNeverTogether', `q=${HALF}+${OTHER_HALF}`, nothing],
    ] as const) {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const asked = performance.now();
        await page.goto(`${place.url}/console/sessions?${search}`);
        await ready.waitFor();
        times.push(performance.now() - asked);
      }
      figures[`${name}FirstRowMs`] = percentile(times, 0.5);
    }
    await page.goto(`${place.url}/console/sessions`);
    await row.waitFor();
    return { name: 'console', figures: { ...figures, ...(await scrolled(page)) }, ratios: {} };
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

type Page = ConsolePage['page'];

const ROUNDS = 5;

async function scrolled(page: Page): Promise<Readonly<Record<string, number>>> {
  const devtools = await page.context().newCDPSession(page);
  // What the page's thread works: not how long it waits for a core of a busy machine.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const metric = async (name: string) => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  };
  const before = await metric('TaskDuration');
  const frames = await page.evaluate<number>(SCROLL);
  return {
    scrollWorkMsAFrame: ((await metric('TaskDuration')) - before) * (1_000 / frames),
    heapMb: (await metric('JSHeapUsedSize')) / 1e6,
    rowsInPage: await page.locator('.session-row').count(),
  };
}

/** Half a screen a frame, down to wherever the list has come by then, and once more from its top. */
const SCROLL = `new Promise((resolve) => {
  let frames = 0;
  requestAnimationFrame(function step() {
    frames += 1;
    scrollTo(0, frames === 300 ? 0 : scrollY + 400);
    if (frames < 600) requestAnimationFrame(step); else resolve(frames);
  });
})`;
