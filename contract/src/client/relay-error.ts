import type { ErrorCode } from '../errors.ts';
import type { Problem } from '../problem.ts';

/** Errors that do not come from a relay. */
export type ClientErrorCode =
  /** There was no answer. Unless the request changes nothing, it is not known whether it had an effect. */
  | 'relay_unreachable'
  /** The answer took too long. */
  | 'relay_timeout'
  /** The answer is not one that this program understands: it may not come from a relay. */
  | 'answer_not_understood';

/** A request that failed, with one of the relay's codes or one of the client's own. */
export class RelayError extends Error {
  override readonly name = 'RelayError';
  readonly code: ErrorCode | ClientErrorCode;
  /** What to do about it, one sentence; empty when there is nothing to do. */
  readonly advice: string;
  /** The problem as the relay sent it; null when it sent none. */
  readonly problem: Problem | null;
  /** Seconds after which a retry may succeed. */
  readonly retryAfterSeconds: number | null;
  /** What the relay requires of another token (`WWW-Authenticate`); null when another token would not help. */
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
