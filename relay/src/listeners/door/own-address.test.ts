import type { Server } from 'node:http';
import { expect, it } from 'vitest';
import { ownAddress } from './own-address.ts';

const server = { address: () => ({ port: 8765 }) } as unknown as Server;
const behindProxy = ownAddress(
  {
    host: '10.0.0.5',
    isTls: false,
    publicUrl: 'https://sluice.example.com',
    hostNames: ['relay.internal', 'balancer:9000'],
    origins: ['https://console.example.com'],
  },
  server,
);
const alone = ownAddress(
  { host: '127.0.0.1', isTls: false, publicUrl: null, hostNames: [], origins: [] },
  server,
);

it('is the public URL, or where it listens', () => {
  expect([behindProxy.origin(), alone.origin()]).toEqual([
    'https://sluice.example.com',
    'http://127.0.0.1:8765',
  ]);
});

it.each([
  ['sluice.example.com', true],
  ['SLUICE.example.com:443', true],
  ['sluice.example.com:80', false],
  ['sluice.example.com.evil.example', false],
  ['10.0.0.5:8765', true],
  ['10.0.0.5', false],
  ['localhost:8765', true],
  ['relay.internal', true],
  ['relay.internal:1', true],
  ['relay.internal:8765', true],
  ['balancer:9000', true],
  ['balancer', false],
  ['sluice.example.com/', false],
  ['sluice.example.com ', false],
  ['x@sluice.example.com', false],
  ['', false],
  [undefined, false],
])('%s is its own: %s', (host, expected) => {
  expect(behindProxy.isOwnHost(host)).toBe(expected);
});

it.each([
  ['https://sluice.example.com', true],
  ['http://sluice.example.com', false],
  ['https://console.example.com', true],
  ['http://10.0.0.5:8765', true],
  ['https://evil.example', false],
  ['null', false],
])('pages of %s are its own: %s', (origin, expected) => {
  expect(behindProxy.isOwnOrigin(origin)).toBe(expected);
});

it('has the port that its scheme has by itself, and no other', () => {
  const options = { host: '127.0.0.1', isTls: true, hostNames: [], origins: [] };
  const plain = ownAddress({ ...options, publicUrl: 'http://plain.example' }, server);
  const secure = ownAddress({ ...options, publicUrl: 'https://secure.example' }, server);
  const said = ['plain.example:80', 'plain.example:443', 'secure.example:443', 'secure.example:80'];
  expect(said.map((host) => [plain, secure].some((own) => own.isOwnHost(host)))).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

it('is written as addresses of IPv6 are, with the scheme that it listens by', () => {
  const own = ownAddress({ host: '::', isTls: true, publicUrl: null, hostNames: [], origins: [] }, server);
  expect(own.origin()).toBe('https://[::]:8765');
  expect([own.isOwnHost('[::]:8765'), own.isOwnOrigin('https://[::]:8765')]).toEqual([true, true]);
});
