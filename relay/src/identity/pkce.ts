import { createHash, timingSafeEqual } from 'node:crypto';

/** RFC 7636, section 4.6, S256. @param challenge 43 characters. */
export function proves(verifier: string, challenge: string): boolean {
  const made = createHash('sha256').update(verifier).digest('base64url');
  return timingSafeEqual(Buffer.from(made), Buffer.from(challenge));
}
