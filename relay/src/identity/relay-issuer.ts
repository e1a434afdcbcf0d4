import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  type JWK,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  SignJWT,
} from 'jose';
import { toEpochSeconds } from '../epoch.ts';
import { SluiceError } from '../errors.ts';
import type { TrustedIssuer } from './identity-config.ts';

/** The relay as an issuer of its own: short-lived tokens for people who proved to it who they are. */
export interface RelayIssuer {
  /** What the authenticator needs to take its tokens like any other issuer's. */
  readonly trusted: TrustedIssuer;
  readonly keys: JWTVerifyGetKey;
  /** The public keys, to be published. */
  readonly jwks: JSONWebKeySet;
  mint(person: MintFor): Promise<MintedToken>;
}

export interface MintFor {
  readonly subject: string;
  readonly name: string;
  readonly email: string | null;
  /** What else names them, by the names of `personNames`. */
  readonly person: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  /** When and how they proved who they are. */
  readonly signedInAt: number;
  readonly acr: string | null;
  /** Whether the token is to decide with, and not to run SQL with. */
  readonly toDecide: boolean;
  readonly expiresAt: number;
}

/** The scope that a program asks the relay for, to let its person decide. */
export const DECIDING_SCOPE = 'sluice:decide';

export interface MintedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

export interface RelayIssuerOptions {
  /** The relay's public URL: the tokens' issuer, and their audience too. */
  readonly url: string;
  /** What its tokens name people by, beside or in place of the address (`personClaims`). */
  readonly personNames: readonly string[];
  /** P-256 private keys, the current one first; tokens of the others are still accepted. */
  readonly keys: readonly [KeyObject, ...KeyObject[]];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
}

export async function createRelayIssuer(options: RelayIssuerOptions): Promise<RelayIssuer> {
  const { url, personNames, keys, now, newId } = options;
  const [current, ...former] = keys;
  const currentJwk = await publicJwk(current);
  const jwks = { keys: [currentJwk, ...(await Promise.all(former.map(publicJwk)))] };
  return {
    jwks,
    keys: createLocalJWKSet(jwks),
    trusted: {
      issuer: url,
      audience: url,
      algorithms: ['ES256'],
      deciding: { scope: DECIDING_SCOPE },
      // Programs read that at the relay's own metadata.
      signIn: null,
      claims: {
        kind: 'person',
        nameClaim: ['preferred_username'],
        groupsClaim: ['groups'],
        personClaims: Object.fromEntries(
          personNames.map((name) => [name, name === 'email' ? ['email'] : ['person', name]]),
        ),
        emailIsVerified: false,
      },
    },
    async mint(whom) {
      const { subject, name, email, person, groups, signedInAt, acr, toDecide, expiresAt } = whom;
      const [issued, expires] = [toEpochSeconds(now()), toEpochSeconds(expiresAt)];
      const token = await new SignJWT({
        preferred_username: name,
        groups: [...groups],
        person: { ...person },
        auth_time: toEpochSeconds(signedInAt),
        ...(acr === null ? {} : { acr }),
        ...(toDecide ? { scope: DECIDING_SCOPE } : {}),
        ...(email === null ? {} : { email, email_verified: true }),
      })
        .setProtectedHeader({ alg: 'ES256', kid: currentJwk.kid, typ: 'at+jwt' })
        .setIssuer(url)
        .setAudience(url)
        .setSubject(subject)
        .setJti(newId())
        .setIssuedAt(issued)
        .setExpirationTime(expires)
        .sign(current);
      return { token, expiresInSeconds: expires - issued };
    },
  };
}

/**
 * The keys in a PEM file, readable by its owner alone: PKCS #8 private keys, the current one first. A key is
 * rotated by putting the new one above it, and taken out once its last token has expired. A file that is not
 * there is made.
 *
 * @throws SluiceError `config_invalid` when the file holds anything but P-256 private keys.
 */
export function relayKeysFromFile(path: string): readonly [KeyObject, ...KeyObject[]] {
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  }
  const blocks = readFileSync(path, 'utf8').match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
  const [current, ...former] = blocks.map((pem) => readKey(path, pem));
  if (current === undefined) throw notAKey(path);
  return [current, ...former];
}

function readKey(path: string, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw notAKey(path, cause);
  }
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw notAKey(path);
  return key;
}

async function publicJwk(key: KeyObject): Promise<JWK & { kid: string }> {
  const jwk = await exportJWK(createPublicKey(key));
  return { ...jwk, alg: 'ES256', use: 'sig', kid: await calculateJwkThumbprint(jwk) };
}

function notAKey(path: string, cause?: unknown): SluiceError {
  return new SluiceError('config_invalid', `the token key file \`${path}\` is not readable as keys`, {
    advice: 'give P-256 private keys in PEM (PKCS #8), the current one first',
    cause,
  });
}
