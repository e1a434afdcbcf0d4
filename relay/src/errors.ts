import { revealedLines } from './text/index.ts';

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
    this.challenge = options.challenge;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export interface SluiceErrorOptions {
  readonly advice?: string;
  readonly cause?: unknown;
  readonly warehouse?: WarehouseErrorCode;
  readonly rule?: string;
  readonly challenge?: string;
  readonly retryAfterSeconds?: number;
}

export interface WarehouseErrorCode {
  /** Six digits: `002003`. */
  readonly code: string;
  /** Five characters: `42S02`. */
  readonly sqlState: string;
}

/** The closed list of codes. Each listener maps it to its protocol in one place. */
export type ErrorCode =
  // identity
  | 'token_invalid'
  | 'token_expired'
  | 'token_untrusted'
  | 'identity_revoked'
  | 'token_cannot_run'
  | 'token_cannot_decide'
  | 'sign_in_needed'
  // session
  | 'session_unknown'
  | 'session_expired'
  | 'session_ended'
  | 'session_changed'
  // the request itself
  | 'request_malformed'
  | 'request_too_large'
  | 'request_unsupported'
  | 'request_misdirected'
  | 'statement_count'
  | 'duplicate_request'
  // limits
  | 'rate_limited'
  | 'too_many_sessions'
  | 'too_many_statements'
  | 'too_many_held'
  | 'too_many_channels'
  | 'record_allowance_used'
  // understanding and decision
  | 'statement_syntax'
  | 'statement_not_understood'
  | 'object_unknown'
  | 'column_unknown'
  | 'blocked'
  | 'policy_invalid'
  // approval
  | 'approval_denied'
  | 'approval_expired'
  | 'approval_cancelled'
  | 'approval_void'
  | 'rows_exceeded'
  | 'relay_stopping'
  | 'approver_not_allowed'
  | 'approval_unknown'
  | 'person_unclear'
  // execution
  | 'statement_cancelled'
  | 'statement_timeout'
  | 'statement_failed'
  | 'statement_outcome_unknown'
  | 'unsupported_by_warehouse'
  | 'warehouse_unavailable'
  | 'result_unavailable'
  // record
  | 'record_unavailable'
  | 'config_invalid'
  | 'internal';

/** Whether something thrown is one of ours. */
export function isSluiceError(thrown: unknown): thrown is SluiceError {
  return thrown instanceof SluiceError;
}
