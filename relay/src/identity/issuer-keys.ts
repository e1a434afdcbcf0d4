import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { SluiceError } from '../errors.ts';
import { boundedFetch } from './bounded-fetch.ts';
import type { TrustedIssuer } from './identity-config.ts';
import { issuerUrl } from './safe-url.ts';

/** An issuer that does not answer in this time counts as down. */
const TIMEOUT_MS = 5_000;
/** Between two attempts to fetch: bounds what tokens with made-up key ids can trigger. */
const COOLDOWN_MS = 10_000;
/** After so long keys are fetched again, so that a key the issuer has withdrawn is forgotten. */
const FRESH_MS = 10 * 60_000;
/**
 * For so long fetched keys go on counting while the issuer is down. An hour: as long as the tokens that it signed
 * before, and no longer, since a withdrawn key counts too.
 */
const USABLE_MS = 60 * 60_000;

/**
 * An issuer's keys: fetched when first needed, when they are old, and when a token names an unknown one
 * (rotation). Throws `token_untrusted` when they cannot be had.
 *
 * @param now milliseconds since the epoch
 */
export function issuerKeys(issuer: TrustedIssuer, now: () => number): JWTVerifyGetKey {
  let known: { readonly find: JWTVerifyGetKey; readonly at: number } | null = null;
  let triedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | null = null;
  // A clock that was put back must not make old keys fresh for as long again.
  const isWithin = (span: number, since: number) => Math.abs(now() - since) < span;

  const refresh = async () => {
    if (underWay === null && isWithin(COOLDOWN_MS, triedAt)) return;
    triedAt = now();
    underWay ??= fetchKeys(issuer)
      .then((keys) => void (known = { find: createLocalJWKSet(keys), at: now() }))
      .finally(() => (underWay = null));
    await underWay;
  };
  const usable = (without?: unknown) => {
    if (known === null || !isWithin(USABLE_MS, known.at)) throw unreachable(issuer, without);
    return known.find;
  };

  return async (header, token) => {
    if (known === null || !isWithin(FRESH_MS, known.at)) await refresh().catch(usable);
    try {
      return await usable()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh().catch((cause: unknown) => {
        throw unreachable(issuer, cause);
      });
      return await usable()(header, token);
    }
  };
}

async function fetchKeys(issuer: TrustedIssuer): Promise<JSONWebKeySet> {
  // createLocalJWKSet checks the shape.
  return (await fetchJson(issuer.jwksUri ?? (await discover(issuer.issuer)))) as JSONWebKeySet;
}

async function discover(issuer: string): Promise<string> {
  const document = discovery.parse(
    await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
  );
  // OpenID Connect Discovery 1.0, section 4.3: another issuer's document proves nothing about this one.
  if (document.issuer !== issuer) throw new Error('the discovery document is of another issuer');
  return document.jwks_uri;
}

const discovery = z.object({ issuer: z.string(), jwks_uri: issuerUrl });

/** Redirects are not followed: they could lead off https. */
async function fetchJson(url: string): Promise<unknown> {
  const response = await boundedFetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`the issuer answered ${response.status}`);
  return await response.json();
}

function unreachable(issuer: TrustedIssuer, cause: unknown): SluiceError {
  return new SluiceError('token_untrusted', `the keys of issuer \`${issuer.issuer}\` cannot be fetched`, {
    advice: 'try again; if it keeps failing, tell the people who run the relay',
    cause,
  });
}
