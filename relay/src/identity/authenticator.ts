import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import { SluiceError } from '../errors.ts';
import { fromEpochSeconds } from '../epoch.ts';
import { readClaims } from './claims.ts';
import { audiencesOf, isForDeciding } from './deciding.ts';
import { isVisible } from '../folded.ts';
import { identityId, type Identity } from './identity.ts';
import type { IdentityConfig, TrustedIssuer } from './identity-config.ts';
import { issuerKeys } from './issuer-keys.ts';
import type { RelayIssuer } from './relay-issuer.ts';
import type { Revocations } from './revocations.ts';

/**
 * Checks a bearer token and returns who is asking. Errors: `token_invalid`, `token_expired`, `token_untrusted`,
 * `identity_revoked`. No message holds any part of the token.
 */
export type Authenticate = (token: string) => Promise<Identity>;

export interface AuthenticatorOptions {
  readonly config: IdentityConfig;
  readonly revocations: Pick<Revocations, 'check'>;
  /** Told of everybody with a valid token, revoked or not, before they are let in. */
  readonly onKnown?: (identity: Identity) => Promise<void>;
  /** Issuer of the relay's own tokens, if there is SAML sign-in. */
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
      throw new SluiceError('token_untrusted', 'the issuer of the token is not trusted here', {
        advice: 'sign in with one of the issuers that the relay lists',
      });
    }
    const { trusted, keys } = known;
    const { payload } = await jwtVerify(token, keys, {
      issuer: trusted.issuer,
      audience: audiencesOf(trusted),
      algorithms: [...trusted.algorithms],
      clockTolerance: config.clockTolerance,
      currentDate: new Date(now()),
      requiredClaims: ['sub', 'iat', 'exp'],
      maxTokenAge: config.maxTokenAge,
    }).catch((error: unknown) => {
      throw asTokenError(error);
    });
    const identity = toIdentity(trusted, payload, config);
    await options.onKnown?.(identity);
    revocations.check(identity);
    return identity;
  };
}

/** Used only to choose the keys to check the token with; nothing else is trusted before the signature has been checked. */
function claimedIssuer(token: string): string {
  if (token.length > LONGEST_TOKEN) throw malformed();
  try {
    return decodeJwt(token).iss ?? '';
  } catch (cause) {
    throw malformed(cause);
  }
}

function toIdentity(issuer: TrustedIssuer, payload: JWTPayload, config: IdentityConfig): Identity {
  const { sub: subject, jti, iat, exp } = payload;
  if (!subject || iat === undefined || exp === undefined) throw malformed();
  if (!isVisible(subject)) {
    throw new SluiceError('token_untrusted', 'the subject of the token contains invisible characters', {
      advice: 'have the issuer give the account another name',
    });
  }
  const tokenClient = textOf(payload['azp']) ?? textOf(payload['client_id']);
  return {
    id: identityId(issuer.issuer, subject),
    issuer: issuer.issuer,
    subject,
    ...readClaims(issuer, subject, payload, config.ignoreDotsAt),
    kind: issuer.claims.kind,
    tokenId: jti ?? null,
    tokenClient,
    signedInAt: signInOf(payload['auth_time'], iat + config.clockTolerance),
    acr: textOf(payload['acr']),
    mayDecide: isForDeciding(issuer, payload, tokenClient),
    issuedAt: fromEpochSeconds(iat),
    expiresAt: fromEpochSeconds(exp),
  };
}

/**
 * Nobody can have signed in after the token was made: such a time counts as none, now and later.
 *
 * @param latest seconds since the epoch, as the claim is.
 */
function signInOf(claim: unknown, latest: number): number | null {
  return typeof claim === 'number' && Number.isFinite(claim) && claim > 0 && claim <= latest
    ? fromEpochSeconds(claim)
    : null;
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
