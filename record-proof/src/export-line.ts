import { canonicalJson, recordedEvent, type RecordedEvent } from '@sluice/contract';
import { z } from 'zod';
import { digestOf, toHex } from './bytes.ts';
import { readCheckpoint } from './note.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const note = z.string().refine((text) => readCheckpoint(text) !== null);
const proven = { event: recordedEvent, position: z.int().min(0), proof: z.array(digest) };

/** A line of an export: docs/recording-format.md, "Export". */
const exportLine = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('export'),
    version: z.literal(2),
    log: z.uuid(),
    session: z.uuid(),
    withoutPayloads: z.literal(true).optional(),
  }),
  z.strictObject({ kind: z.literal('handover'), ...proven, note }),
  z.strictObject({ kind: z.literal('checkpoint'), note }),
  z.strictObject({ kind: z.literal('earlier'), note, proof: z.array(digest) }),
  z.strictObject({ kind: z.literal('device'), ...proven }),
  z.strictObject({ kind: z.literal('event'), ...proven }),
  z.strictObject({ kind: z.literal('payload'), address: digest, salt: digest, bytes: z.base64() }),
  z.strictObject({
    kind: z.literal('end'),
    events: z.int().min(0),
    digest,
    signature: z
      .string()
      .regex(/^[0-9a-f]{128}$/)
      .nullable(),
  }),
]);

export type ExportLine = z.infer<typeof exportLine>;
export type Line<Kind extends ExportLine['kind']> = Extract<ExportLine, { kind: Kind }>;

/** Null unless it is the canonical JSON of one: no other form of the same value is in an export. */
export function readLine(text: string): ExportLine | null {
  try {
    const parsed = exportLine.safeParse(JSON.parse(text));
    return parsed.success && canonicalJson(parsed.data) === text ? parsed.data : null;
  } catch {
    return null;
  }
}

/** The event that an unreadable line is about, as far as can be told. */
export function seqIn(text: string): number | null {
  if (!text.includes('"kind":"event"')) return null;
  const seq = /"seq":([0-9]{1,15})[,}]/.exec(text)?.[1];
  return seq === undefined ? null : Number(seq);
}

/** Which kinds a line may follow. */
export const MAY_FOLLOW: Readonly<Record<ExportLine['kind'], readonly (ExportLine['kind'] | 'start')[]>> = {
  export: ['start'],
  handover: ['export', 'handover'],
  checkpoint: ['export', 'handover'],
  earlier: ['checkpoint', 'earlier'],
  device: ['checkpoint', 'earlier', 'device'],
  event: ['checkpoint', 'earlier', 'device', 'event', 'payload'],
  payload: ['event', 'payload'],
  end: ['event', 'payload'],
};

/** The hash that an event has by its content. */
export function hashOf(event: RecordedEvent): string {
  const { session, seq, at, previous } = event;
  const hasBody = 'body' in event;
  const bodyDigest = hasBody
    ? toHex(digestOf(`sluice/body/v1\n${canonicalJson({ body: event.body, salt: event.salt })}`))
    : event.bodyDigest;
  const type = hasBody ? event.body.type : event.type;
  return toHex(
    digestOf(
      `sluice/event/v1\n${canonicalJson({ version: 1, session, seq, at, type, bodyDigest, previous })}`,
    ),
  );
}

export function typeOf(event: RecordedEvent) {
  return 'body' in event ? event.body.type : event.type;
}
