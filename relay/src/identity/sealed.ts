import { EncryptJWT, jwtDecrypt, type JWTPayload } from 'jose';
import type { z } from 'zod';
import { toEpochSeconds } from '../epoch.ts';

/**
 * Values that others carry for the relay, so that it keeps nothing of those who have not said who they are:
 * encrypted and authenticated (JWE, RFC 7516: `dir` and A256GCM), and good for a while.
 */
export interface Sealed<Value extends JWTPayload> {
  /** @param lifetimeMs in the place of everybody's. */
  seal(value: Value, lifetimeMs?: number): Promise<string>;
  /** Null for what is not of this key, was changed, or is too old. */
  open(text: string): Promise<Value | null>;
}

export interface SealedOptions<Value extends JWTPayload> {
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly schema: z.ZodType<Value>;
  /** How long it is good for, unless it is said for one. */
  readonly lifetimeMs: number;
  /** Characters; what is longer is none. */
  readonly longest?: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Characters. Longer than anything that is sealed here. */
const LONGEST = 4_096;

export function createSealed<Value extends JWTPayload>(options: SealedOptions<Value>): Sealed<Value> {
  const { key, schema, lifetimeMs: usualMs, longest = LONGEST, now } = options;
  return {
    seal: async (value, lifetimeMs = usualMs) =>
      await new EncryptJWT(value)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(toEpochSeconds(now() + lifetimeMs))
        .encrypt(key),
    async open(text) {
      if (text.length > longest) return null;
      const opened = await jwtDecrypt(text, key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        requiredClaims: ['exp'],
        currentDate: new Date(now()),
      }).catch(() => null);
      const parsed = schema.safeParse(opened?.payload);
      return parsed.success ? parsed.data : null;
    },
  };
}
