import { z } from 'zod';
import { instant } from '../primitives.ts';

const statement = {
  id: z.uuid(),
  session: z.uuid(),
  /** Grows: of two states of one statement, the higher one is the newer. It is the event's `seq` in the session. */
  revision: z.int(),
  at: instant,
};

/**
 * How far a statement is, by the record: the newest state, not a difference. A relay that was killed leaves a statement
 * in its last state, which its client learns when it asks for it over HTTP.
 */
export const liveStatement = z.discriminatedUnion('state', [
  z.object({ ...statement, state: z.literal('received') }),
  /** People are asked. */
  z.object({ ...statement, state: z.literal('held'), approval: z.uuid(), expiresAt: instant }),
  z.object({ ...statement, state: z.literal('running') }),
  z.object({ ...statement, state: z.literal('succeeded'), rows: z.int() }),
  /** It did not run: by the policy, or since people decided so, or did not decide in time. */
  z.object({ ...statement, state: z.literal('refused'), code: z.string(), message: z.string() }),
  z.object({ ...statement, state: z.literal('failed'), code: z.string(), message: z.string() }),
  z.object({ ...statement, state: z.literal('cancelled'), message: z.string() }),
]);

export type LiveStatement = z.infer<typeof liveStatement>;
