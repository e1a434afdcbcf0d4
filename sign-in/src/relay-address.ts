import {
  API_VERSION,
  createRelayClient,
  ERRORS,
  isRelayError,
  LIVE_VERSION,
  RelayError,
  versionProblem,
} from '@sluice/contract';
import { TroubleError } from './trouble.ts';

/**
 * A relay's address as its person typed it, in one spelling: so that no relay is listed twice.
 *
 * @throws TroubleError `address_refused` unless a token may be sent there: https, or this machine.
 */
export function relayAddress(typed: string): string {
  const text = typed.trim();
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  if (url === null) throw refused('that is no address');
  if (url.username !== '' || url.password !== '') throw refused('an address has no name or password in it');
  if (!isSafe(url)) throw refused('a relay is reached by https, or on this machine');
  url.search = '';
  url.hash = '';
  return url.href.replace(/\/+$/, '');
}

/** Whether a token may be sent there: https, or http that does not leave this machine. */
export function isSafe(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

/** Of the loopback interface by number, or the name that always means it (RFC 6761). */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Sees whether a relay is there that this app can talk with.
 *
 * @throws RelayError `relay_unreachable`, `answer_not_understood`, `client_too_old`, `relay_too_old`.
 */
export async function checkRelay(url: string, options: { readonly fetch: typeof fetch }): Promise<void> {
  const { about } = createRelayClient({ url, fetch: options.fetch, timeoutMs: PATIENCE_MS, retries: 0 });
  const { api, live } = await about.read().catch((error: unknown) => {
    // Of what is no relay, in particular: another program's page.
    if (isRelayError(error) && error.code === 'answer_not_understood') {
      throw new RelayError(error.code, `there is no relay at ${url}`, {
        advice: 'see whether that is the relay’s address',
        cause: error,
      });
    }
    throw error;
  });
  const problem = versionProblem(API_VERSION, api) ?? versionProblem(LIVE_VERSION, live);
  if (problem === null) return;
  const what = problem === 'client_too_old' ? 'a later' : 'an earlier';
  throw new RelayError(problem, `the relay at ${url} is of ${what} release`, {
    advice: ERRORS[problem].advice,
  });
}

const PATIENCE_MS = 15_000;

function refused(message: string): TroubleError {
  return new TroubleError(
    'address_refused',
    message,
    'take the address that the people who run the relay gave you',
  );
}
