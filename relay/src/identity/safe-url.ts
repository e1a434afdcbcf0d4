import { z } from 'zod';

/** https, because whoever can change the keys on the way can be anybody; http only to this machine. */
export const issuerUrl = z.url().refine(isSafeUrl, 'https is required, except on the loopback interface');

function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false; // zod has said so already, and goes on
  const { protocol, hostname } = url;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127(\.\d+){3}$/.test(hostname)
  );
}

/** Where browsers and clients reach the relay, which may be behind a proxy: an origin. */
export const publicUrl = issuerUrl.refine(
  (url) => URL.parse(url)?.origin === url,
  'give it without a path or a slash at the end',
);
