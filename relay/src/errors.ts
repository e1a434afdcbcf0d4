import type { ErrorCode, SnowflakeCode, TextPlace } from '@sluice/contract';
import { revealedLines } from './text/index.ts';

export type { ErrorCode } from '@sluice/contract';

/**
 * Every error the relay makes on purpose: a stable code, one sentence that is safe to show to the client,
 * and what to do next. A message never holds a value from a result (promise 2); details that may go into
 * `cause`, which is logged by code only. Texts of others stand in it `quoted`; whatever was forgotten is at least
 * made visible here.
 */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';

  readonly code: ErrorCode;
  /** What the reader can do about it, one sentence; empty when there is nothing to do. */
  readonly advice: string;
  /** What the warehouse called it, when the error is the warehouse's own: passed on to drivers. */
  readonly warehouse: WarehouseErrorCode | undefined;
  /** The policy rule behind a refusal. */
  readonly rule: string | undefined;
  /** Where in the statement's text the reason lies. */
  readonly place: TextPlace | undefined;
  /** What an HTTP answer's `WWW-Authenticate` asks for, when another token would help. */
  readonly challenge: string | undefined;
  /** After how long it may be worth trying again, when it is a matter of time. Seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: SluiceErrorOptions = {}) {
    super(revealedLines(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.advice = revealedLines(options.advice ?? '');
    this.warehouse = options.warehouse;
    this.rule = options.rule;
    this.place = options.place;
    this.challenge = options.challenge;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export interface SluiceErrorOptions {
  readonly advice?: string;
  readonly cause?: unknown;
  readonly warehouse?: WarehouseErrorCode;
  readonly rule?: string;
  readonly place?: TextPlace;
  readonly challenge?: string;
  readonly retryAfterSeconds?: number;
}

export type WarehouseErrorCode = Omit<SnowflakeCode, 'prefix' | 'says'>;

/** Whether something thrown is one of ours. */
export function isSluiceError(thrown: unknown): thrown is SluiceError {
  return thrown instanceof SluiceError;
}
