import { z } from 'zod';
import { BROADCAST_BYTES } from '../../../broadcast.ts';

export type Onlooker = Readonly<Record<'issuer' | 'subject' | 'id' | 'name', string>>;

/** Who looks at a request at one relay, as it tells the others. */
export interface LookingMessage {
  readonly relay: string;
  readonly approval: string;
  readonly people: readonly Onlooker[];
}

/** With as many of them as one message holds. */
export function writeLooking({ relay, approval, people }: LookingMessage): string {
  for (let count = Math.min(people.length, MOST_PEOPLE); ; count -= 1) {
    const said: z.input<typeof schema> = { looking: 1, relay, approval, people: people.slice(0, count) };
    const message = JSON.stringify(said);
    if (count === 0 || Buffer.byteLength(message) <= BROADCAST_BYTES) return message;
  }
}

/** Null for what is something else: whatever another release may say. */
export function readLooking(message: string): LookingMessage | null {
  try {
    const parsed = schema.safeParse(JSON.parse(message));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

const MOST_PEOPLE = 100;
const text = z.string().max(BROADCAST_BYTES);
const schema = z.strictObject({
  looking: z.literal(1),
  relay: text,
  approval: z.uuid(),
  people: z.array(z.strictObject({ issuer: text, subject: text, id: text, name: text })).max(MOST_PEOPLE),
});
