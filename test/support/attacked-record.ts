import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { SluiceError } from '../../relay/src/errors.ts';
import { headFile } from '../../relay/src/recording/checkpoints/head-file.ts';
import { highWaterFile } from '../../relay/src/recording/checkpoints/high-water.ts';
import { openRecorder } from '../../relay/src/recording/recorder.ts';
import { openTestRecord } from '../../relay/src/recording/testing/open-test-record.ts';
import { recordADay } from '../../relay/src/recording/testing/record-a-day.ts';
import { openAttacker } from './attacker.ts';

/** A running relay's record in a file, with a day on it that is signed, and somebody who can write to the file. */
export async function attackedRecord(given: Parameters<typeof openTestRecord>[0] = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-attacked-'));
  const path = join(folder, `${randomUUID()}.db`);
  const found: SluiceError[] = [];
  const record = await openTestRecord({
    path,
    heads: headFile(`${path}.head`),
    highWater: highWaterFile(`${path}.mark`),
    onContradicted: (error) => found.push(error),
    // What is found at the end of a test is not written any more.
    onCheckpointFailed: () => {},
    ...given,
  });
  onTestFinished(async () => {
    await record.store.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const session = await recordADay(record.recorder);
  await record.recorder.checkpoint();
  const said = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      ({ code, message }: SluiceError) => `${code}: ${message}`,
    );
  return {
    ...record,
    path,
    found,
    session,
    attack(work: string | ((attacker: ReturnType<typeof openAttacker>) => void)) {
      const attacker = openAttacker(path);
      if (typeof work === 'string') attacker.run(work);
      else work(attacker);
      attacker.close();
    },
    /** What the patrol finds in a round; empty when nothing. */
    async patrolled() {
      const before = found.length;
      await record.recorder.patrol();
      return found.slice(before).map(({ message }) => message);
    },
    /** What is said in the place of a checkpoint. */
    refusal: () => said(record.recorder.checkpoint()),
    /** What is said when the relay starts again. */
    restarted: () => said(openRecorder(record)),
  };
}
