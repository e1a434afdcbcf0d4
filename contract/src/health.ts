import { z } from 'zod';

export const live = z.object({ live: z.literal(true) });
export const ready = z.object({ ready: z.boolean() });
