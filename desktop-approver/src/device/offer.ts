import { z } from 'zod';
import { TroubleError } from '../relays/trouble.ts';

const text = z.string().min(1).max(4_000);

const offer = z.strictObject({
  type: z.literal('sluice device offer'),
  relay: text,
  identity: text,
  key: text,
  at: z.iso.datetime({ precision: 3 }),
});

const word = z.strictObject({ type: z.literal('sluice device word'), key: text, signature: text });

/** A new device's, to be vouched for by another one of the same person. */
export type DeviceOffer = Omit<z.infer<typeof offer>, 'type'>;
/** What the other device says to it. */
export type DeviceWord = Omit<z.infer<typeof word>, 'type'>;

/** As one word that a person can copy from one computer to another. Nothing in it is secret. */
export function writtenOffer({ relay, identity, key, at }: DeviceOffer): string {
  return written({ type: 'sluice device offer', relay, identity, key, at });
}

export function writtenWord({ key, signature }: DeviceWord): string {
  return written({ type: 'sluice device word', key, signature });
}

/** @throws TroubleError `offer_malformed`. */
export function readOffer(text: string): DeviceOffer {
  const { relay, identity, key, at } = read(offer, text);
  return { relay, identity, key, at };
}

/** @throws TroubleError `offer_malformed`. */
export function readWord(text: string): DeviceWord {
  const { key, signature } = read(word, text);
  return { key, signature };
}

function written(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function read<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(Buffer.from(text.replaceAll(/\s/g, ''), 'base64url').toString('utf8')));
  } catch {
    throw new TroubleError('offer_malformed', 'that is not what the other device showed', 'copy all of it');
  }
}
