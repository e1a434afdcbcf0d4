import { ABOUT, LIVE_CLOSE, liveServerMessage } from '@sluice/contract';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { type ErrorCode, SluiceError } from '../../../errors.ts';
import { asSluiceError, endSocket } from './ending.ts';

const endedBy = (error: SluiceError) => {
  const [sent, closed]: [unknown[], unknown[]] = [[], []];
  const socket = {
    send: (text: string) => sent.push(JSON.parse(text)),
    close: (...how: unknown[]) => closed.push(how),
  };
  endSocket(socket as unknown as WebSocket, error);
  return { sent, closed };
};

it.each<[ErrorCode, number]>([
  ['rate_limited', LIVE_CLOSE.tooMuch],
  ['too_many_channels', LIVE_CLOSE.tooMuch],
  ['too_many_subscriptions', LIVE_CLOSE.tooMuch],
  ['client_too_old', LIVE_CLOSE.otherVersion],
  ['relay_too_old', LIVE_CLOSE.otherVersion],
  ['request_malformed', LIVE_CLOSE.malformed],
  ['internal', LIVE_CLOSE.relayFailed],
  ['record_unavailable', LIVE_CLOSE.relayFailed],
  ['token_invalid', LIVE_CLOSE.unauthenticated],
  ['identity_revoked', LIVE_CLOSE.unauthenticated],
])('a connection that ends by %s is closed with %d, which says whether to come again', (code, close) => {
  const { sent, closed } = endedBy(new SluiceError(code, 'why', { advice: 'what to do' }));
  expect(closed).toEqual([[close, code]]);
  const served = close === LIVE_CLOSE.otherVersion ? { served: ABOUT.live } : {};
  expect(sent).toEqual([{ type: 'error', code, message: 'why', advice: 'what to do', ...served }]);
  liveServerMessage.parse(sent[0]);
});

it('says when to come again', () => {
  const { sent } = endedBy(new SluiceError('rate_limited', 'why', { retryAfterSeconds: 7 }));
  expect(sent).toMatchObject([{ retryAfterSeconds: 7 }]);
});

it('says nothing of what the relay itself fails of', () => {
  const error = asSluiceError(new TypeError('ada@example.com'));
  expect([error.code, error.message]).toEqual(['internal', 'something went wrong in the relay']);
  const own = new SluiceError('rate_limited', 'why');
  expect(asSluiceError(own)).toBe(own);
});
