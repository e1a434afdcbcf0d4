import { SluiceError } from '../errors.ts';
import type { Identity } from './identity.ts';

/** How recent a sign-in must be to decide with, and of what kind. */
export interface SignInTerms {
  readonly withinSeconds: number;
  /** Accepted values of `acr`; null for any. */
  readonly acr: readonly string[] | null;
}

/** The part of an identity that says how its person signed in. */
export type SignedIn = Pick<Identity, 'signedInAt' | 'acr'>;

/**
 * What is wrong with a sign-in for deciding, or null: `sign_in_needed`, with the challenge of RFC 9470. A token that
 * does not say when its person signed in is not recent.
 */
export function signInProblem(
  { signedInAt, acr }: SignedIn,
  terms: SignInTerms,
  now: number,
): SluiceError | null {
  const age = signedInAt === null ? null : now - signedInAt;
  if (age === null || age < -CLOCKS_DIFFER_MS) {
    return needed('the token does not say when you signed in', terms);
  }
  // Put so that an age that is not a number is too great.
  if (!(age <= terms.withinSeconds * 1_000))
    return needed(`your sign-in is older than ${terms.withinSeconds} seconds`, terms);
  if (terms.acr !== null && (acr === null || !terms.acr.includes(acr))) {
    return needed('you did not sign in in a way that the policy accepts for deciding', terms);
  }
  return null;
}

/** The authenticator lets in no token of a later time. */
const CLOCKS_DIFFER_MS = 300_000;

function needed(message: string, { withinSeconds, acr }: SignInTerms): SluiceError {
  const kinds =
    acr === null
      ? ''
      : `, acr_values="${acr.map((value) => value.replace(/[^\x21\x23-\x5b\x5d-\x7e]/g, '')).join(' ')}"`;
  return new SluiceError('sign_in_needed', message, {
    advice: 'sign in again: `sluice sign-in --decide`',
    challenge: `Bearer error="insufficient_user_authentication", max_age="${withinSeconds}"${kinds}`,
  });
}
