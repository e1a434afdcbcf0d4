import type { RecordsEvents } from '../log/event-log.ts';
import type { RecordTransaction } from '../ports.ts';

/** Keeps retention from holding others up: what it does at once becomes less where that takes long, and more where it does not. */
export interface Pace {
  /** A transaction that ends soon, and then leaves others as much time as it took. */
  inTransaction<T>(work: (tx: RecordTransaction & RecordsEvents, turn: Turn) => Promise<T>): Promise<T>;
  /** To be called between two reads: leaves others as much time as these have taken, once that is some. */
  breathe(): Promise<void>;
}

export interface PaceOptions {
  readonly transaction: <T>(work: (tx: RecordTransaction & RecordsEvents) => Promise<T>) => Promise<T>;
  /** Milliseconds, of a clock that nobody sets. */
  readonly elapsed: () => number;
  /** Waits so many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
  /** Ends the work after the transaction under way. The next run goes on from there. */
  readonly signal: AbortSignal;
}

/** What one transaction may do. */
export interface Turn {
  /** Whether there is time for the next thing. */
  hasTime(): boolean;
  /** How many rows to remove before asking that. */
  readonly rows: number;
}

export function createPace({ transaction, elapsed, pause, signal }: PaceOptions): Pace {
  let rows = FIRST_ROWS;
  let breathed = elapsed();

  const rest = async (began: number) => {
    await pause(elapsed() - began);
    breathed = elapsed();
  };
  return {
    async inTransaction(work) {
      signal.throwIfAborted();
      let began = elapsed();
      const outcome = await transaction(async (tx) => {
        began = elapsed();
        const worked = await work(tx, { rows, hasTime: () => elapsed() - began < SHORT_MS });
        // Without the commit: that takes its time for one row, too.
        const took = elapsed() - began;
        if (took > LONG_MS) rows = Math.max(1, rows >> 1);
        else rows = Math.min(MOST_ROWS, rows * 2);
        return worked;
      });
      await rest(began);
      return outcome;
    },
    async breathe() {
      signal.throwIfAborted();
      if (elapsed() - breathed >= SHORT_MS) await rest(breathed);
    },
  };
}

const FIRST_ROWS = 4;
const MOST_ROWS = 100;
/** Milliseconds for which a transaction begins with the next thing. Statements wait for it. */
const SHORT_MS = 10;
/** Where it took longer, fewer rows are removed at once the next time: they may be large. */
const LONG_MS = 20;
