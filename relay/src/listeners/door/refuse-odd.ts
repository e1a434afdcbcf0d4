import type { IncomingMessage } from 'node:http';
import { SluiceError } from '../../errors.ts';

/** Headers that two programs may read differently when they are there twice. */
const ONCE = new Set([
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'origin',
  'transfer-encoding',
  'x-sluice-chunk',
]);

/**
 * Refuses what no client of ours sends, and a proxy may understand in another way than we do: a target that is more
 * than a path, and headers twice. Node itself refuses the rest (RFC 9112: two lengths, odd line ends). Throws
 * `request_malformed`.
 */
export function refuseOdd({ url = '', rawHeaders }: IncomingMessage): void {
  if (!url.startsWith('/')) throw malformed('the target of the request is not a path');
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    if (!ONCE.has(name)) continue;
    if (seen.has(name)) throw malformed(`the header \`${name}\` is there twice`);
    seen.add(name);
  }
}

function malformed(message: string): SluiceError {
  return new SluiceError('request_malformed', message);
}
