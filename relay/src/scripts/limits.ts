import { setImmediate as nextTurn } from 'node:timers/promises';
import { SluiceError } from '../errors.ts';

/** How much a script may do. */
export interface ScriptLimits {
  /** Statements that it sends through the gate, and expressions, each of which is one. */
  readonly statements: number;
  /** Steps in all: a loop that sends nothing takes them, too. */
  readonly steps: number;
  /** Bytes of one result that a cursor or a RESULTSET can go through: as much as RESULT_SCAN reads. */
  readonly resultBytes: number;
  /** Bytes of all rows and values that it keeps, also of those that it no longer has. */
  readonly keptBytes: number;
  /** Blocks in blocks, by EXECUTE IMMEDIATE too. */
  readonly depth: number;
}

export const SCRIPT_LIMITS: ScriptLimits = {
  statements: 1_000,
  steps: 100_000,
  resultBytes: 4 * 1024 * 1024,
  keptBytes: 16 * 1024 * 1024,
  depth: 16,
};

/** What is left of the limits of one script, and whatever it runs by EXECUTE IMMEDIATE. */
export interface ScriptBudget {
  /** Lets others have their turn now and then. */
  step(): Promise<void>;
  statement(): void;
  /** Whether so many bytes more may be kept. */
  keep(bytes: number): boolean;
}

export function createScriptBudget(
  { statements, steps, keptBytes }: ScriptLimits,
  signal: AbortSignal,
): ScriptBudget {
  let [stepped, sent, kept] = [0, 0, 0];
  return {
    async step() {
      stepped += 1;
      if (stepped > steps) throw tooMuch(`${steps} steps`);
      if (stepped % 100 === 0) await nextTurn();
      signal.throwIfAborted();
    },
    statement() {
      sent += 1;
      if (sent > statements) throw tooMuch(`${statements} statements and expressions`);
    },
    keep(bytes) {
      kept += bytes;
      return kept <= keptBytes;
    },
  };
}

function tooMuch(what: string): SluiceError {
  return new SluiceError('request_unsupported', `the block was stopped after ${what}`, {
    advice: 'do more in one statement, or send several blocks',
  });
}
