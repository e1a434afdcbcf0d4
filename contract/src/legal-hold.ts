import { z } from 'zod';
import { instant } from './primitives.ts';
import { identitySummary } from './session-event.ts';

/** Which sessions of the record: named, or by who opened them and when. */
const heldSessions = z.union([
  z.strictObject({ sessions: z.array(z.uuid()).min(1).max(1_000) }),
  z.strictObject({
    /** An identity id, `ISSUER|SUBJECT`. */
    person: z.string().min(1).max(2_000),
    since: z.iso.datetime().optional(),
    before: z.iso.datetime().optional(),
  }),
  z.strictObject({ since: z.iso.datetime(), before: z.iso.datetime() }),
]);

/** Sessions that are opened later are not under it. */
export const holdOrder = z.strictObject({
  of: heldSessions,
  reason: z.string().min(1).max(1_000),
  /** Only says how many sessions it would be. */
  dryRun: z.boolean().default(false),
});

export const holdOutcome = z.object({
  version: z.literal(1),
  /** How many sessions are meant, and how many of them it changes: the others were held, or free, already. */
  sessions: z.int(),
  changed: z.int(),
});

/** A session under legal hold: retention removes nothing from it. */
export const heldSession = z.object({
  session: z.uuid(),
  openedAt: instant,
  /** Identity id of who opened it. */
  person: z.string(),
  name: z.string(),
  heldAt: instant,
  by: identitySummary,
  reason: z.string(),
});

export const holdListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** `next` of the page before. */
  cursor: z.string().max(200).optional(),
});

/** The sessions opened last come first. */
export const holdList = z.object({
  version: z.literal(1),
  holds: z.array(heldSession),
  /** Null when there is no more. */
  next: z.string().nullable(),
});

export type HoldOrder = z.infer<typeof holdOrder>;
export type HeldSession = z.infer<typeof heldSession>;
