import { randomUUID } from 'node:crypto';
import { openRetention, type Retention, type RetentionRun, type RetentionRule } from '../index.ts';
import { identity, type TestRecord } from './open-test-record.ts';

export interface TestRetention extends Retention {
  /** Begins a run, waits for its end, and answers what came of it. */
  run(order?: { readonly clockIsRight?: boolean }): Promise<RetentionRun>;
}

/**
 * Retention on a test's record, by the test's clock and without pauses. The rules go on the record now: they apply in a day.
 * By default whoever runs it says that the clock is right, since tests set it forward.
 */
export async function openTestRetention(
  record: Pick<TestRecord, 'recorder' | 'store' | 'clock'>,
  rules: readonly RetentionRule[],
  more: Partial<Parameters<typeof openRetention>[0]> = {},
): Promise<TestRetention> {
  const { recorder, store, clock } = record;
  const retention = await openRetention({
    store,
    transaction: recorder.transaction,
    proof: recorder.proof,
    checkpoint: recorder.checkpoint,
    tidyIndex: recorder.tidyIndex,
    relaySession: recorder.relaySession,
    rules,
    at: '03:00',
    relay: randomUUID(),
    now: () => clock.now,
    elapsed: () => performance.now(),
    pause: async () => {},
    onError: (error) => {
      throw error;
    },
    ...more,
  });
  return {
    ...retention,
    async run({ clockIsRight = true } = {}) {
      await retention.begin({ by: identity('carol'), reason: 'a test', clockIsRight });
      return await finished(retention);
    },
  };
}

/** The newest run, when it has ended. */
export async function finished(retention: Retention): Promise<RetentionRun> {
  for (;;) {
    const { run } = await retention.status();
    if (run !== null && run.finishedAt !== null) return run;
    await new Promise(setImmediate);
  }
}
