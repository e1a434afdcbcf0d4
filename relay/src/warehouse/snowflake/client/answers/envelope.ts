import { z } from 'zod';
import { unreadable } from '../failures/unavailable.ts';

/** What every answer is in (driver protocol, section 1). */
export const envelope = z.object({
  success: z.boolean(),
  code: z.string().nullish(),
  message: z.string().nullish(),
  data: z.unknown().optional(),
});

export type Envelope = z.output<typeof envelope>;

/** @throws SluiceError `warehouse_unavailable` when it is none. */
export function readEnvelope(head: unknown): Envelope {
  const { success, data } = envelope.safeParse(head);
  if (!success) throw unreadable();
  return data;
}

/** The same from the bytes of an answer that has no rows. */
export function parseEnvelope(bytes: Buffer): Envelope {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString());
  } catch {
    throw unreadable();
  }
  return readEnvelope(parsed);
}

/** The part of an answer, as it has to be. @throws SluiceError `warehouse_unavailable` when it is not. */
export function readAs<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value);
  if (!read.success) throw unreadable();
  return read.data;
}

/** Parameters, as a list of names and values. What is neither text, number nor boolean is left out. */
export const parameterList = z
  .array(z.object({ name: z.string(), value: z.unknown().optional() }))
  .nullish()
  .transform((list) =>
    Object.fromEntries(
      (list ?? []).flatMap(({ name, value }) =>
        typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
          ? [[name.toUpperCase(), value]]
          : [],
      ),
    ),
  );
