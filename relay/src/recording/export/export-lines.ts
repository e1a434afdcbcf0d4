import { redactedEvent, sessionEvent } from '@sluice/contract';
import { z } from 'zod';
import { parseCheckpoint, signedBytes } from '../checkpoints/checkpoint.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const note = z.string().refine((text) => parseCheckpoint(text) !== null);
const recordedEvent = z.union([sessionEvent, redactedEvent]);

/** An event, its position in the log, and the sibling hashes that lead from its leaf to a root. */
const proven = { event: recordedEvent, position: z.int().min(0), proof: z.array(digest) };

/**
 * The lines of an exported session, in this order: one `export`, the `handover`s, one `checkpoint`, the `earlier` ones, the
 * `device`s, the `event`s, one `end`. Each `event` is followed by the `payload`s that it is the first to name. Each line is canonical
 * JSON. See docs/recording-format.md, "Export".
 */
export const exportLine = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('export'),
    version: z.literal(2),
    log: z.uuid(),
    session: z.uuid(),
    /** Exported without the keys that open payloads: none is missed. */
    withoutPayloads: z.literal(true).optional(),
  }),
  /** The old key's checkpoint over the event that names the new one. */
  z.strictObject({ kind: z.literal('handover'), ...proven, note }),
  /** An event of the relay session that tells whose key signed decisions, proven under the checkpoint before it. */
  z.strictObject({ kind: z.literal('device'), ...proven }),
  /** The checkpoint that the events' proofs lead to. */
  z.strictObject({ kind: z.literal('checkpoint'), note }),
  /** A checkpoint of fewer events, and that the log of the one before goes on from it. */
  z.strictObject({ kind: z.literal('earlier'), note, proof: z.array(digest) }),
  z.strictObject({ kind: z.literal('event'), ...proven }),
  z.strictObject({ kind: z.literal('payload'), address: digest, salt: digest, bytes: z.base64() }),
  z.strictObject({
    kind: z.literal('end'),
    events: z.int().min(0),
    /** SHA-256 of every byte before this line. */
    digest,
    /** Ed25519 by the checkpoint's key over `endBytes`, hex; null when it was exported without the key. */
    signature: z
      .string()
      .regex(/^[0-9a-f]{128}$/)
      .nullable(),
  }),
]);

export type ExportLine = z.infer<typeof exportLine>;

/** The bytes that the signature on an export's last line covers: the session, its event count, the file's digest. */
export function endBytes(end: {
  readonly log: string;
  readonly session: string;
  readonly events: number;
  readonly digest: string;
}): Buffer {
  const { log, session, events, digest } = end;
  return signedBytes('sluice/export/v1', { log, session, events, digest });
}
