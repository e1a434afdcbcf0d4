import { z } from 'zod';
import { instant } from './primitives.ts';
import { identitySummary } from './session-event.ts';

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

/** Open now: for this one statement, until then. */
export const breakGlassOpening = z.object({
  version: z.literal(1),
  id: z.uuid(),
  database: z.string().nullable(),
  schema: z.string().nullable(),
  until: instant,
});

/** A statement that ran by break-glass, to be looked at afterwards by somebody else. */
export const breakGlassReview = z.strictObject({
  version: z.literal(1),
  id: z.uuid(),
  session: z.uuid(),
  statement: z.uuid(),
  by: identitySummary,
  sql: z.string(),
  entry: z.string(),
  /** The person's own words. */
  reason: z.string(),
  /** The rule that would have decided, and how. */
  lifted: z.strictObject({ rule: z.string(), effect: z.string() }),
  openedAt: instant,
  closed: z.strictObject({ by: identitySummary, at: instant, comment: z.string() }).nullable(),
});

export const reviewListQuery = z.strictObject({ state: z.enum(['open', 'closed']).default('open') });

export const reviewList = z.object({ version: z.literal(1), reviews: z.array(breakGlassReview) });

export const reviewClosing = z.strictObject({ comment: z.string().max(4_000) });

export type BreakGlassReview = z.infer<typeof breakGlassReview>;
export type BreakGlassOrder = z.input<typeof breakGlassOrder>;
