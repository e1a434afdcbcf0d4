import { randomBytes, randomUUID } from 'node:crypto';
import { openStore, type StoreConfig } from '../../store/index.ts';
import { openRecorder } from '../index.ts';
import { newSession, opened, result, statement } from './open-test-record.ts';
import { recordFiles } from './record-files.ts';

/**
 * A child process of the crash test. Appends from many sessions at once as fast as it can, and writes a line
 * `SESSION SEQ HASH` for each event whose append resolved. Arguments: the database (a file, or the variable that holds the URL of a
 * PostgreSQL) and a folder for keys.
 */
const [database = '', keys = ''] = process.argv.slice(2);
const config: StoreConfig =
  process.env[database] === undefined
    ? { kind: 'sqlite' }
    : { kind: 'postgres', url: { env: database }, tls: null, allowPlain: false, poolSize: 4 };
const recorder = await openRecorder({
  store: await openStore(config, { database }, { now: Date.now, onError: () => {} }),
  now: Date.now,
  random: randomBytes,
  newId: randomUUID,
  ...recordFiles(keys),
  patrolEveryMs: null,
  onContradicted: () => {},
  checkpointEvery: { seconds: 1, events: 100 },
  onCheckpointFailed: (error) => {
    throw error;
  },
  onIndexFailed: (error) => {
    throw error;
  },
});
// A record of which nothing is signed yet proves nothing.
await recorder.checkpoint();
await Promise.all(Array.from({ length: 20 }, client));

async function client(): Promise<void> {
  const session = newSession();
  const say = ({ seq, hash }: { readonly seq: number; readonly hash: string }) =>
    process.stdout.write(`${session} ${seq} ${hash}\n`);
  say(await recorder.append(session, opened('alice')));
  for (;;) {
    const id = randomUUID();
    say(await recorder.append(session, statement('select 1', id)));
    const payload = await recorder.keep(randomBytes(500));
    say(await recorder.append(session, result(id, [payload])));
  }
}
