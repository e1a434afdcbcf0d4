import { isLoopback } from './safe-url.ts';

/**
 * RFC 8252, section 7.3: a native program takes any free port of the loopback interface; with nothing in the
 * address that only seems to be a part of it. Everything else exactly as it is configured.
 */
export function isAllowedRedirect(redirectUri: string, known: readonly string[]): boolean {
  if (known.includes(redirectUri)) return true;
  const { protocol, hostname, username, password, hash } = new URL(redirectUri);
  return (
    protocol === 'http:' && isLoopback(hostname) && [username, password, hash].every((part) => part === '')
  );
}

/** Whether a redirect URI is the one that was registered: to the letter, but for the port of the loopback interface. */
export function isSameRedirect(redirectUri: string, registered: string): boolean {
  if (redirectUri === registered) return true;
  const [one, other] = [URL.parse(redirectUri), URL.parse(registered)];
  if (one === null || other === null || one.protocol !== 'http:' || !isLoopback(other.hostname)) return false;
  one.port = other.port;
  return one.href === other.href;
}
