import { SluiceError } from '../errors.ts';

/**
 * How many characters of an id are displayed, and how many must be typed at least. Ids are random. If fewer characters
 * were enough, a client that may send many requests could wait until the id of one begins like another's.
 */
const SHORT = 8;

export function shortId(id: string): string {
  return id.slice(0, SHORT);
}

/**
 * Returns the only id that begins with what was typed. A full id is returned as it is.
 *
 * @param known - the ids to choose from; called only when needed
 * @param what - in the plural: `requests that wait`
 * @param list - the command that lists them
 * @throws SluiceError `request_malformed` if no id begins like this, or if several do.
 */
export async function wholeId(
  typed: string,
  known: () => Promise<readonly string[]>,
  { what, list }: { readonly what: string; readonly list: string },
): Promise<string> {
  const begin = typed.toLowerCase();
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(begin)) return begin;
  if (!/^[0-9a-f-]*$/.test(begin) || begin.length < SHORT) {
    throw new SluiceError('request_malformed', `\`${typed}\` is not an id`, {
      advice: `an id is ${SHORT} or more characters, as \`${list}\` shows them`,
    });
  }
  const [only, ...more] = (await known()).filter((id) => id.startsWith(begin));
  if (only !== undefined && more.length === 0) return only;
  throw only === undefined
    ? new SluiceError('request_malformed', `no id of ${what} begins with \`${typed}\``, {
        advice: `see \`${list}\``,
      })
    : new SluiceError('request_malformed', `${more.length + 1} of the ${what} begin with \`${typed}\``, {
        advice: `say which: ${[only, ...more].join(', ')}`,
      });
}
