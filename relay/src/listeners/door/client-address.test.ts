import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { clientAddress, type TrustedProxies, trustsOf } from './client-address.ts';

it.each<[TrustedProxies, string, string | undefined, string]>([
  [false, '10.0.0.1', '203.0.113.7', '10.0.0.1'],
  [1, '10.0.0.1', undefined, '10.0.0.1'],
  [1, '10.0.0.1', '203.0.113.7', '203.0.113.7'],
  // The client said the first, the proxy the second.
  [1, '10.0.0.1', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
  [2, '10.0.0.1', '198.51.100.1, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
  [2, '10.0.0.1', '203.0.113.7', '203.0.113.7'],
  [['10.0.0.0/8'], '10.0.0.1', '198.51.100.1, 203.0.113.7, 10.9.9.9', '203.0.113.7'],
  [['10.0.0.1'], '10.0.0.2', '203.0.113.7', '10.0.0.2'],
  [['10.0.0.1'], '10.0.0.1', '198.51.100.1, 10.0.0.1', '198.51.100.1'],
  [['fd00::/8', '::1'], '::1', '2001:db8::1, fd00::7', '2001:db8::1'],
  [['10.0.0.0/8'], '::ffff:10.0.0.1', '203.0.113.7', '203.0.113.7'],
  [1, '10.0.0.1', 'unknown', '10.0.0.1'],
  [1, '10.0.0.1', '203.0.113.7, <script>', '10.0.0.1'],
])('proxies %j: from %s, forwarded for %s, it is %s', (proxies, remoteAddress, forwarded, expected) => {
  const headers = { 'x-forwarded-for': forwarded };
  const request = { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
  expect(clientAddress(request, trustsOf(proxies))).toBe(expected);
});
