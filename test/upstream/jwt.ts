import { createHash, type KeyObject, verify } from 'node:crypto';
import type { Account, User } from './account.ts';

/** Why a token was not taken, as Snowflake numbers it; its name is in the documentation of key pairs. */
export interface JwtRefusal {
  readonly code: string;
  readonly reason: string;
}

const INVALID: JwtRefusal = { code: '390144', reason: 'JWT_TOKEN_INVALID' };

/**
 * Checks a key pair's token as Snowflake documents it: RS256, `iss` of account, user and the key's fingerprint, `sub` of account
 * and user, taken within a minute of `iat`, not after `exp`.
 */
export function userOfKeyPair(account: Account, token: string, now: number): User | JwtRefusal {
  const jwt = decode(token);
  if (jwt === null) return INVALID;
  const { header, claims } = jwt;
  if (header['alg'] !== 'RS256') return { code: '394305', reason: 'JWT_TOKEN_INVALID_ALGORITHM' };
  const [, issuerAccount, name, fingerprint] =
    /^([^.]+)\.(.+)\.(SHA256:[A-Za-z0-9+/]+=*)$/.exec(String(claims['iss'])) ?? [];
  if (issuerAccount !== account.name || claims['sub'] !== `${issuerAccount}.${name}`) return INVALID;
  const user = account.users.find((user) => user.name === name);
  if (user === undefined) return { code: '394300', reason: 'JWT_TOKEN_INVALID_USER_IN_ISSUER' };
  const issued = millisecondsOf(claims['iat']);
  const expires = millisecondsOf(claims['exp']);
  if (issued === null || expires === null)
    return { code: '394301', reason: 'JWT_TOKEN_MISSING_ISSUE_OR_EXPIRATION_TIME' };
  if (Math.abs(now - issued) > 60_000) return { code: '394302', reason: 'JWT_TOKEN_INVALID_ISSUE_TIME' };
  if (expires <= now || expires - issued > 3_600_000)
    return { code: '394303', reason: 'JWT_TOKEN_INVALID_EXPIRATION_TIME' };
  const key = user.keys?.find((key) => fingerprintOf(key) === fingerprint);
  if (key === undefined)
    return { code: '394304', reason: 'JWT_TOKEN_INVALID_PUBLIC_KEY_FINGERPRINT_MISMATCH' };
  if (!isSigned(token, key)) return { code: '394306', reason: 'JWT_TOKEN_INVALID_SIGNATURE' };
  return user;
}

/** A workload's token: of an issuer and a subject that a user was made for, for Snowflake, in its time. */
export function userOfWorkload(
  account: Account,
  provider: unknown,
  token: string,
  now: number,
): User | undefined {
  const claims = decode(token)?.claims;
  if (claims === undefined) return undefined;
  const audiences = [claims['aud']].flat();
  const expires = millisecondsOf(claims['exp']);
  if (!audiences.includes('snowflakecomputing.com') || expires === null || expires <= now) return undefined;
  return account.users.find((user) =>
    user.workloads?.some(
      (workload) =>
        workload.provider === provider &&
        workload.issuer === claims['iss'] &&
        workload.subject === claims['sub'] &&
        isSigned(token, workload.key),
    ),
  );
}

export function fingerprintOf(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(der).digest('base64')}`;
}

function isSigned(token: string, key: KeyObject): boolean {
  const end = token.lastIndexOf('.');
  return verify(
    'RSA-SHA256',
    Buffer.from(token.slice(0, end)),
    key,
    Buffer.from(token.slice(end + 1), 'base64url'),
  );
}

function decode(token: string) {
  const [header, claims, signature] = token.split('.');
  if (header === undefined || claims === undefined || signature === undefined) return null;
  try {
    return { header: parse(header), claims: parse(claims) };
  } catch {
    return null;
  }
}

function parse(part: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
}

/** Seconds, or what snowflake-sdk sends: milliseconds. */
function millisecondsOf(claim: unknown): number | null {
  if (typeof claim !== 'number') return null;
  return claim > 100_000_000_000 ? claim : claim * 1_000;
}
