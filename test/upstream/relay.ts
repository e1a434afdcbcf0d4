import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { demoPeople, startLocalIssuer } from '@sluice/demo';
import { startRelay } from '@sluice/relay';
import { readConfig } from '@sluice/relay/config';
import { relayPlace } from '../support/relay-place.ts';

/** With every kind of mask, for SHOP.PUBLIC; whoever is a developer may write to SHOP.SCRATCH. */
export const POLICY = fileURLToPath(new URL('policy.yaml', import.meta.url));

/** What a relay's configuration says of a scripted account. */
export function accountConfig(url: string) {
  process.env['SLUICE_TEST_ACCOUNT_TOKEN'] = 'ada-token';
  return {
    type: 'snowflake',
    account: 'sluice',
    url,
    credential: { kind: 'accessToken', user: 'ADA', token: { env: 'SLUICE_TEST_ACCOUNT_TOKEN' } },
    role: 'ANALYST',
    warehouse: 'WH',
    database: 'SHOP',
    schema: 'PUBLIC',
  };
}

/** A whole relay before a scripted account, as its configuration file would start it. */
export async function startRelayBefore(account: string, warehouse: object = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-account-'));
  const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  const place = await relayPlace(folder, issuer, POLICY, {
    warehouse: { ...accountConfig(account), ...warehouse },
  });
  const relay = await startRelay(readConfig(place.config), {
    logger: pino({ level: 'silent' }),
    longPollMs: 500,
  });
  return {
    url: relay.url,
    tokenFor: issuer.tokenFor,
    decidingTokenFor: issuer.decidingTokenFor,
    async close(): Promise<void> {
      await relay.close();
      await issuer.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
