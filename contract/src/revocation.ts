import { z } from 'zod';
import { instant } from './primitives.ts';

/** `ISSUER|SUBJECT`, in any spelling. */
const identity = z.string().min(1).max(2_000);

/** Whose access, or which tokens, a revocation ends. */
export const revocationTarget = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('subject'), identity }),
  z.strictObject({ type: z.literal('token'), tokenId: z.string().min(1).max(2_000) }),
  z.strictObject({
    type: z.literal('issued_before'),
    /** Seconds since the epoch, as a token's `iat`. */
    before: z.int().positive(),
    /** Null: everybody's tokens. */
    identity: identity.nullable(),
  }),
]);

export const revocationOrder = z.strictObject({
  target: revocationTarget,
  reason: z.string().min(1).max(1_000),
});

export const revocationView = z.object({
  target: revocationTarget,
  reason: z.string(),
  /** Identity id of the person who revoked. */
  by: z.string(),
  at: instant,
});

export const revocationList = z.object({
  version: z.literal(1),
  revocations: z.array(revocationView),
});

export type RevocationOrder = z.infer<typeof revocationOrder>;
export type RevocationView = z.infer<typeof revocationView>;
