import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { LocalIssuer } from '@sluice/demo';
import type { Relay } from '@sluice/relay';
import { filesIn } from '../../relay/src/composition/files.ts';
import { connectDriver } from '../support/driver.ts';
import { relayPlace } from '../support/relay-place.ts';
import { runSluice } from '../support/run-sluice.ts';

/** A data folder with a session on its record that is signed, and a relay that can be run on it. */
export async function recordedPlace(
  folder: string,
  issuer: LocalIssuer,
  more: Readonly<Record<string, unknown>> = {},
) {
  const data = join(folder, `data-${performance.now()}`);
  mkdirSync(data);
  const place = await relayPlace(data, issuer, undefined, {
    groups: { security: ['security'], auditors: ['security'], recordKeepers: ['security'] },
    ...more,
  });
  const running = new Set<Relay>();
  const start = async () => {
    const relay = await place.start(() => {});
    running.add(relay);
    return relay;
  };
  const stop = async () => {
    for (const relay of running) await relay.close();
    running.clear();
  };
  onTestFinished(stop);
  const query = async (sql: string) => {
    const ada = await connectDriver(place.url, await issuer.tokenFor('ada'));
    await ada.run(sql);
    await ada.close();
  };
  const relay = await start();
  await query("SELECT 'the first'");
  const { session } = (await relay.store.index.sessions({ limit: 1 }))[0]!;
  await relay.exportSession(session, new PassThrough().resume());
  const files = filesIn(data);
  return {
    ...place,
    data,
    files,
    key: `${files.signingKey}.pub`,
    relay,
    session,
    query,
    start,
    stop,
    /** As somebody of the demo's issuer, over HTTP. */
    async as(person: string) {
      const env = {
        SLUICE_URL: place.url,
        SLUICE_TOKEN: await issuer.tokenFor(person),
        SLUICE_DECIDING_TOKEN: await issuer.decidingTokenFor(person),
      };
      return async (...args: readonly string[]) => await runSluice(args, { env });
    },
  };
}
