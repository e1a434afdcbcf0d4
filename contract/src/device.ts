import { z } from 'zod';
import { instant } from './primitives.ts';
import { identitySummary } from './session-event.ts';

const key = z.base64().max(200);
const signature = z.base64().max(200);

/** A new device, signed with its own key over `enrolmentBytes`. */
export const deviceEnrolment = z.strictObject({
  /** Ed25519, SPKI. */
  key,
  /** What its owner calls it. */
  name: z.string().min(1).max(100),
  at: instant,
  proof: signature,
  /** An enrolled device of the same person's, and its signature over the same bytes. */
  vouchedBy: z.strictObject({ key, signature }).nullable(),
});

export const deviceRevocation = z.strictObject({ key });

/** What somebody says who vouches for another person's device. */
export const deviceWord = z.strictObject({ comment: z.string().min(1).max(4_000) });

export const deviceView = z.object({
  key: z.string(),
  name: z.string(),
  enrolledAt: instant,
  /** What it signed since is refused; null while it is good. */
  revokedAt: instant.nullable(),
});

export const deviceList = z.object({ version: z.literal(1), devices: z.array(deviceView) });

/** A device that waits for somebody else's word. */
export const deviceRequestView = z.object({
  id: z.uuid(),
  owner: identitySummary,
  key: z.string(),
  name: z.string(),
  /** To be compared with what the owner's device shows. */
  fingerprint: z.string(),
  askedAt: instant,
});

export const deviceRequestList = z.object({
  version: z.literal(1),
  requests: z.array(deviceRequestView),
});

export type DeviceEnrolment = z.infer<typeof deviceEnrolment>;
export type DeviceView = z.infer<typeof deviceView>;
export type DeviceRequestView = z.infer<typeof deviceRequestView>;
