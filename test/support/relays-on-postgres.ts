import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DEMO_POLICY, type LocalIssuer } from '@sluice/demo';
import type { Relay } from '@sluice/relay';
import { filesIn } from '../../relay/src/composition/files.ts';
import { type RelayPlace, relayPlace } from './relay-place.ts';

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
): Promise<PlaceOnPostgres> {
  const data = mkdtempSync(join(folder, 'relay-'));
  const secret = join(data, 'store-url');
  writeFileSync(secret, `${url}\n`, { mode: 0o600 });
  const policy = join(data, 'policy.yaml');
  copyFileSync(DEMO_POLICY, policy);
  const place = await relayPlace(data, issuer, policy, {
    store: { kind: 'postgres', url: { file: secret } },
    groups: { security: ['security'], auditors: ['security'] },
  });
  return { place, data, policy };
}

/** Two relays with the same keys on one database, until the test ends. */
export async function twoRelaysOnPostgres(folder: string, url: string, issuer: LocalIssuer) {
  const start = async (at: PlaceOnPostgres): Promise<PlaceOnPostgres & { readonly relay: Relay }> => {
    const relay = await at.place.start(() => {}, { longPollMs: 2_000 });
    onTestFinished(() => relay.close());
    return { ...at, relay };
  };
  const one = await start(await relayOnPostgres(folder, url, issuer));
  const other = await relayOnPostgres(folder, url, issuer);
  for (const name of ['signingKey', 'payloadKey', 'maskingKey'] as const) {
    copyFileSync(filesIn(one.data)[name], filesIn(other.data)[name]);
  }
  return [one, await start(other)] as const;
}
