import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { DEMO_POLICY, demoPeople, startDemo, startLocalIssuer } from '@sluice/demo';
import { startRelay } from '@sluice/relay';
import { relayConfig } from '@sluice/relay/config';
import type { Warehouse } from '@sluice/relay/warehouse';

const EVERYTHING = fileURLToPath(new URL('inner-policy.yaml', import.meta.url));

/**
 * Two relays, one behind the other. The inner one stands in for a Snowflake account, and masks nothing; the outer one is what
 * is tried: the demo's policy, and no way to the shop but the drivers' protocol.
 *
 * @param shop - what the inner one gives, in place of a shop of its own.
 */
export async function relayBeforeRelay(
  options: { readonly shop?: Warehouse; readonly catalogForSeconds?: number; readonly policy?: string } = {},
) {
  const data = await mkdtemp(join(tmpdir(), 'sluice-outer-'));
  const inner = await startDemo({
    customers: 20,
    policy: EVERYTHING,
    logLevel: 'silent',
    ...(options.shop === undefined ? {} : { warehouse: options.shop }),
  });
  const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  const token = join(data, 'service-token');
  await writeFile(token, await inner.tokenFor('ada'));
  const settings = {
    listen: { port: 0 },
    data,
    policy: options.policy ?? DEMO_POLICY,
    identity: { issuers: [issuer.trusted] },
    warehouse: {
      type: 'snowflake',
      account: 'inner',
      url: inner.relay.url,
      credential: { kind: 'accessToken', user: 'ADA', token: { file: token } },
      warm: 0,
      role: 'ANALYST',
      database: 'SHOP',
      schema: 'PUBLIC',
      // The inner one has none, and refuses the question.
      accountTags: 'off',
      accountPolicies: 'off',
      ...(options.catalogForSeconds === undefined ? {} : { catalogForSeconds: options.catalogForSeconds }),
    },
    groups: { security: ['security'], auditors: ['security'] },
  };
  const file = join(data, 'sluice.yaml');
  await writeFile(file, JSON.stringify(settings)); // JSON is YAML
  const config = relayConfig.parse(settings);
  const outer = await startRelay(config, { logger: pino({ level: 'silent' }), longPollMs: 1_000 });
  return {
    /** The outer one's configuration file. */
    config: file,
    inner,
    outer,
    tokenFor: issuer.tokenFor,
    decidingTokenFor: issuer.decidingTokenFor,
    async close() {
      await outer.close();
      await inner.close();
      await issuer.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}
