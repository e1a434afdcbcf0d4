import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DEMO_POLICY, type LocalIssuer } from '@sluice/demo';
import type { Relay, RelayOptions } from '@sluice/relay';
import { filesIn } from '../../relay/src/composition/files.ts';
import { type RelayPlace, relayPlace } from './relay-place.ts';
import type { Watch } from './watched-warehouse.ts';

export interface PlaceOnPostgres {
  readonly place: RelayPlace;
  readonly data: string;
  /** Its own copy of the demo's. */
  readonly policy: string;
}

/** A place for a relay whose store is this database. */
export async function relayOnPostgres(
  folder: string,
  url: string,
  issuer: LocalIssuer,
  /** More of its configuration. */
  more: Parameters<typeof relayPlace>[3] = {},
): Promise<PlaceOnPostgres> {
  const data = mkdtempSync(join(folder, 'relay-'));
  const secret = join(data, 'store-url');
  writeFileSync(secret, `${url}\n`, { mode: 0o600 });
  const policy = join(data, 'policy.yaml');
  copyFileSync(DEMO_POLICY, policy);
  const place = await relayPlace(data, issuer, policy, {
    store: { kind: 'postgres', url: { file: secret } },
    groups: { security: ['security'], auditors: ['security'] },
    ...more,
  });
  return { place, data, policy };
}

/** Two relays with the same keys on one database, until the test ends. */
export async function twoRelaysOnPostgres(
  folder: string,
  url: string,
  issuer: LocalIssuer,
  given: {
    /** Told of what reaches the warehouse of either. */
    readonly watch?: Watch;
    /** Of the second one. */
    readonly second?: Partial<RelayOptions>;
    /** More of the configuration of both. */
    readonly config?: Parameters<typeof relayPlace>[3];
  } = {},
) {
  const { watch = () => {}, second = {}, config } = given;
  const start = async (
    at: PlaceOnPostgres,
    own: Partial<RelayOptions> = {},
  ): Promise<PlaceOnPostgres & { readonly relay: Relay }> => {
    const relay = await at.place.start(watch, { longPollMs: 2_000, ...own });
    let closed: Promise<void> | null = null;
    const close = () => (closed ??= relay.close());
    onTestFinished(close);
    return { ...at, relay: { ...relay, close } };
  };
  const one = await start(await relayOnPostgres(folder, url, issuer, config));
  const other = await relayOnPostgres(folder, url, issuer, config);
  for (const name of ['signingKey', 'payloadKey', 'maskingKey'] as const) {
    copyFileSync(filesIn(one.data)[name], filesIn(other.data)[name]);
  }
  return [one, await start(other, second)] as const;
}
