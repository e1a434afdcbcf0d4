import { ABOUT, LIVE_CLOSE, type LiveServerMessage } from '@sluice/contract';
import type { WebSocket } from 'ws';
import { type ErrorCode, isSluiceError, SluiceError } from '../../../errors.ts';

/** Ends a connection, and says why. */
export function endSocket(socket: WebSocket, error: SluiceError): void {
  const { code, message, advice, retryAfterSeconds } = error;
  const told = {
    type: 'error',
    code,
    message,
    advice,
    ...(isVersion(code) ? { served: ABOUT.live } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  } satisfies LiveServerMessage;
  socket.send(JSON.stringify(told));
  socket.close(closeOf(code), code);
}

export function asSluiceError(error: unknown): SluiceError {
  return isSluiceError(error) ? error : new SluiceError('internal', 'something went wrong in the relay');
}

/** Limits on an identity are recorded where they are. */
export function isTooMuch(code: ErrorCode): boolean {
  return TOO_MUCH.has(code);
}

const TOO_MUCH = new Set<ErrorCode>(['rate_limited', 'too_many_channels', 'too_many_subscriptions']);

function isVersion(code: ErrorCode): boolean {
  return code === 'client_too_old' || code === 'relay_too_old';
}

function closeOf(code: ErrorCode): number {
  if (isTooMuch(code)) return LIVE_CLOSE.tooMuch;
  if (isVersion(code)) return LIVE_CLOSE.otherVersion;
  if (code === 'request_malformed') return LIVE_CLOSE.malformed;
  return RELAYS_OWN.has(code) ? LIVE_CLOSE.relayFailed : LIVE_CLOSE.unauthenticated;
}

const RELAYS_OWN = new Set<ErrorCode>(['internal', 'record_unavailable']);
