import type { FastifyBaseLogger } from 'fastify';
import { isSluiceError } from '../errors.ts';
import type { PartFailure } from '../lifecycle.ts';
import { createTally } from '../limits/index.ts';
import { StoreError } from '../store/index.ts';

/**
 * Failures that nobody waits for, in the log: by their kind and those of their causes alone, as their messages may hold
 * values (promise 2).
 */
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
      const { failure, causes } = kindsOf(error);
      const what =
        failure === 'record_unavailable' ? 'the record is not available' : 'background work failed';
      tally.add([failure, ...causes].join(': '), () => logger.error({ failure, causes }, what));
    },
    ofPart({ part, doing, error }) {
      const { failure, causes } = kindsOf(error);
      const fields = { part, failure, causes };
      if (doing === 'close') logger.error(fields, 'a part of the relay could not be closed');
      else
        tally.add([part, failure, ...causes].join(': '), () =>
          logger.error(fields, 'background work failed'),
        );
    },
    tick: tally.tick,
    close: tally.close,
  };
}

/** An error that has been wrapped more often than this is no longer told apart. */
const MOST_CAUSES = 5;

function kindsOf(error: unknown): { readonly failure: string; readonly causes: readonly string[] } {
  const causes: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  for (; cause instanceof Error && causes.length < MOST_CAUSES; cause = cause.cause)
    causes.push(kindOf(cause));
  return { failure: kindOf(error), causes };
}

function kindOf(error: unknown): string {
  if (isSluiceError(error)) return error.code;
  if (error instanceof StoreError) return `store: ${error.problem}`;
  if (!(error instanceof Error)) return 'error';
  const { code, syscall, errcode, errstr } = error as SystemError;
  // SQLite's own words for its code, which are the same for everybody: https://sqlite.org/rescode.html
  if (typeof errcode === 'number') return `SQLite ${errcode}: ${errstr}`;
  if (typeof code === 'string') return syscall === undefined ? code : `${code}: ${syscall}`;
  return error.name;
}

/** What Node adds to the errors of the system, and node:sqlite to those of SQLite. */
interface SystemError extends Error {
  readonly code?: unknown;
  readonly syscall?: string;
  readonly errcode?: unknown;
  readonly errstr?: string;
}
