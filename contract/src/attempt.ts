import { z } from 'zod';
import { instant } from './primitives.ts';

/** Halves of surrogate pairs cannot be recorded. */
const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((value) => value.isWellFormed(), 'a text without halves of surrogate pairs');

/** What was seen of an attempt to reach Snowflake past the relay. All of it is the word of the program that reports it. */
export const attemptSeen = {
  /** A UUID of the reporter's: a report that is sent twice has the same. */
  attempt: z.uuid(),
  /** `found`: no attempt, but how many credentials and direct connections an editor has found in a workspace. */
  kind: z.enum(['client', 'driver', 'request', 'credential', 'server', 'hook', 'found']),
  /** Whose agent it was, such as `copilot`. */
  harness: text(64),
  /** The agent's tool. */
  tool: text(200),
  /** What was recognised, in the reporter's words. */
  evidence: text(300),
  /** The beginning of what was about to run, without secrets. */
  excerpt: text(500),
  /** The harness' own id of the conversation. */
  conversation: text(200).nullable(),
  /** By the reporter's clock. */
  seenAt: instant,
};

/** What `sluice hook`, or an editor's extension, reports when it has stopped an agent's attempt to go past the relay. */
export const attemptReport = z.strictObject({ version: z.literal(1), ...attemptSeen });
export type AttemptReport = z.output<typeof attemptReport>;
