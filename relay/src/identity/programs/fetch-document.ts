import { Resolver } from 'node:dns/promises';
import { request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { isIP, type LookupFunction } from 'node:net';
import { readAtMost } from '../../read-at-most.ts';
import type { ReadableDocument } from './document-address.ts';

export interface FetchedDocument {
  readonly status: number;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly bytes: Buffer;
}

export interface FetchLimits {
  /** Milliseconds, for all of it. */
  readonly withinMs: number;
  readonly mostBytes: number;
}

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/**
 * As the DNS says. Not as the system says, which looks names up on the threads that files and ciphers need too: strangers
 * choose these names, and may have servers that do not answer.
 */
export function inDns(servers?: readonly string[]): Resolve {
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  return async (name) => {
    const found = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  };
}

/**
 * Asks for a document where a stranger says that it is. The connection goes to the addresses that were looked at, and to none
 * that a second look in the DNS would give; nothing of the relay's goes with it, no redirect is followed, and no proxy asked.
 *
 * @throws Error for whatever keeps an answer from coming whole: it says to strangers what lies in the relay's network.
 */
export async function fetchDocument(
  { url, mayLieAt }: ReadableDocument,
  { withinMs, mostBytes }: FetchLimits,
  resolve: Resolve,
): Promise<FetchedDocument> {
  const name = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(name) !== 0 && !mayLieAt(name)) throw new Error(NOT_TO_ASK);
  const look = async (
    hostname: string,
    isForAll: boolean,
    answer: Parameters<LookupFunction>[2],
  ): Promise<void> => {
    const addresses = await resolve(hostname).catch(() => []);
    const [first] = addresses;
    if (first === undefined) return answer(new Error('no address'), []);
    // All of them: one that may not be asked says that the name is not to be trusted.
    if (!addresses.every(mayLieAt)) return answer(new Error(NOT_TO_ASK), []);
    const found = addresses.map((address) => ({ address, family: isIP(address) }));
    return isForAll ? answer(null, found) : answer(null, first, isIP(first));
  };
  const signal = AbortSignal.timeout(withinMs);
  const response = await answered(url, {
    lookup: (hostname, { all }, answer) => void look(hostname, all === true, answer),
    signal,
    // A connection of its own, which nothing else goes over.
    agent: false,
    headers: { accept: 'application/json', 'user-agent': 'Sluice' },
    maxHeaderSize: 16_384,
  });
  const bytes = await readAtMost(response, mostBytes);
  if (bytes === null) throw new Error(`the document is longer than ${mostBytes} bytes`);
  const { statusCode = 0, headers } = response;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new Error('the document is packed, which was not asked for');
  return {
    status: statusCode,
    contentType: headers['content-type'] ?? '',
    cacheControl: headers['cache-control'] ?? '',
    bytes,
  };
}

const NOT_TO_ASK = 'the address is not one to ask';

function answered(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, options, resolve).on('error', reject).end();
  });
}
