import { z } from 'zod';
import { instant } from './primitives.ts';
import { identitySummary } from './session-event.ts';

const rule = {
  name: z.string(),
  /** Results and binds; or everything in the events but their time and type. */
  removes: z.enum(['payloads', 'bodies']),
  /** Since the session's newest event. */
  afterDays: z.int().positive(),
};

const counts = {
  sessions: z.int(),
  bodies: z.int(),
  payloads: z.int(),
};

/** A run of retention, under way or the newest one. */
export const retentionRun = z.object({
  startedAt: instant,
  /** Null while it is under way. */
  finishedAt: instant.nullable(),
  /** Null when it was the relay's own schedule. */
  by: identitySummary.nullable(),
  reason: z.string().nullable(),
  /** What each rule has announced so far; `before` is the instant that its age comes to. */
  rules: z.array(z.object({ ...rule, before: instant, ...counts })),
  /** Bytes by which the database became smaller. */
  givenBack: z.int(),
  /** Why it did not begin, or did not get to its end; the next one goes on from there. */
  problem: z.string().nullable(),
});

export const retentionStatus = z.object({
  version: z.literal(1),
  rules: z.array(z.object(rule)),
  /** When in the day, UTC: `03:00`. */
  at: z.string(),
  /** Null when the rules apply; else from when they do: they stand on the record for a day before that. */
  appliesFrom: instant.nullable(),
  /** Null when there was none. */
  run: retentionRun.nullable(),
});

/** What a run would remove now, by rule. */
export const retentionPreview = z.object({
  version: z.literal(1),
  rules: z.array(
    z.object({
      ...rule,
      before: instant,
      ...counts,
      /** Of bodies and payloads, as they are stored. */
      bytes: z.int(),
      /** When the oldest and the newest of the sessions were closed; null when there is none. */
      oldest: instant.nullable(),
      newest: instant.nullable(),
    }),
  ),
});

export const retentionOrder = z.strictObject({
  reason: z.string().min(1).max(1_000),
  /** Whoever asks for it has looked: the clock is right, and the relay was off for so long. */
  clockIsRight: z.boolean().default(false),
});

export type RetentionRunView = z.infer<typeof retentionRun>;
export type RetentionStatusView = z.infer<typeof retentionStatus>;
export type RetentionPreview = z.infer<typeof retentionPreview>;
