import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openStoreToRead } from '@sluice/relay/store';
import { verifyStore } from '../relay/src/recording/index.ts';

/** A process of its own, so that its memory is what verification takes. Arguments: a database, a public key (PEM). */
const [database = '', publicKey = ''] = process.argv.slice(2);
const store = await openStoreToRead({ kind: 'sqlite' }, { database });
const start = performance.now();
const { intact, events } = await verifyStore(store, [createPublicKey(publicKey)]);
const seconds = (performance.now() - start) / 1_000;
await store.close();
if (!intact) throw new Error('the benchmark’s own record does not verify');
console.log(JSON.stringify({ perSecond: events / seconds, peakMb: peakMb() }));

/** Of this program alone: what the system counts for a process begins with its parent's, from before it was another program. */
function peakMb(): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(statusOnLinux()) ?? [];
  return (kilobytes === undefined ? process.resourceUsage().maxRSS : Number(kilobytes)) / 1_024;
}

function statusOnLinux(): string {
  return process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
}
