import { z } from 'zod';
import { instant } from './primitives.ts';
import { identitySummary } from './session-event.ts';

/** A request to open break-glass for one statement, once. Version 1. */
export const breakGlassOrder = z.strictObject({
  version: z.literal(1),
  /** In their own words; reviewers read it. */
  reason: z.string().trim().min(10).max(4_096),
  /** The exact text that will be sent: one statement, without binds. */
  sql: z.string().min(1).max(1_000_000),
  minutes: z.int().min(1).max(60).default(10),
  /** Those of the session that it will be sent in; by default, those that a session starts with. */
  database: z.string().nullable().optional(),
  schema: z.string().nullable().optional(),
});

/** Break-glass is open for this statement until then. */
export const breakGlassOpening = z.object({
  version: z.literal(1),
  id: z.uuid(),
  database: z.string().nullable(),
  schema: z.string().nullable(),
  until: instant,
});

/** A statement that ran under break-glass, to be reviewed afterwards by somebody else. */
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
  /** The rule that would have applied, and its effect. */
  lifted: z.strictObject({ rule: z.string(), effect: z.string() }),
  openedAt: instant,
  closed: z.strictObject({ by: identitySummary, at: instant, comment: z.string() }).nullable(),
});

export const reviewListQuery = z.strictObject({ state: z.enum(['open', 'closed']).default('open') });

export const reviewList = z.object({ version: z.literal(1), reviews: z.array(breakGlassReview) });

export const reviewClosing = z.strictObject({ comment: z.string().max(4_000) });

export type BreakGlassReview = z.infer<typeof breakGlassReview>;
export type BreakGlassOrder = z.input<typeof breakGlassOrder>;
