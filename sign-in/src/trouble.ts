import { isRelayError } from '@sluice/contract';

/** As docs/errors.md has them, or one of a program's own; `advice` is empty when there is nothing to do. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

/** What goes wrong when somebody signs in. */
export type SignInTroubleCode =
  /** The address is none, or not one that a token may be sent to. */
  | 'address_refused'
  /** Nobody who signs in at this relay may do what the program is for. */
  | 'nobody_signs_in_here'
  /** There are several places to sign in at, and none was named. */
  | 'place_unclear'
  | 'sign_in_refused'
  | 'sign_in_timeout'
  /** By another that was begun, by its person, or since the program ends. */
  | 'sign_in_given_up'
  /** The issuer does not answer as it should. */
  | 'issuer_unavailable'
  /** The issuer gives no codes to enter elsewhere. */
  | 'no_codes_here'
  /** The issuer no longer renews the sign-in. */
  | 'sign_in_over'
  | 'other_person'
  /** What was kept on this computer cannot be read. */
  | 'kept_damaged';

/** An error with a stable code and advice. Nothing secret is in it. */
export class TroubleError<Code extends string = string> extends Error implements Trouble {
  override readonly name = 'TroubleError';
  readonly code: Code;
  readonly advice: string;

  constructor(code: Code, message: string, advice = '', cause?: unknown) {
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
  return { code: 'internal', message: 'something went wrong here', advice: 'try again' };
}

/** Whether nobody is signed in, or no longer: what was asked for would have had no token. */
export function isSignedOut(thrown: unknown): boolean {
  return (
    (thrown instanceof TroubleError && (thrown.code === 'signed_out' || thrown.code === 'sign_in_over')) ||
    (isRelayError(thrown) && thrown.code === 'token_invalid')
  );
}
