import { randomBytes, randomUUID } from 'node:crypto';
import { openStore } from '../../store/index.ts';
import { openRecorder, openRetention } from '../index.ts';
import { finished } from './open-test-retention.ts';
import { identity } from './open-test-record.ts';
import { recordFiles } from './record-files.ts';

/**
 * A child process of the kill test: applies a rule to a record, a long time after it was made, and writes a line after each
 * transaction. Arguments: the database, a folder for keys, and the time in milliseconds since the epoch.
 */
const [path = '', keys = '', time = ''] = process.argv.slice(2);
const now = () => Number(time);
const onError = (error: unknown) => {
  throw error;
};
const store = await openStore({ kind: 'sqlite' }, { database: path }, { now, onError });
const recorder = await openRecorder({
  store,
  now,
  random: randomBytes,
  newId: randomUUID,
  ...recordFiles(keys),
  patrolEveryMs: null,
  onContradicted: onError,
  checkpointEvery: { seconds: 3_600, events: 1_000_000 },
  onCheckpointFailed: onError,
  onIndexFailed: onError,
});
const retention = await openRetention({
  store,
  transaction: recorder.transaction,
  proof: recorder.proof,
  checkpoint: recorder.checkpoint,
  tidyIndex: recorder.tidyIndex,
  relaySession: recorder.relaySession,
  rules: [{ name: 'a-year', afterDays: 365, removes: 'bodies' }],
  at: '03:00',
  relay: randomUUID(),
  now,
  elapsed: () => performance.now(),
  pause: async () => {
    process.stdout.write('.\n');
  },
  onError,
});
await retention.begin({ by: identity('carol'), reason: 'a test', clockIsRight: true });
const run = await finished(retention);
process.stdout.write(`${JSON.stringify(run)}\n`);
await recorder.close();
await store.close();
