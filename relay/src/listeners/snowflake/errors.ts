import type { ErrorCode, SluiceError, WarehouseErrorCode } from '../../errors.ts';

/** An error as drivers show it: six digits, five characters, and a message with what to do next. */
export interface SnowflakeError extends WarehouseErrorCode {
  readonly message: string;
}

/**
 * The one place where the relay's errors become Snowflake's (driver protocol, sections 2.4 and 10.1). What
 * the warehouse itself called an error wins. Nothing but message and advice leaves: no cause, no stack.
 */
export function toSnowflakeError(error: SluiceError, renewing = false): SnowflakeError {
  const known = (renewing ? renewalErrors[error.code] : undefined) ?? errors[error.code];
  const { code, sqlState } = error.warehouse ?? known;
  const sentence = error.advice === '' ? error.message : `${error.message}. ${capital(error.advice)}.`;
  return { code, sqlState, message: `${known.prefix ?? ''}${sentence}` };
}

interface KnownError extends WarehouseErrorCode {
  /** How Snowflake's own messages of this code begin; some drivers match on it. */
  readonly prefix?: string;
}

const accessControl = 'SQL access control error:\n';
const compilation = 'SQL compilation error:\n';
const canceled = 'SQL execution canceled: ';

const errors: Readonly<Record<ErrorCode, KnownError>> = {
  token_invalid: { code: '390303', sqlState: '08001' },
  token_expired: { code: '390318', sqlState: '08001' },
  token_untrusted: { code: '390303', sqlState: '08001' },
  identity_revoked: { code: '390303', sqlState: '08001' },
  token_cannot_run: { code: '390303', sqlState: '08001' },
  token_cannot_decide: { code: '390303', sqlState: '08001' },
  sign_in_needed: { code: '390303', sqlState: '08001' },

  session_unknown: { code: '390104', sqlState: '08001' },
  session_expired: { code: '390112', sqlState: '08001' },
  // Not 390111: on that, one driver drops the connection and keeps the reason to itself.
  session_ended: { code: '390114', sqlState: '08001' },

  request_malformed: { code: '390400', sqlState: '08P01' },
  request_too_large: { code: '390400', sqlState: '54000' },
  request_misdirected: { code: '390400', sqlState: '08P01' },
  request_unsupported: { code: '000002', sqlState: '0A000' },
  statement_count: { code: '000008', sqlState: '0A000' },
  duplicate_request: { code: '390400', sqlState: '08P01' },

  // Drivers retry HTTP 429, one of them for ever (driver protocol, rule 1): an outcome with an SQLSTATE they do not.
  rate_limited: { code: '390400', sqlState: '53400' },
  too_many_sessions: { code: '390400', sqlState: '53300' },
  too_many_statements: { code: '390400', sqlState: '53300' },
  too_many_channels: { code: '390400', sqlState: '53300' },
  too_many_held: { code: '390400', sqlState: '53300' },
  record_allowance_used: { code: '390400', sqlState: '53400' },

  statement_syntax: { code: '001003', sqlState: '42000', prefix: compilation },
  statement_not_understood: { code: '003001', sqlState: '42501', prefix: accessControl },
  object_unknown: { code: '002003', sqlState: '42S02', prefix: compilation },
  column_unknown: { code: '000904', sqlState: '42000', prefix: compilation },
  blocked: { code: '003001', sqlState: '42501', prefix: accessControl },
  policy_invalid: { code: '370001', sqlState: 'XX000' },

  approval_denied: { code: '003001', sqlState: '42501', prefix: accessControl },
  approval_expired: { code: '003001', sqlState: '42501', prefix: accessControl },
  approval_cancelled: { code: '000604', sqlState: '57014', prefix: canceled },
  relay_stopping: { code: '000604', sqlState: '57014', prefix: canceled },
  approval_void: { code: '003001', sqlState: '42501', prefix: accessControl },
  rows_exceeded: { code: '003001', sqlState: '42501', prefix: accessControl },
  approver_not_allowed: { code: '003001', sqlState: '42501', prefix: accessControl },
  person_unclear: { code: '003001', sqlState: '42501', prefix: accessControl },
  approval_unknown: { code: '003001', sqlState: '42501', prefix: accessControl },

  session_changed: { code: '000710', sqlState: '40001' },
  statement_cancelled: { code: '000604', sqlState: '57014', prefix: canceled },
  statement_timeout: { code: '000630', sqlState: '57014' },
  statement_failed: { code: '100132', sqlState: 'P0000' },
  statement_outcome_unknown: { code: '370001', sqlState: '08007' },
  unsupported_by_warehouse: { code: '000002', sqlState: '0A000' },
  warehouse_unavailable: { code: '370001', sqlState: '57P03' },
  result_unavailable: { code: '000709', sqlState: '02000' },

  record_unavailable: { code: '370001', sqlState: '58030' },
  config_invalid: { code: '370001', sqlState: 'XX000' },
  internal: { code: '370001', sqlState: 'XX000' },
};

/** What a master token can be told of (driver protocol, section 3.1): the driver then gives the connection up. */
const renewalErrors: Partial<Record<ErrorCode, KnownError>> = {
  session_unknown: { code: '390113', sqlState: '08001' },
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
