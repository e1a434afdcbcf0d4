/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { demoPeople, startLocalIssuer } from '@sluice/demo';
import { relayPlace } from '../test/support/relay-place.ts';
import { startLoopMeter } from './loop-meter.ts';

/** A whole relay in a thread, which says how long its event loop has been held since it was last asked. */
export interface RelayStarted {
  readonly url: string;
  /** Of a person who may read. */
  readonly token: string;
}

const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
const place = await relayPlace(folder, issuer);
const relay = await place.start(() => {}, { longPollMs: 1_000 });
const meter = startLoopMeter();

parentPort!.on('message', (order: 'reset' | 'held' | 'stop') => {
  if (order === 'stop') void stop();
  else if (order === 'held') parentPort!.postMessage(meter.longest());
  else meter.reset();
});
parentPort!.postMessage({ url: relay.url, token: await issuer.tokenFor('ada') } satisfies RelayStarted);

async function stop(): Promise<void> {
  // What has been measured stands, also when DuckDB is still busy with a shape, although it was interrupted.
  await relay.close().catch((error: unknown) => console.error(error));
  await issuer.close();
  await rm(folder, { recursive: true });
  parentPort!.postMessage('stopped');
}
