import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openStoreToRead } from '@sluice/relay/store';
import { keepHeapSmall, parseCheckpoint, verifyStore } from '../relay/src/recording/index.ts';
import type { RecordPlace } from './record-place.ts';

/**
 * A process of its own, so that its memory is what verification takes. Arguments: a database file, or a `RecordPlace` as
 * JSON; a public key (PEM); and the note of a checkpoint that was kept, to read only what came after it.
 *
 * `perSecond` is by the clock, `perProcessorSecond` by the time of all its threads, the garbage collector's too.
 */
const [place = '', publicKey = '', kept = ''] = process.argv.slice(2);
// As `sluice verify` does.
keepHeapSmall();
const { config, files }: Pick<RecordPlace, 'config' | 'files'> = place.startsWith('{')
  ? JSON.parse(place)
  : { config: { kind: 'sqlite' }, files: { database: place } };
const store = await openStoreToRead(config, files);
const start = performance.now();
const before = process.cpuUsage();
const { intact, events, problems } = await verifyStore(store, [createPublicKey(publicKey)], [], {
  since: parseCheckpoint(kept) ?? undefined,
});
const seconds = (performance.now() - start) / 1_000;
const { user, system } = process.cpuUsage(before);
await store.close();
if (!intact) throw new Error(`the benchmark’s own record does not verify: ${JSON.stringify(problems[0])}`);
const perProcessorSecond = (events / (user + system)) * 1e6;
console.log(
  JSON.stringify({ perSecond: events / seconds, perProcessorSecond, peakMb: peakMb(), events, seconds }),
);

/** Of this program alone: what the system counts for a process begins with its parent's, from before it was another program. */
function peakMb(): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(statusOnLinux()) ?? [];
  return (kilobytes === undefined ? process.resourceUsage().maxRSS : Number(kilobytes)) / 1_024;
}

function statusOnLinux(): string {
  return process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
}
