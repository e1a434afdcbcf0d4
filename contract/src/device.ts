import { z } from 'zod';
import { instant } from './primitives.ts';
import { identitySummary } from './session-event.ts';

const key = z.base64().max(200);
const signature = z.base64().max(200);

/** A new device, signed with its own key over `enrolmentBytes`. */
export const deviceEnrolment = z.strictObject({
  /** Ed25519, SPKI. */
  key,
  /** The name that its owner gave it. */
  name: z.string().min(1).max(100),
  at: instant,
  proof: signature,
  /** An enrolled device of the same person, and its signature over the same bytes. */
  vouchedBy: z.strictObject({ key, signature }).nullable(),
});

export const deviceRevocation = z.strictObject({ key });

/** A person's word for another person's device. */
export const deviceWord = z.strictObject({ comment: z.string().min(1).max(4_000) });

export const deviceView = z.object({
  key: z.string(),
  name: z.string(),
  enrolledAt: instant,
  /** What it has signed since then is refused; null while it is in use. */
  revokedAt: instant.nullable(),
});

export const deviceList = z.object({ version: z.literal(1), devices: z.array(deviceView) });

/** A device that waits for another person to vouch for it. */
export const deviceRequestView = z.object({
  id: z.uuid(),
  owner: identitySummary,
  key: z.string(),
  name: z.string(),
  /** To be compared with the fingerprint that the owner's device displays. */
  fingerprint: z.string(),
  askedAt: instant,
});

export const deviceRequestList = z.object({
  version: z.literal(1),
  requests: z.array(deviceRequestView),
});

/** Declares that enrolments which an earlier fault let in do not count. */
export const deviceRepairOrder = z.strictObject({
  /** It stands on the record. */
  reason: z.string().min(1).max(1_000),
  /** Only says which enrolments it would be. */
  dryRun: z.boolean().default(false),
});

export const deviceRepair = z.object({
  version: z.literal(1),
  enrolments: z.array(
    z.object({
      /** Of its event in the relay session. */
      seq: z.int().nonnegative(),
      key: z.string(),
      /** Identity id of its owner. */
      identity: z.string(),
      name: z.string(),
    }),
  ),
});

export type DeviceEnrolment = z.infer<typeof deviceEnrolment>;
export type DeviceView = z.infer<typeof deviceView>;
export type DeviceRequestView = z.infer<typeof deviceRequestView>;
