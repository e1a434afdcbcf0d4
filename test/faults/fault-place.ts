import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { relayPlace, type RelayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What the tests of a file have in common: who signs in, and places for relays that are served. */
export interface FaultWorld {
  /** For files of the tests' own. */
  readonly folder: string;
  readonly issuer: () => LocalIssuer;
  /** A new data folder, or the one that is given, with its configuration. */
  newPlace(data?: string, more?: Readonly<Record<string, unknown>>): Promise<FaultPlace>;
}

export interface FaultPlace extends RelayPlace {
  readonly data: string;
}

/** To be called at the top of a file. */
export function faultWorld(): FaultWorld {
  const folder = temporaryFolder();
  let issuer: LocalIssuer;
  beforeAll(async () => {
    issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  });
  afterAll(() => issuer.close());
  return {
    folder,
    issuer: () => issuer,
    async newPlace(data = mkdtempSync(join(folder, 'data-')), more = {}) {
      return { ...(await relayPlace(data, issuer, undefined, more)), data };
    },
  };
}
