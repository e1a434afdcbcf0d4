import { isIP } from 'node:net';
import { isLoopback } from '../../../../identity/index.ts';

export interface LinkTerms {
  /** Where the account is: an origin. */
  readonly account: string;
  /** Hosts that links may lead to, or null for any with a name. */
  readonly hosts: readonly string[] | null;
}

/**
 * Whether a part of a result may be fetched from there: by https, from a host with a name, so that no answer has the relay
 * ask an address of the network that it stands in; or from the account itself. Plain HTTP only on the loopback interface,
 * and only of an account that is there.
 */
export function mayFollow(link: string, { account, hosts }: LinkTerms): boolean {
  const url = URL.parse(link);
  if (url === null || url.username !== '' || url.password !== '') return false;
  const { protocol, hostname, origin } = url;
  if (origin === account) return true;
  if (isLoopback(hostname)) {
    return (protocol === 'http:' || protocol === 'https:') && isLoopback(new URL(account).hostname);
  }
  if (protocol !== 'https:') return false;
  if (hosts !== null) return hosts.some((host) => matches(hostname, host));
  return hostname.includes('.') && isIP(hostname.replace(/^\[|\]$/g, '')) === 0;
}

function matches(hostname: string, host: string): boolean {
  return host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host;
}
