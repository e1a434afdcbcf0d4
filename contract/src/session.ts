import { z } from 'zod';
import { instant } from './primitives.ts';
import { redactedEvent, sessionEvent } from './session-event.ts';

/** An event as it stands on the record: whole, or without the body that retention has removed. */
export const recordedEvent = z.union([sessionEvent, redactedEvent]);

export const sessionListQuery = z.strictObject({
  /** An identity's id; for auditors, others see their own. */
  person: z.string().optional(),
  /** By the time of opening. */
  since: z.iso.datetime().optional(),
  before: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** After which event (`seq`) to begin; from the first when it is left out. */
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
});

/** The newest first. */
export const sessionList = z.object({ version: z.literal(1), sessions: z.array(sessionSummary) });

export type SessionSummary = z.infer<typeof sessionSummary>;
