import type { AskedFetch } from '@sluice/console/fetch-port';
import { allRoutes } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { replayRequest } from './replay-request.ts';

const ID = '5f0f6a3c-8f55-4d2e-9c3b-3f1f0b9c4a11';
const sent: Request[] = [];
let answers: Response[] = [];
const relay = {
  url: 'https://relay.example.com/sluice',
  token: async ({ renew }: { readonly renew: boolean }) => (renew ? 'new' : 'old'),
  fetch: (async (url: string, init: RequestInit) => {
    sent.push(new Request(url, init));
    return answers.shift() ?? Response.json({});
  }) as typeof fetch,
};
const ask = async (method: AskedFetch['method'], path: string, headers: Record<string, string> = {}) => {
  sent.length = 0;
  const { signal } = new AbortController();
  return await replayRequest({ method, path, headers: new Headers(headers), body: null, signal }, relay);
};

describe('what the replay asks', () => {
  it.each([
    `/api/sessions/${ID}/events?after=-1`,
    `/api/sessions/${ID}/events/12/payloads/0`,
    `/api/approvals/${ID}`,
    '/api/about',
  ])('is passed on with the token: %s', async (path) => {
    expect(
      (await ask('GET', path, { accept: 'application/json', cookie: 'a=b', 'x-other': '1' })).status,
    ).toBe(200);
    expect(sent.map(({ url }) => url)).toEqual([`https://relay.example.com/sluice${path}`]);
    expect(Object.fromEntries(sent[0]!.headers)).toEqual({
      authorization: 'Bearer old',
      accept: 'application/json',
    });
  });

  it.each([
    ['GET', '/api/grants'],
    ['GET', `/api/statements/${ID}`],
    ['GET', `/api/sessions/${ID}/../../statements`],
    ['GET', `/api/sessions/${ID}%2f..%2fx/events`],
    ['GET', '/api/sessions/not-an-id/events'],
    ['GET', '/api//about'],
    ['GET', '//evil.example.com/api/about'],
    ['GET', '/@evil.example.com/api/about'],
    ['POST', '/api/about'],
    ['DELETE', `/api/approvals/${ID}`],
  ] as const)('is refused, unasked: %s %s', async (method, path) => {
    expect((await ask(method, path)).status).toBe(403);
    expect(sent).toEqual([]);
  });

  it('never is what runs, decides or changes anything, whatever the contract has', async () => {
    for (const { method, path } of allRoutes()) {
      if (method === 'GET') continue;
      const answer = await ask(method, path.replaceAll(/:\w+/g, ID));
      expect([path, answer.status, sent.length]).toEqual([path, 403, 0]);
    }
  });

  it('is asked once more with a new token when the old one is no longer good', async () => {
    answers = [new Response(null, { status: 401 }), Response.json({ version: 1 })];
    expect((await ask('GET', '/api/about')).status).toBe(200);
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer old', 'Bearer new']);
  });
});
