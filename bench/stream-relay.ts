import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { DEMO_POLICY, demoPeople, openShop, startLocalIssuer } from '@sluice/demo';
import { readConfig } from '@sluice/relay/config';
import { startRelay } from '@sluice/relay';
import { relayPlace } from '../test/support/relay-place.ts';

/** A whole relay in a process of its own, on the demo's shop. Says on its output how it is reached. */
export interface RelayStarted {
  readonly url: string;
  /** Of a person who may read. */
  readonly token: string;
}

const { customers } = JSON.parse(process.argv[2]!) as { readonly customers: number };
const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
const place = await relayPlace(folder, issuer, await policyWithoutDays());
const relay = await startRelay(readConfig(place.config), {
  logger: pino({ level: 'silent' }),
  warehouse: await openShop({ customers }),
});
process.once('SIGTERM', () => void stop());
console.log(JSON.stringify({ url: relay.url, token: await issuer.tokenFor('ada') } satisfies RelayStarted));

async function stop(): Promise<void> {
  await relay.close();
  await issuer.close();
  await rm(folder, { recursive: true });
}

/**
 * The demo's policy but for its limits: 2,000,000 rows of one person's day are fewer than a run fetches, and the statement
 * behind them would wait for somebody who lets it through.
 */
async function policyWithoutDays(): Promise<string> {
  const policy = await readFile(DEMO_POLICY, 'utf8');
  const unlimited = policy.replace(/^limits:\n(?: .*\n|\n)+/m, '');
  if (unlimited === policy) throw new Error('the demo policy has its limits elsewhere');
  const file = join(folder, 'policy.yaml');
  await writeFile(file, unlimited);
  return file;
}
