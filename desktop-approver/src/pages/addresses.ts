/** Of every page that the app shows. Each relay has an origin of its own: `sluice-app://RELAY`. */
export const PAGE_SCHEME = 'sluice-app';

/** The host of the app's own pages; no relay is called so. */
export const OWN_HOST = 'app';

/** The host of the sessions that were downloaded; no relay is called so. */
export const DOWNLOADS_HOST = 'local';

/** @returns the host of a page's address; null for anything that is not a page of the app. */
export function hostOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const isOurs = url.protocol === `${PAGE_SCHEME}:` && url.port === '' && url.username === '';
  return isOurs && /^[a-z0-9]+$/.test(url.hostname) ? url.hostname : null;
}

export function pageAddress(host: string, path: string): string {
  return `${PAGE_SCHEME}://${host}${path}`;
}

/** What a file, a page or an answer of the app may do: load and ask for what is its own origin's, and nothing else. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types sluice-workers',
].join('; ');
