import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateKeyPairSync } from 'node:crypto';
import { openStore } from '@sluice/relay/store';
import { fillRecord } from './large-record.ts';

/**
 * `node bench/make-record.ts FOLDER --events N [--seed N]`: makes `FOLDER/sluice.db` with a large record, and
 * `FOLDER/signing-key.pem` with `.pub` to verify it with.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
});
const [folder = ''] = positionals;
const database = join(folder, 'sluice.db');
if (folder === '' || existsSync(database)) throw new Error('give a folder that has no `sluice.db`');
mkdirSync(folder, { recursive: true });
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key = join(folder, 'signing-key.pem');
writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
writeFileSync(`${key}.pub`, publicKey.export({ type: 'spki', format: 'pem' }));
const start = performance.now();
const onError = (error: unknown) => {
  throw error;
};
const store = await openStore({ kind: 'sqlite' }, { database }, { now: Date.now, onError });
const { recorder } = await fillRecord(store, {
  events: Number(values.events),
  seed: Number(values.seed),
  signingKey: privateKey,
  onProgress(events) {
    const seconds = (performance.now() - start) / 1_000;
    console.error(`${events} events, ${Math.round(seconds)} s`);
  },
});
await recorder.close();
await store.close();
