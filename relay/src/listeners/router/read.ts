import type { z } from 'zod';
import { SluiceError } from '../../errors.ts';
import { joined, quoted, shown, type ShownText } from '../../text/index.ts';
import { issuesOf } from '../../yaml/index.ts';

/** What a client sent, checked. The message names the places, never the values. */
export function read<Schema extends z.ZodType>(schema: Schema, sent: unknown): z.output<Schema> {
  const parsed = schema.safeParse(sent ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, MOST_PROBLEMS)
    .flatMap((issue) => issuesOf(issue, sent, () => true))
    .slice(0, MOST_PROBLEMS)
    .map(({ path, message }) => problemAt(path.join('.'), message));
  throw new SluiceError(
    'request_malformed',
    shown`the request is not as it should be: ${joined(problems, '; ')}`,
  );
}

/** A key that is not known is the client's own text, in the path and in what is said of it. */
function problemAt(path: string, message: string): ShownText {
  const said = message.replaceAll('`', '');
  return path === '' ? quoted(said) : shown`${quoted(path, { most: 100 })}: ${quoted(said)}`;
}

/** Of a request that is wrong throughout, nobody needs to be told more; a path holds the client's own keys. */
const MOST_PROBLEMS = 5;
