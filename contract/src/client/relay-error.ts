import type { ErrorCode } from '../errors.ts';
import type { Problem } from '../problem.ts';

/** What a program meets that no relay has said. */
export type ClientErrorCode =
  /** There was no answer. Whether the request had an effect is not known, unless it changes nothing. */
  | 'relay_unreachable'
  /** The answer took too long. */
  | 'relay_timeout'
  /** Something answered that is no relay, or a relay in a way that this program does not know. */
  | 'answer_not_understood';

/** A request to the relay that did not go well: by one of the relay's codes, or one of the program's own. */
export class RelayError extends Error {
  override readonly name = 'RelayError';
  readonly code: ErrorCode | ClientErrorCode;
  /** What to do about it, one sentence; empty when there is nothing to do. */
  readonly advice: string;
  /** What the relay said; null when it said nothing. */
  readonly problem: Problem | null;
  /** After how long it may be worth trying again. Seconds. */
  readonly retryAfterSeconds: number | null;
  /** What the relay asks of another token (`WWW-Authenticate`); null when that would not help. */
  readonly challenge: string | null;

  constructor(code: ErrorCode | ClientErrorCode, message: string, options: RelayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.advice = options.advice ?? '';
    this.problem = options.problem ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.challenge = options.challenge ?? null;
  }
}

export interface RelayErrorOptions {
  readonly advice?: string;
  readonly problem?: Problem;
  readonly retryAfterSeconds?: number | null;
  readonly challenge?: string | null;
  readonly cause?: unknown;
}

export function isRelayError(thrown: unknown): thrown is RelayError {
  return thrown instanceof RelayError;
}
