import { SluiceError } from '../../errors.ts';

/**
 * Concurrent writes share one transaction: what is submitted while one commit is under way goes into the
 * next. Each promise resolves once its commit is on disk.
 *
 * A commit that fails rejects everything submitted so far with `record_unavailable`, what waits for the
 * next one too: nothing lands behind a write that did not. Writes submitted later are tried anew.
 *
 * @param commit writes all or nothing, and answers one outcome for each write, in order.
 */
export function groupCommit<Write, Outcome>(
  commit: (writes: readonly Write[]) => Promise<readonly Outcome[]>,
): (write: Write) => Promise<Outcome> {
  let waiting: Waiting<Write, Outcome>[] = [];
  let running = false;

  const run = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST_TOGETHER);
      try {
        const outcomes = await commit(batch.map(({ write }) => write));
        batch.forEach(({ resolve }, index) => resolve(outcomes[index] as Outcome));
      } catch (cause) {
        const failed = [...batch, ...waiting];
        waiting = [];
        for (const { reject } of failed) reject(unavailable(cause));
      }
      await nextTurn();
    }
    running = false;
  };

  return (write) =>
    new Promise((resolve, reject) => {
      waiting.push({ write, resolve, reject });
      if (running) return;
      running = true;
      // What arrives in this turn of the event loop goes together.
      void nextTurn().then(run);
    });
}

/** Bounds the time that one transaction holds the database. */
const MOST_TOGETHER = 1_000;

interface Waiting<Write, Outcome> {
  readonly write: Write;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: SluiceError) => void;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function unavailable(cause: unknown): SluiceError {
  return new SluiceError('record_unavailable', 'the record cannot be written', {
    advice: 'nothing was run; try again when the disk that holds the record has room and works',
    cause,
  });
}
