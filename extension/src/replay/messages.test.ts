import { describe, expect, it } from 'vitest';
import { fromReplay, toReplay } from './messages.ts';

describe('messages of the replay', () => {
  it.each([
    { type: 'ready', more: 1 },
    { type: 'call', id: 1, name: 'constructor', input: null },
    { type: 'call', id: -1, name: 'state', input: null },
    { type: 'token' },
    'ready',
    null,
  ])('from the page that are not agreed upon are none: %j', (message) => {
    expect(fromReplay.safeParse(message).success).toBe(false);
  });

  it('to the page hold no member for a token', () => {
    const open = { type: 'open', session: '5f0f6a3c-8f55-4d2e-9c3b-3f1f0b9c4a11', at: null, statement: null };
    expect(toReplay.safeParse(open).success).toBe(true);
    expect(toReplay.safeParse({ ...open, token: 'x' }).success).toBe(false);
  });
});
