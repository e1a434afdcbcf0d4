import { z } from 'zod';

/**
 * Who is looking at a request that waits: the newest state, not a difference. It is kept nowhere, is no evidence, and
 * decides nothing.
 */
export const liveLooking = z.object({
  approval: z.uuid(),
  /** In the order in which they came; without the viewer, and without who asked. Names are data, as they were received. */
  people: z.array(z.object({ id: z.string(), name: z.string() })),
  /** How many more there are. */
  more: z.int(),
});

export type LiveLooking = z.infer<typeof liveLooking>;
