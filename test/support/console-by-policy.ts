import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { buildIfStale } from '@sluice/console/build';
import { DEMO_POLICY, demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import type { Relay } from '@sluice/relay';
import { openBrowser } from './browser.ts';
import { type RelayPlace, relayPlace } from './relay-place.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A relay with its console, and a browser. Each is there once a test runs. */
export interface ConsoleByPolicy {
  readonly issuer: LocalIssuer;
  readonly place: RelayPlace;
  readonly browser: Browser;
}

/**
 * The demo's policy, with one more term where it says who approves changes. To be called at the top of a group of tests.
 *
 * @param term as it stands in YAML: `grant_up_to: 30m`.
 */
export function consoleWithApprovalTerm(term: string): ConsoleByPolicy {
  const folder = temporaryFolder();
  const opened: { -readonly [Name in keyof ConsoleByPolicy]?: ConsoleByPolicy[Name] } = {};
  let relay: Relay | null = null;
  beforeAll(async () => {
    await buildIfStale();
    opened.issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
    const policy = join(folder, 'policy.yaml');
    const written = readFileSync(DEMO_POLICY, 'utf8');
    const changed = written.replace(/^ {4}groups: \[data-leads, security\]$/m, `$&\n    ${term}`);
    if (changed === written) throw new Error('the policy of the demo is another one');
    writeFileSync(policy, changed);
    opened.place = await relayPlace(folder, opened.issuer, policy);
    relay = await opened.place.start(() => {});
    opened.browser = await openBrowser();
  });
  afterAll(async () => {
    await opened.browser?.close();
    await relay?.close();
    await opened.issuer?.close();
  });
  return opened as ConsoleByPolicy;
}
