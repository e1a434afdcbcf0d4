import { z } from 'zod';
import { instant } from './primitives.ts';

const named = z.object({ id: z.string(), name: z.string() });

/** Permission to run similar statements for a limited time, and what remains of it. */
export const grantView = z.object({
  id: z.uuid(),
  requester: named,
  /** In plain English, one sentence each: safe to display as they are. */
  covers: z.array(z.string()),
  /** The most rows that each statement may change or return, that all may together, and how many remain. */
  rows: z.int(),
  rowsInAll: z.int(),
  rowsLeft: z.int(),
  /** Exactly what it covers, as recorded. */
  bounds: z.record(z.string(), z.unknown()),
  givenBy: z.array(named),
  givenAt: instant,
  /** When it begins: later than it was given when it was asked for ahead so. */
  startsAt: instant,
  expiresAt: instant,
  /** What whoever asked for it ahead said that it is for, in their words; null for one given with a statement. */
  purpose: z.string().nullable(),
});

export const grantList = z.object({ version: z.literal(1), grants: z.array(grantView) });

export type GrantView = z.infer<typeof grantView>;
