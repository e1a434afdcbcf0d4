import type { z } from 'zod';
import { SluiceError } from '../../errors.ts';
import { joined, quoted, shown } from '../../text/index.ts';

/** What a client sent, checked. The message names the places, never the values. */
export function read<Schema extends z.ZodType>(schema: Schema, sent: unknown): z.output<Schema> {
  const parsed = schema.safeParse(sent ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, MOST_PROBLEMS)
    .map(({ path, message }) => shown`${quoted(path.join('.'), { most: 100 })}: ${quoted(message)}`);
  throw new SluiceError(
    'request_malformed',
    shown`the request is not as it should be: ${joined(problems, '; ')}`,
  );
}

/** Of a request that is wrong throughout, nobody needs to be told more; a path holds the client's own keys. */
const MOST_PROBLEMS = 5;
