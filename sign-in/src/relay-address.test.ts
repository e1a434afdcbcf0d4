import { ABOUT } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { checkRelay, relayAddress } from './relay-address.ts';

describe('an address', () => {
  it.each([
    ['sluice.example.com', 'https://sluice.example.com'],
    [' https://Sluice.Example.com/ ', 'https://sluice.example.com'],
    ['https://example.com/sluice//', 'https://example.com/sluice'],
    ['https://example.com/sluice?x=1#y', 'https://example.com/sluice'],
    ['http://127.0.0.1:8765', 'http://127.0.0.1:8765'],
    ['http://localhost:8765/', 'http://localhost:8765'],
    ['http://[::1]:8765', 'http://[::1]:8765'],
  ])('%s is %s', (typed, url) => expect(relayAddress(typed)).toBe(url));

  it.each([
    'http://sluice.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://10.0.0.1',
    'ftp://sluice.example.com',
    'file:///etc/passwd',
    'javascript://x/%0aalert(1)',
    'https://ada:secret@example.com',
    '',
    'https://',
  ])('%s is refused', (typed) => {
    expect(() => relayAddress(typed)).toThrow(expect.objectContaining({ code: 'address_refused' }));
  });
});

describe('what answers there', () => {
  const check = async (answer: () => Response | Promise<Response>) =>
    await checkRelay('https://one.example.com', { fetch: async () => await answer() });
  const later = { from: 9, to: 9 };

  it('may be a relay', async () => {
    await expect(check(() => Response.json(ABOUT))).resolves.toBeUndefined();
  });

  it.each([
    ['a later one', () => Response.json({ ...ABOUT, api: later }), 'client_too_old'],
    ['one with another live channel', () => Response.json({ ...ABOUT, live: later }), 'client_too_old'],
    ['an earlier one', () => Response.json({ ...ABOUT, live: { from: 1, to: 1 } }), 'relay_too_old'],
    ['a page', () => new Response('<h1>hello</h1>'), 'answer_not_understood'],
    ['nothing', () => Promise.reject(new TypeError('fetch failed')), 'relay_unreachable'],
  ])('may be %s', async (_, answer, code) => {
    await expect(check(answer)).rejects.toMatchObject({ code, advice: expect.stringMatching(/./) });
  });
});
