import { isSluiceError } from '../errors.ts';
import type { ApprovalId } from './approval.ts';
import type { HoldOutcome } from './hold-outcome.ts';

/** The statements that wait in this process, each for the outcome of one approval. */
export interface Waiters {
  /** `cancel` is called when `signal` aborts; the wait then ends as cancelled whatever comes of it. */
  wait(id: ApprovalId, signal: AbortSignal, cancel: (why: string) => Promise<void>): Promise<HoldOutcome>;
  settle(id: ApprovalId, outcome: HoldOutcome): void;
  /** The approvals that somebody waits for. */
  waitedFor(): readonly ApprovalId[];
  /** Ends every wait, and those to come, as suspended; aborting cancels nothing any more. */
  suspend(): void;
}

export function createWaiters(): Waiters {
  const waiting = new Map<ApprovalId, Set<(outcome: HoldOutcome) => void>>();
  let suspended = false;

  const settle = (id: ApprovalId, outcome: HoldOutcome) => {
    const waits = waiting.get(id);
    waiting.delete(id);
    for (const resolve of waits ?? []) resolve(outcome);
  };

  return {
    settle,
    waitedFor: () => [...waiting.keys()],
    wait(id, signal, cancel) {
      if (suspended) return Promise.resolve({ outcome: 'suspended' });
      return new Promise((resolve) => {
        const onAbort = () => {
          waiting.get(id)?.delete(done);
          const reason: unknown = signal.reason;
          // Another relay goes on waiting: that is no end of the request.
          if (isSluiceError(reason) && reason.code === 'statement_elsewhere') {
            resolve({ outcome: 'suspended' });
            return;
          }
          const why = reasonOf(signal);
          void cancel(why).then(() => resolve({ outcome: 'cancelled', why }));
        };
        const done = (outcome: HoldOutcome) => {
          signal.removeEventListener('abort', onAbort);
          resolve(outcome);
        };
        const waits = waiting.get(id) ?? new Set();
        waiting.set(id, waits.add(done));
        if (signal.aborted) onAbort();
        else signal.addEventListener('abort', onAbort, { once: true });
      });
    },
    suspend() {
      suspended = true;
      for (const id of waiting.keys()) settle(id, { outcome: 'suspended' });
    },
  };
}

function reasonOf(signal: AbortSignal): string {
  const reason: unknown = signal.reason;
  return isSluiceError(reason) ? reason.message : 'the client cancelled it or went away';
}
