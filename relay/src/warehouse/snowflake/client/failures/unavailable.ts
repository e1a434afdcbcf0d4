import { SluiceError } from '../../../../errors.ts';

/**
 * The account does not answer, or not as it should: what it said is no part of the message.
 *
 * @param retryAfterSeconds only where nothing was sent, or nothing of it was taken.
 */
export function unavailable(message: string, retryAfterSeconds?: number): SluiceError {
  return new SluiceError('warehouse_unavailable', message, {
    advice: 'try again in a moment',
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** Whoever answers has no certificate that the relay may trust: nothing was sent to it. */
export function untrusted(code: string): SluiceError {
  return new SluiceError(
    'warehouse_unavailable',
    `what answers in the warehouse’s place has no certificate that the relay trusts for it (${code})`,
    {
      advice:
        'tell the operator: where a proxy looks into TLS, its authority has to be in the relay’s NODE_EXTRA_CA_CERTS',
    },
  );
}

/** An answer that is not what the protocol says: nothing of it is used. */
export function unreadable(): SluiceError {
  return unavailable('the warehouse answered with what the relay cannot read');
}

export function sessionEnded(): SluiceError {
  return new SluiceError(
    'session_ended',
    'the warehouse has ended its session, and what was in it is gone: temporary tables, variables, an open transaction',
    { advice: 'sign in again' },
  );
}

export function outcomeUnknown(): SluiceError {
  return new SluiceError(
    'statement_outcome_unknown',
    'the statement was sent to the warehouse, and what became of it cannot be found out',
    { advice: 'look at what it did before you run it again' },
  );
}

export function cancelled(): SluiceError {
  return new SluiceError('statement_cancelled', 'SQL execution canceled', {
    warehouse: { code: '000604', sqlState: '57014' },
  });
}
