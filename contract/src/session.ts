import { z } from 'zod';
import { instant } from './primitives.ts';
import { redactedEvent, sessionEvent } from './session-event.ts';

/** A recorded event: whole, or without the body if retention has removed it. */
export const recordedEvent = z.union([sessionEvent, redactedEvent]);

/** Which sessions; all of the given conditions must hold. */
export const sessionConditions = {
  /** Part of the name or of the id of who opened it, in letters of either case. */
  name: z.string().min(1).max(200).optional(),
  /** Part of the program's name or of the agent's, likewise. */
  agent: z.string().min(1).max(200).optional(),
  /** Some statement of it was decided so. */
  effect: z.enum(['allow', 'mask', 'ask', 'block']).optional(),
};

export const sessionListQuery = z.strictObject({
  /** An identity id; for auditors. Others see only their own. */
  person: z.string().optional(),
  ...sessionConditions,
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

/** What came of a session's statements, as far as their bodies are still there. */
export const sessionOutcomes = z.object({
  statements: z.int(),
  allowed: z.int(),
  masked: z.int(),
  held: z.int(),
  blocked: z.int(),
  /** Those that ended in an error, whoever said so. */
  failed: z.int(),
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
  /** Null for sessions of so many events that they are not counted for a list, and for the relay’s own. */
  outcomes: sessionOutcomes.nullable(),
});

/** Newest first. With `effect`, a page may hold fewer than were asked for, even none, while there are more. */
export const sessionList = z.object({
  version: z.literal(1),
  /** Whose sessions there are to see: the account's own, or everybody's. */
  whose: z.enum(['own', 'all']),
  sessions: z.array(sessionSummary),
  /** Null when there is no more. */
  next: z.string().nullable(),
});

export type SessionSummary = z.infer<typeof sessionSummary>;
export type SessionOutcomes = z.infer<typeof sessionOutcomes>;
