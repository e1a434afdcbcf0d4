import { z } from 'zod';

export const live = z.object({ live: z.literal(true) });
export const ready = z.object({
  ready: z.boolean(),
  /** What it cannot work without, and does not have now: its warehouse, or the policy that is in force. */
  lacks: z.array(z.enum(['warehouse', 'policy'])),
});
