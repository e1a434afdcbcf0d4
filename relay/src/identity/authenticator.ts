import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import { SluiceError } from '../errors.ts';
import { readClaims } from './claims.ts';
import { identityId, type Identity } from './identity.ts';
import type { IdentityConfig, TrustedIssuer } from './identity-config.ts';
import { issuerKeys } from './issuer-keys.ts';
import type { RelayIssuer } from './relay-issuer.ts';
import type { Revocations } from './revocations.ts';

/**
 * From a bearer token to who asks. Errors: `token_invalid`, `token_expired`, `token_untrusted`,
 * `identity_revoked`. No message holds any part of the token.
 */
export type Authenticate = (token: string) => Promise<Identity>;

export interface AuthenticatorOptions {
  readonly config: IdentityConfig;
  readonly revocations: Pick<Revocations, 'check'>;
  /** Issuer of the relay's own tokens, when there is SAML sign-in. */
  readonly relayIssuer?: Pick<RelayIssuer, 'trusted' | 'keys'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Characters. Larger than any real token; bounds what parsing can cost. */
const LONGEST_TOKEN = 16_384;

export function createAuthenticator(options: AuthenticatorOptions): Authenticate {
  const { config, revocations, relayIssuer, now } = options;
  const issuers = new Map(
    config.issuers.map((trusted) => [trusted.issuer, { trusted, keys: issuerKeys(trusted, now) }]),
  );
  if (relayIssuer !== undefined) issuers.set(relayIssuer.trusted.issuer, relayIssuer);

  return async (token) => {
    const known = issuers.get(claimedIssuer(token));
    if (known === undefined) {
      throw new SluiceError('token_untrusted', 'the token is of an issuer that is not trusted here', {
        advice: 'sign in with one of the issuers that the relay lists',
      });
    }
    const { trusted, keys } = known;
    const { payload } = await jwtVerify(token, keys, {
      issuer: trusted.issuer,
      audience: trusted.audience,
      algorithms: [...trusted.algorithms],
      clockTolerance: config.clockTolerance,
      currentDate: new Date(now()),
      requiredClaims: ['sub', 'iat', 'exp'],
      maxTokenAge: config.maxTokenAge,
    }).catch((error: unknown) => {
      throw asTokenError(error);
    });
    const identity = toIdentity(trusted, payload);
    revocations.check(identity);
    return identity;
  };
}

/** Only to choose whose keys to check the token with; nothing else is believed before the signature is. */
function claimedIssuer(token: string): string {
  if (token.length > LONGEST_TOKEN) throw malformed();
  try {
    return decodeJwt(token).iss ?? '';
  } catch (cause) {
    throw malformed(cause);
  }
}

function toIdentity(issuer: TrustedIssuer, payload: JWTPayload): Identity {
  const { sub: subject, jti, iat, exp } = payload;
  if (!subject || iat === undefined || exp === undefined) throw malformed();
  return {
    id: identityId(issuer.issuer, subject),
    issuer: issuer.issuer,
    subject,
    ...readClaims(issuer, subject, payload),
    kind: issuer.claims.kind,
    tokenId: jti ?? null,
    tokenClient: textOf(payload['azp']) ?? textOf(payload['client_id']),
    signedInAt: typeof payload['auth_time'] === 'number' ? payload['auth_time'] : null,
    acr: textOf(payload['acr']),
    mayDecide: false,
    issuedAt: iat,
    expiresAt: exp,
  };
}

function textOf(claim: unknown): string | null {
  return typeof claim === 'string' && claim !== '' ? claim : null;
}

function asTokenError(error: unknown): unknown {
  if (error instanceof SluiceError) return error;
  if (error instanceof errors.JWTExpired) {
    return new SluiceError('token_expired', 'the token has expired', {
      advice: 'sign in again',
      cause: error,
    });
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new SluiceError('token_invalid', `the token's claim \`${error.claim}\` is not accepted`, {
      advice: 'sign in again for this relay',
      cause: error,
    });
  }
  if (error instanceof errors.JOSEError) return malformed(error);
  // A key that is too short, or of another kind than it says.
  return new SluiceError('token_untrusted', "the issuer's key cannot be used", {
    advice: 'tell the people who run the relay',
    cause: error,
  });
}

function malformed(cause?: unknown): SluiceError {
  return new SluiceError('token_invalid', 'the token is not valid', {
    advice: 'sign in again, and send the token as the issuer gave it',
    cause,
  });
}
