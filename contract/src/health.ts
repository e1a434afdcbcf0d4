import { z } from 'zod';

export const live = z.object({ live: z.literal(true) });
export const ready = z.object({
  ready: z.boolean(),
  /** What it cannot work without, and does not have now: its warehouse, the policy that is in force, a record that holds what was recorded. */
  lacks: z.array(z.enum(['warehouse', 'policy', 'record'])),
});
