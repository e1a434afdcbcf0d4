import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame, Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The page that is inside of a webview's frames, as soon as something in it is seen. */
export async function webviewWith(page: Page, selector: string): Promise<Frame> {
  for (let tries = 0; tries < 1_200; tries += 1) {
    for (const frame of page.frames()) {
      try {
        if (await frame.locator(selector).first().isVisible()) return frame;
      } catch {
        // It has gone meanwhile.
      }
    }
    await page.waitForTimeout(100);
  }
  throw new Error(`no webview shows ${selector}`);
}

/** What axe finds against WCAG 2.2, levels A and AA. */
export async function violationsInFrame(frame: Frame): Promise<readonly string[]> {
  await frame.evaluate(axe);
  return await frame.evaluate<string[]>(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
      .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 300))))`,
  );
}
