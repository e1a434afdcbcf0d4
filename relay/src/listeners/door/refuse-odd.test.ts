import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { refuseOdd } from './refuse-odd.ts';

const refuse = (url: string | undefined, ...rawHeaders: string[]) => {
  refuseOdd({ url, rawHeaders } as unknown as IncomingMessage);
};
const malformed = expect.objectContaining({ code: 'request_malformed' });

it.each(['http://relay.example/api', '*', 'relay.example:443', '', undefined])(
  'the target %s is refused: it is more than a path, or none',
  (url) => {
    expect(() => refuse(url)).toThrow(malformed);
  },
);

it.each([
  'authorization',
  'Content-Encoding',
  'content-length',
  'content-type',
  'Host',
  'origin',
  'Transfer-Encoding',
  'x-sluice-chunk',
])('%s is sent once, however it is spelt', (name) => {
  expect(() => refuse('/api', name, 'a', 'accept', 'b')).not.toThrow();
  expect(() => refuse('/api', name, 'a', 'accept', 'b', name.toUpperCase(), 'c')).toThrow(malformed);
});

it('of others there may be two, and their values are no names', () => {
  expect(() => refuse('/', 'accept', 'host', 'accept', 'host', 'host', 'host')).not.toThrow();
});
