import { z } from 'zod';

export const overviewQuery = z.strictObject({
  /** From the hour, or the day, that this is in. */
  since: z.iso.datetime(),
  /** Up to and without the hour, or the day, that this is in. */
  before: z.iso.datetime(),
  /** By the hour for 31 days at most, and by the day, in UTC, for 400. */
  by: z.enum(['hour', 'day']).default('hour'),
});

const counted = z.int().nonnegative();

/** What happened in an hour, or a day. */
export const activity = z.object({
  /** ISO 8601, UTC: its beginning. */
  at: z.string(),
  /** Statements that were decided on, by what was decided; `mask`: let through with masks. */
  allow: counted,
  mask: counted,
  ask: counted,
  block: counted,
  /** Requests for approval that began, and those that ended: by people's word, and otherwise. */
  asked: counted,
  approved: counted,
  denied: counted,
  lapsed: counted,
  /** Requests and sign-ins that were refused before there was a statement. */
  refused: counted,
  /** Attempts of agents to reach Snowflake past the relay, as hooks on people's machines report them. */
  bypassed: counted,
  /** Counts of credentials and direct connections in people's workspaces, as editors report them: reports, not findings. */
  found: counted,
  /** Statements that failed. */
  failed: counted,
  sessions: counted,
});

export const overview = z.object({
  version: z.literal(1),
  /** Those in which something happened, in order. */
  activity: z.array(activity),
  /** How long requests waited for people's word: `upTo` seconds, null for longer. */
  waited: z.array(z.object({ upTo: z.int().nullable(), requests: counted })),
  /** Events on the record that are not counted yet. */
  uncounted: counted,
});

export type Overview = z.infer<typeof overview>;
export type ActivityView = z.infer<typeof activity>;
