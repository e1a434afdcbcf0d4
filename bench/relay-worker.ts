/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { parentPort } from 'node:worker_threads';
import { demoPeople, startLocalIssuer } from '@sluice/demo';
import { relayPlace } from '../test/support/relay-place.ts';

/** A whole relay in a thread, which says how long its event loop has been held since it was last asked. */
export interface RelayStarted {
  readonly url: string;
  /** Of a person who may read. */
  readonly token: string;
}

/** The longest time for which the loop did one thing after the other without looking for anything new. Milliseconds. */
export interface Hold {
  /** Of processor time: on a machine that does other things too, more time may have gone by. */
  readonly cpuMs: number;
  /** By the clock, of the one that took longest by the clock. */
  readonly wallMs: number;
  /** Collecting garbage, of the former; other threads may have helped. */
  readonly gcMs: number;
}

const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
const place = await relayPlace(folder, issuer);
const relay = await place.start(() => {}, { longPollMs: 1_000 });
const meter = startMeter();

parentPort!.on('message', (order: 'reset' | 'held' | 'stop') => {
  if (order === 'stop') void stop();
  else if (order === 'held') parentPort!.postMessage(meter.longest());
  else meter.reset();
});
parentPort!.postMessage({ url: relay.url, token: await issuer.tokenFor('ada') } satisfies RelayStarted);

/** Looks every millisecond how much of its thread's time has been used since the last look. */
function startMeter() {
  interface Span {
    readonly start: number;
    readonly end: number;
    readonly cpuMs: number;
  }
  const collections: { readonly start: number; readonly ms: number }[] = [];
  let longest: Span = { start: 0, end: 0, cpuMs: 0 };
  let wallMs = 0;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      collections.push({ start: startTime, ms: duration });
  }).observe({ entryTypes: ['gc'] });
  let last = { at: performance.now(), cpu: cpuOfThread() };
  setInterval(() => {
    const now = { at: performance.now(), cpu: cpuOfThread() };
    const cpuMs = now.cpu - last.cpu;
    if (cpuMs > longest.cpuMs) longest = { start: last.at, end: now.at, cpuMs };
    wallMs = Math.max(wallMs, now.at - last.at);
    last = now;
  }, 1);
  return {
    longest(): Hold {
      const during = collections.filter(({ start }) => start >= longest.start && start <= longest.end);
      return { cpuMs: longest.cpuMs, wallMs, gcMs: during.reduce((sum, { ms }) => sum + ms, 0) };
    },
    reset() {
      collections.length = 0;
      longest = { start: 0, end: 0, cpuMs: 0 };
      wallMs = 0;
      last = { at: performance.now(), cpu: cpuOfThread() };
    },
  };
}

/** Milliseconds; the kernel counts in ticks of four. */
function cpuOfThread(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

async function stop(): Promise<void> {
  // What has been measured stands, also when DuckDB is still busy with a shape, although it was interrupted.
  await relay.close().catch((error: unknown) => console.error(error));
  await issuer.close();
  await rm(folder, { recursive: true });
  parentPort!.postMessage('stopped');
}
