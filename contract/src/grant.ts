import { z } from 'zod';
import { instant } from './primitives.ts';

const named = z.object({ id: z.string(), name: z.string() });

/** Leave to run like statements for a while, and what is left of it. */
export const grantView = z.object({
  id: z.uuid(),
  requester: named,
  /** In plain English, a sentence each: safe to show as they are. */
  covers: z.array(z.string()),
  /** Rows that each statement may change or return at most, all of them together, and those that are left. */
  rows: z.int(),
  rowsInAll: z.int(),
  rowsLeft: z.int(),
  /** What it covers exactly, as it is recorded. */
  bounds: z.record(z.string(), z.unknown()),
  givenBy: z.array(named),
  givenAt: instant,
  expiresAt: instant,
});

export const grantList = z.object({ version: z.literal(1), grants: z.array(grantView) });

export type GrantView = z.infer<typeof grantView>;
