import { z } from 'zod';
import { digest, instant } from './primitives.ts';

/** What the relay has signed of its log: everything that it held, in this order. Worth keeping elsewhere. */
export const checkpointView = z.object({
  /** The log's name. */
  log: z.uuid(),
  /** How many events it covers. */
  size: z.int().positive(),
  root: digest,
  at: instant,
  /** The signed note, to the byte (docs/recording-format.md): what `sluice verify --checkpoint` takes. */
  note: z.string(),
});

export const checkpointListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** Only those of fewer events: the size of the last one of the page before. */
  below: z.coerce.number().int().positive().optional(),
});

/** Newest first. */
export const checkpointList = z.object({ version: z.literal(1), checkpoints: z.array(checkpointView) });

export type CheckpointView = z.infer<typeof checkpointView>;
