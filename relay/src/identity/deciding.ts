import type { JWTPayload } from 'jose';
import { SluiceError } from '../errors.ts';
import type { TrustedIssuer } from './identity-config.ts';

/** The audiences that a token of this issuer may have: for running SQL, and for deciding. */
export function audiencesOf({ audience, deciding }: TrustedIssuer): string[] {
  return deciding !== null && 'audience' in deciding ? [audience, deciding.audience] : [audience];
}

/**
 * Whether the token was requested for deciding. A token for both purposes is only for deciding: it runs no SQL. Throws
 * `token_untrusted` if it was issued to a program that may not have one.
 */
export function isForDeciding(
  { deciding }: TrustedIssuer,
  payload: JWTPayload,
  tokenClient: string | null,
): boolean {
  if (deciding === null) return false;
  const isOne =
    'audience' in deciding
      ? [payload.aud].flat().includes(deciding.audience)
      : scopesOf(payload).includes(deciding.scope);
  if (isOne && deciding.clients !== undefined && !deciding.clients.includes(tokenClient ?? '')) {
    throw new SluiceError(
      'token_untrusted',
      'the token is for deciding, and was issued to a program that may not have one',
      {
        advice: 'sign in with one of the programs that the relay lists for deciding',
      },
    );
  }
  return isOne;
}

/** `scope` (RFC 9068, section 2.2.3), or `scp`, in which some issuers give a list. */
function scopesOf(payload: JWTPayload): readonly string[] {
  return [payload['scope'], payload['scp']].flat().flatMap((scopes) => {
    return typeof scopes === 'string' ? scopes.split(' ') : [];
  });
}
