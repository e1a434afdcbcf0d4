import { z } from 'zod';
import { SluiceError } from '../../errors.ts';

/** What a client sent, checked. The message names the places, never the values. */
export function read<Schema extends z.ZodType>(schema: Schema, sent: unknown): z.output<Schema> {
  const parsed = schema.safeParse(sent ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `\`${path.join('.')}\`: ${message}`);
  throw new SluiceError('request_malformed', `the request is not as it should be: ${problems.join('; ')}`);
}

/** An id in a path. One that is no UUID names nothing. */
export function readId(params: unknown): string {
  const parsed = z.object({ id: z.uuid() }).safeParse(params);
  if (!parsed.success) throw new SluiceError('approval_unknown', 'there is nothing of this id');
  return parsed.data.id;
}
