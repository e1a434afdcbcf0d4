import { createPublicKey } from 'node:crypto';
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
console.log(JSON.stringify({ perSecond: events / seconds, peakMb: process.resourceUsage().maxRSS / 1_024 }));
