import { z } from 'zod';
import { range } from './primitives.ts';
import { recordedEvent, sessionConditions, sessionSummary } from './session.ts';

/** All of the given conditions must hold: those of events of one event, the others of its session. */
export const searchQuery = z.strictObject({
  /** An identity id: finds events of sessions that they opened, and what they decided elsewhere. */
  person: z.string().min(1).max(2_000).optional(),
  /** `DB.SCHEMA.TABLE`: statements that touched it. */
  object: z.string().min(1).max(1_000).optional(),
  /** A rule of the policy: statements that it decided. */
  rule: z.string().min(1).max(1_000).optional(),
  /** Words that the SQL or the prompt must all have; the last one may be the beginning of one. */
  text: z.string().min(1).max(1_000).optional(),
  ...sessionConditions,
  since: z.iso.datetime().optional(),
  before: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** `next` of the page before. */
  cursor: z.coerce.number().int().min(0).optional(),
});

export const searchPage = z.object({
  version: z.literal(1),
  /** Newest first. A page may hold fewer than were asked for, even none, while there are more. */
  found: z.array(
    z.object({
      /** Its place in the log of all sessions. */
      position: z.int(),
      event: recordedEvent,
      /** With `text`: the part of the SQL or the prompt around the first word, and where the words are in that part. */
      excerpt: z
        .object({
          text: z.string(),
          matches: z.array(range),
          /** Whether there is more of it before and behind. */
          cutBefore: z.boolean(),
          cutAfter: z.boolean(),
        })
        .nullable(),
    }),
  ),
  /** The sessions that they are of, each once. */
  sessions: z.array(sessionSummary),
  /** What to go on with, as `cursor`; null when the whole record has been searched. */
  next: z.int().nullable(),
  /** Older events that cannot be found yet: the index of what an earlier version has written is still being made. */
  unindexed: z.int(),
});

export type SearchPage = z.infer<typeof searchPage>;
