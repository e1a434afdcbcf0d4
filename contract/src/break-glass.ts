import { z } from 'zod';

/** What a person sends to open break-glass, version 1: for one statement, once. */
export const breakGlassOrder = z.strictObject({
  version: z.literal(1),
  /** In their own words; reviewers read it. */
  reason: z.string().trim().min(10).max(4_096),
  /** To the letter as it will be sent, one statement without binds. */
  sql: z.string().min(1).max(1_000_000),
  minutes: z.int().min(1).max(60).default(10),
  /** Of the session that it will be sent in; where they are left out, those that a session begins with. */
  database: z.string().nullable().optional(),
  schema: z.string().nullable().optional(),
});

export type BreakGlassOrder = z.input<typeof breakGlassOrder>;
