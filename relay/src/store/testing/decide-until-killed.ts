import { randomBytes, randomUUID } from 'node:crypto';
import { ada, answer, deleteRequest, holdNow, NINE, owners } from '../../approval/testing.ts';
import { recordedApprovals } from '../../approval/testing/recorded-approvals.ts';
import { openRecorder } from '../../recording/index.ts';
import { recordFiles } from '../../recording/testing/record-files.ts';
import { openStore } from '../index.ts';

/**
 * A child process of the crash test of the unit of work: holds, decides, grants and uses up as fast as it can, many at
 * once, and writes a line for each that it was told of. Arguments: the database, a folder for keys.
 */
const [path = '', keys = ''] = process.argv.slice(2);
const onError = (error: unknown) => {
  throw error;
};
const opened = await openStore({ kind: 'sqlite' }, { database: path }, { now: Date.now, onError });
const recorder = await openRecorder({
  store: opened,
  now: Date.now,
  random: randomBytes,
  newId: randomUUID,
  ...recordFiles(keys),
  patrolEveryMs: null,
  onContradicted: () => {},
  checkpointEvery: { seconds: 3_600, events: 1_000_000 },
  onCheckpointFailed: onError,
  onIndexFailed: onError,
});
const { store, approvals } = await recordedApprovals({
  store: opened,
  recorder,
  now: () => NINE,
  onError,
  onRefusedRow: (_, error) => onError(error),
});
await Promise.all(Array.from({ length: 8 }, client));

async function client(): Promise<void> {
  for (;;) {
    const request = deleteRequest(ada, { grantUpToSeconds: 600 });
    const { id, approval } = await holdNow({ approvals }, request);
    const grant = { mostRows: 5, grantSeconds: 600 };
    await approvals.decide(owners[0], id, answer(approval, 'approve', grant));
    const { use } = await approvals.consume(id, request);
    await store.transaction(async (tx) => {
      await use(tx);
      await tx.record(request.session.id, { type: 'executed', statement: request.queryId });
    });
    process.stdout.write(`${id}\n`);
  }
}
