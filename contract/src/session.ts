import { z } from 'zod';
import { instant } from './primitives.ts';
import { redactedEvent, sessionEvent } from './session-event.ts';

/** A recorded event: whole, or without the body if retention has removed it. */
export const recordedEvent = z.union([sessionEvent, redactedEvent]);

export const sessionListQuery = z.strictObject({
  /** An identity id; for auditors. Others see only their own. */
  person: z.string().optional(),
  /** Filters by the time at which the session was opened. */
  since: z.iso.datetime().optional(),
  before: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** `next` of the page before. */
  cursor: z.string().max(200).optional(),
});

/** The `seq` of the event after which to begin; by default, from the first event. */
export const sessionEventsQuery = z.strictObject({
  after: z.coerce.number().int().min(-1).default(-1),
});

export const sessionSummary = z.object({
  session: z.uuid(),
  openedAt: instant,
  closedAt: instant.nullable(),
  /** Identity id. */
  person: z.string(),
  name: z.string(),
  application: z.string(),
  agent: z.string().nullable(),
  /** Under legal hold. */
  held: z.boolean(),
  events: z.int(),
  /** The relay’s own session, which nobody opened: what happens outside of any other. */
  isRelay: z.boolean(),
});

/** Newest first. */
export const sessionList = z.object({
  version: z.literal(1),
  sessions: z.array(sessionSummary),
  /** Null when there is no more. */
  next: z.string().nullable(),
});

export type SessionSummary = z.infer<typeof sessionSummary>;
