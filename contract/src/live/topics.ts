import { z } from 'zod';
import { ROUTES } from '../routes/routes.ts';
import type { Route } from '../routes/route.ts';

/**
 * What can be subscribed to. Each topic follows what a route of the API answers: whoever may ask for the one may
 * subscribe to the other, and sees the same of it.
 */
export const LIVE_TOPICS = {
  /** Requests for approval that one may see, and reviews of break-glass. */
  approvals: { follows: ROUTES.approvals.list, read: [ROUTES.approvals.list, ROUTES.breakGlass.reviews] },
  /** How far the account's own statements are, by whichever client they came; never their rows. */
  statements: { follows: ROUTES.sessions.list, read: [ROUTES.statements.read] },
  /**
   * Who else is looking at requests that one may see. For tokens to decide with: an agent has no business with it. All of
   * it is told at the beginning.
   */
  looking: { follows: ROUTES.approvals.decide, read: [] },
  /** One session's events, as they are recorded. */
  session: { follows: ROUTES.sessions.events, read: [ROUTES.sessions.events] },
} as const satisfies Readonly<Record<string, LiveTopicEntry>>;

export interface LiveTopicEntry {
  /** Whose authority is the topic's. */
  readonly follows: Route;
  /** What to read at the beginning, and after a `resync`. */
  readonly read: readonly Route[];
}

export const liveTopic = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('approvals') }),
  z.strictObject({ name: z.literal('statements') }),
  z.strictObject({ name: z.literal('looking') }),
  z.strictObject({
    name: z.literal('session'),
    /** Its id. One that cannot be is answered as one that is not there. */
    session: z.string().max(100),
  }),
]);

export type LiveTopic = z.infer<typeof liveTopic>;
export type LiveTopicName = LiveTopic['name'];
