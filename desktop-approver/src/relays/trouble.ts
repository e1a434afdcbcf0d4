import { isRelayError } from '@sluice/contract';

/** As docs/errors.md has them, or one of the app's own; `advice` is empty when there is nothing to do. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

/** What goes wrong in the app itself. */
export type TroubleCode =
  /** The address is none, or not one that a token may be sent to. */
  | 'address_refused'
  | 'relay_known'
  | 'relay_not_listed'
  /** Nobody who signs in at this relay may decide. */
  | 'nobody_decides_here'
  /** There are several places to sign in at, and none was named. */
  | 'place_unclear'
  | 'signed_out'
  | 'sign_in_refused'
  | 'sign_in_timeout'
  /** By another that was begun, or since the app ends. */
  | 'sign_in_given_up'
  /** The issuer does not answer as it should. */
  | 'issuer_unavailable'
  /** The issuer no longer renews the sign-in. */
  | 'sign_in_over'
  | 'other_person'
  /** The request is not the one that the person was shown. */
  | 'request_changed'
  | 'never_shown'
  | 'relay_contradicts_itself'
  | 'not_confirmed'
  | 'device_unavailable'
  | 'device_not_enrolled'
  | 'offer_malformed'
  /** What was kept on this computer cannot be read. */
  | 'kept_damaged'
  /** The witness: a key of the record is known already. */
  | 'key_known'
  /** It takes a name, words, and an alarm to acknowledge. */
  | 'not_acknowledged'
  /** Downloaded sessions: an export that is not intact. */
  | 'replay_broken'
  | 'replay_too_large'
  /** No key is known by which it could be checked. */
  | 'key_unknown'
  /** What somebody gave for one is none. */
  | 'key_malformed'
  | 'replay_called_off'
  /** The thread that keeps them has ended. */
  | 'replays_stopped'
  /** An export of another history than this computer has seen. */
  | 'record_rewritten'
  /** Of which the relay does not prove that it is not. */
  | 'unproven'
  /** The file of downloaded sessions cannot be read. */
  | 'replays_damaged'
  | 'disk_full';

/** An error with a stable code and advice. Nothing secret is in it. */
export class TroubleError extends Error implements Trouble {
  override readonly name = 'TroubleError';
  readonly code: TroubleCode;
  readonly advice: string;

  constructor(code: TroubleCode, message: string, advice = '', cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.advice = advice;
  }
}

/** What to tell a person of anything that was thrown. */
export function troubleOf(thrown: unknown): Trouble {
  // No token could be had: what matters is why.
  if (isRelayError(thrown) && thrown.cause instanceof TroubleError) return troubleOf(thrown.cause);
  if (thrown instanceof TroubleError || isRelayError(thrown)) {
    return { code: thrown.code, message: thrown.message, advice: thrown.advice };
  }
  // Its text is nobody's plain words, and may hold what is not to be shown.
  return { code: 'internal', message: 'something went wrong in the app', advice: 'try again' };
}

/** Whether nobody is signed in, or no longer: what was asked for would have had no token. */
export function isSignedOut(thrown: unknown): boolean {
  return (
    (thrown instanceof TroubleError && (thrown.code === 'signed_out' || thrown.code === 'sign_in_over')) ||
    (isRelayError(thrown) && thrown.code === 'token_invalid')
  );
}
