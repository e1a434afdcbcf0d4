/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parentPort } from 'node:worker_threads';
import { demoPeople, startLocalIssuer } from '@sluice/relay/identity/index.ts';
import { relayPlace } from '../test/support/relay-place.ts';

/** A whole relay in a thread, which says how long its event loop has been held since it was last asked. */
export interface RelayStarted {
  readonly url: string;
  /** Of a person who may read. */
  readonly token: string;
}

const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
const place = await relayPlace(folder, issuer);
const relay = await place.start(() => {}, { holdMs: 5_000 });
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

parentPort!.on('message', (order: 'held' | 'stop') => {
  if (order === 'stop') {
    void stop();
  } else {
    parentPort!.postMessage(delay.max / 1e6);
    delay.reset();
  }
});
parentPort!.postMessage({ url: relay.url, token: await issuer.tokenFor('ada') } satisfies RelayStarted);

async function stop(): Promise<void> {
  await relay.close();
  await issuer.close();
  await rm(folder, { recursive: true });
  parentPort!.close();
}
