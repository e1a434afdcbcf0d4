import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { SluiceError } from '../errors.ts';
import type { TrustedIssuer } from './identity-config.ts';

/** Milliseconds. A key set that does not answer in this time counts as down. */
const TIMEOUT = 5_000;
/** Milliseconds between two fetches that an unknown key id may cause: bounds what forged tokens can trigger. */
const COOLDOWN = 10_000;

/**
 * An issuer's keys, fetched when first needed and again when a token names an unknown one (rotation). Throws
 * `token_untrusted` when they cannot be had.
 */
export function issuerKeys(issuer: TrustedIssuer, now: () => number): JWTVerifyGetKey {
  let keySet: Promise<JWTVerifyGetKey> | null = null;
  let failedAt = Number.NEGATIVE_INFINITY;

  const discovered = async (): Promise<JWTVerifyGetKey> => {
    if (now() - failedAt < COOLDOWN) throw unreachable(issuer);
    keySet ??= keySetUrl(issuer).then((url) =>
      createRemoteJWKSet(url, { timeoutDuration: TIMEOUT, cooldownDuration: COOLDOWN }),
    );
    return keySet.catch((cause: unknown) => {
      keySet = null;
      failedAt = now();
      throw unreachable(issuer, cause);
    });
  };
  return async (header, token) => (await discovered())(header, token);
}

async function keySetUrl(issuer: TrustedIssuer): Promise<URL> {
  if (issuer.jwksUri !== undefined) return new URL(issuer.jwksUri);
  const address = `${issuer.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT), redirect: 'error' });
  if (!response.ok) throw new Error(`discovery answered ${response.status}`);
  const document = discovery.parse(await response.json());
  // OpenID Connect Discovery 1.0, section 4.3: another issuer's document proves nothing about this one.
  if (document.issuer !== issuer.issuer) throw new Error('the discovery document is of another issuer');
  return new URL(document.jwks_uri);
}

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

function unreachable(issuer: TrustedIssuer, cause?: unknown): SluiceError {
  return new SluiceError('token_untrusted', `the keys of issuer \`${issuer.issuer}\` cannot be fetched`, {
    advice: 'try again; if it stays, tell the people who run the relay',
    cause,
  });
}
