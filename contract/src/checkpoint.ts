import { z } from 'zod';
import { digest, instant } from './primitives.ts';
import { sessionEvent } from './session-event.ts';

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

/**
 * What the relay says of itself: enough to notice that its key has changed, and no proof against the relay. For that, get
 * the key from somebody else.
 */
export const checkpointKeys = z.object({
  version: z.literal(1),
  log: z.uuid(),
  /** The current one first. SPKI, base64. */
  keys: z.array(z.base64()),
  /** Verifier keys of witnesses, `NAME+ID+BASE64` (https://c2sp.org/signed-note). */
  witnesses: z.array(z.string()),
});

export const checkpointKeysQuery = z.strictObject({
  /** Of the log that has this session: for who answers for several. A relay has one log. */
  session: z.uuid().optional(),
});

export const logProofQuery = z.strictObject({
  /** How many events the smaller tree has. */
  from: z.coerce.number().int().positive(),
});

/** That the log's tree of `size` events begins with its tree of `from` events: RFC 6962's PROOF(from, D[size]). */
export const logProof = z.object({
  version: z.literal(1),
  from: z.int().positive(),
  size: z.int().positive(),
  proof: z.array(digest).max(128),
});

/**
 * That a key of the log has handed over to the next: its checkpoint over the `signing_key` event which names that one, as the
 * last. Exports have the same, and docs/recording-format.md says how it is checked.
 */
export const handover = z.object({
  event: sessionEvent,
  position: z.int().min(0),
  proof: z.array(digest).max(64),
  note: z.string(),
});

/** Oldest first. */
export const handoverList = z.object({ version: z.literal(1), handovers: z.array(handover) });

/** A cosignature (https://c2sp.org/tlog-cosignature) by one of the caller's devices, whose key is enrolled. */
export const cosignatureOrder = z.strictObject({
  version: z.literal(1),
  /** Of the checkpoint. */
  size: z.int().positive(),
  /** The signature line of a signed note, without its line feed. */
  line: z.string().max(400),
});

export type HandoverView = z.infer<typeof handover>;
export type CheckpointKeys = z.infer<typeof checkpointKeys>;
export type CheckpointView = z.infer<typeof checkpointView>;
