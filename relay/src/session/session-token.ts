import { createHash } from 'node:crypto';

/** Opaque to every driver; 256 random bits and no data, so that nothing can be read from it or guessed. */
export type SessionToken = string & { readonly __brand: 'SessionToken' };

/** What is stored in a token's place: who reads the database cannot sign in with it. */
export type TokenHash = string & { readonly __brand: 'TokenHash' };

/** Cryptographically random bytes: `randomBytes` of `node:crypto`. */
export type RandomBytes = (size: number) => Buffer;

export function mintToken(random: RandomBytes): SessionToken {
  return random(32).toString('base64url') as SessionToken;
}

/** Plain SHA-256: the input is random, there is nothing to slow a guesser down for. */
export function hashToken(token: string): TokenHash {
  return createHash('sha256').update(token).digest('hex') as TokenHash;
}
