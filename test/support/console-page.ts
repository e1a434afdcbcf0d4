import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page of the console, and what went wrong in it. */
export interface ConsolePage {
  readonly page: Page;
  /** Errors and warnings of the browser's console, and of the page's program. */
  readonly problems: readonly string[];
  /** The origins that anything was asked of. */
  readonly origins: ReadonlySet<string>;
}

/** Opens the console, and signs in at the demo's issuer as somebody that it calls so. */
export async function openConsole(
  browser: Browser,
  url: string,
  person: string,
  { path = '/console', ...options }: BrowserContextOptions & { readonly path?: string } = {},
): Promise<ConsolePage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems: string[] = [];
  const origins = new Set<string>();
  page.on('console', (message) => {
    // The issuer's own page has no icon.
    if (!['error', 'warning'].includes(message.type()) || message.location().url.endsWith('/favicon.ico'))
      return;
    problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  await page.goto(`${url}${path}`);
  await page.getByRole('button', { name: new RegExp(`^${person}\\b`) }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  return { page, problems, origins };
}

/** What axe finds against WCAG 2.2, levels A and AA; of a page whose context bypasses its content security policy. */
export async function violationsIn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return await page.evaluate<string[]>(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
      .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200))))`,
  );
}

/** Pixels by which a page is wider than its window. */
export async function overflowOf(page: Page): Promise<number> {
  return await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
