import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { DEMO_POLICY, type LocalIssuer, openShop } from '@sluice/demo';
import { readConfig } from '@sluice/relay/config';
import { type Relay, type RelayOptions, startRelay } from '@sluice/relay';
import { freePort } from './free-port.ts';
import { type Watch, watchedWarehouse } from './watched-warehouse.ts';

/** One data folder and one port, on which a relay can be started again and again. */
export interface RelayPlace {
  readonly url: string;
  /** Its configuration file. */
  readonly config: string;
  /** Starts a relay there in this process, on a warehouse of 50 customers that tells of what reaches it. */
  start(watch: Watch, options?: Partial<RelayOptions>): Promise<Relay>;
}

export async function relayPlace(
  data: string,
  issuer: LocalIssuer,
  policy: string = DEMO_POLICY,
  /** More of its configuration. */
  { listen = {}, ...more }: Readonly<Record<string, unknown>> & { readonly listen?: object } = {},
): Promise<RelayPlace> {
  const port = await freePort();
  const config = join(data, 'sluice.yaml');
  const settings = {
    listen: { port, ...listen },
    data,
    policy,
    identity: { issuers: [issuer.trusted] },
    warehouse: { type: 'embedded', customers: 50 },
    ...more,
  };
  await writeFile(config, JSON.stringify(settings)); // JSON is YAML
  return {
    url: `http://127.0.0.1:${port}`,
    config,
    async start(watch, options = {}) {
      const warehouse = watchedWarehouse(await openShop({ customers: 50 }), watch);
      return await startRelay(readConfig(config), {
        logger: pino({ level: 'silent' }),
        warehouse,
        ...options,
      });
    },
  };
}
