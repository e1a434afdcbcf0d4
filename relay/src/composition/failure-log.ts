import type { FastifyBaseLogger } from 'fastify';
import { isSluiceError } from '../errors.ts';
import type { PartFailure } from '../lifecycle.ts';
import { createTally } from '../limits/index.ts';

/** Failures that nobody waits for, in the log: by their kind alone, as their messages may hold values (promise 2). */
export interface FailureLog {
  inBackground(error: unknown): void;
  ofPart(failure: PartFailure): void;
  /** Called every second. */
  tick(): void;
  /** Tells what was counted so far. */
  close(): void;
}

/** @param now milliseconds since the epoch. */
export function createFailureLog(logger: FastifyBaseLogger, now: () => number): FailureLog {
  const tally = createTally({
    now,
    onCounted: (failure, count) => logger.error({ failure, count }, 'background work failed more often'),
  });
  return {
    inBackground(error) {
      const failure = kindOf(error);
      tally.add(failure, () => logger.error({ failure }, 'background work failed'));
    },
    ofPart({ part, doing, error }) {
      const failure = kindOf(error);
      if (doing === 'close') logger.error({ part, failure }, 'a part of the relay could not be closed');
      else tally.add(`${part}: ${failure}`, () => logger.error({ part, failure }, 'background work failed'));
    },
    tick: tally.tick,
    close: tally.close,
  };
}

function kindOf(error: unknown): string {
  if (isSluiceError(error)) return error.code;
  return error instanceof Error ? error.name : 'error';
}
