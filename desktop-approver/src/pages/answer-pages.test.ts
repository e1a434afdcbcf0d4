import { describe, expect, it } from 'vitest';
import { answerPages } from './answer-pages.ts';
import type { PageFiles } from './page-files.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const filesOf = (name: string): PageFiles => ({
  index: { type: 'text/html; charset=utf-8', bytes: bytes(`index of ${name}`) },
  assets: new Map([['a.js', { type: 'text/javascript; charset=utf-8', bytes: bytes(`script of ${name}`) }]]),
});

const asked: Request[] = [];
let given = () => Response.json({ version: 1 });
const answer = answerPages({
  console: filesOf('console'),
  own: filesOf('own'),
  apiOf: (host) =>
    ['acme', 'local'].includes(host)
      ? async (request) => {
          asked.push(request);
          return given();
        }
      : null,
});
const ask = async (url: string, init: RequestInit = {}) => {
  asked.length = 0;
  const response = await answer(new Request(url, init));
  return { status: response.status, text: await response.text(), headers: response.headers };
};
const API = { headers: { 'sluice-api-version': '1' } };

describe('pages', () => {
  it.each([
    ['sluice-app://acme/console', 'index of console'],
    ['sluice-app://acme/console/approvals/1', 'index of console'],
    ['sluice-app://acme/console/assets/a.js', 'script of console'],
    ['sluice-app://local/console/sessions', 'index of console'],
    ['sluice-app://app/', 'index of own'],
    ['sluice-app://app/settings', 'index of own'],
    ['sluice-app://app/assets/a.js', 'script of own'],
  ])('%s is as it was built', async (url, text) => {
    const { status, text: shown, headers } = await ask(url);
    expect([status, shown]).toEqual([200, text]);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe|http|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    ['another scheme', 'http://acme/console'],
    ['a relay that there is not', 'sluice-app://other/console'],
    ['another host', 'sluice-app://acme.example.com/console'],
    ['a port', 'sluice-app://acme:81/console'],
    ['a way up', 'sluice-app://acme/console/assets/..%2f..%2fmain.js'],
    ['a way up that is not resolved', 'sluice-app://acme/console/assets/%2e%2e/%2e%2e/main.js'],
    ['a path of the disk', 'sluice-app://acme/console/assets//etc/passwd'],
    ['no file', 'sluice-app://acme/console/assets/b.js'],
    ['a file of the other pages', 'sluice-app://app/console/assets/a.js'],
    ['the relay’s own pages', 'sluice-app://acme/saml/login'],
    ['what is not for programs', 'sluice-app://acme/mcp'],
    ['an API of the app', 'sluice-app://app/api/approvals'],
  ])('refuses %s', async (_, url) => {
    expect((await ask(url, API)).status).toBe(404);
    expect(asked).toEqual([]);
  });

  it('are read and nothing else', async () => {
    expect((await ask('sluice-app://acme/console', { method: 'POST', body: 'x' })).status).toBe(405);
  });
});

describe('the API', () => {
  it('is asked for by pages of its origin, without what they say is a token', async () => {
    const { status } = await ask('sluice-app://acme/api/approvals?state=pending', {
      method: 'POST',
      body: '{"a":1}',
      headers: {
        ...API.headers,
        authorization: 'Bearer mine',
        cookie: 'a=b',
        origin: 'sluice-app://acme',
        'sec-fetch-site': 'same-origin',
      },
    });
    expect(status).toBe(200);
    const [request] = asked;
    expect(request!.url).toBe('sluice-app://acme/api/approvals?state=pending');
    expect(await request!.text()).toBe('{"a":1}');
    expect(request!.headers.get('authorization')).toBeNull();
    expect(request!.headers.get('cookie')).toBeNull();
  });

  it.each([
    ['names another origin', { ...API.headers, origin: 'sluice-app://other' }],
    ['names none that can be told', { ...API.headers, origin: 'null' }],
    ['comes from elsewhere', { ...API.headers, 'sec-fetch-site': 'cross-site' }],
    ['is one that every page can make', {}],
  ])('is not asked for by what %s', async (_, headers) => {
    expect((await ask('sluice-app://acme/api/approvals', { headers: headers as HeadersInit })).status).toBe(
      403,
    );
    expect(asked).toEqual([]);
  });

  it('answers with data: nothing that a relay says makes it a page, or leads elsewhere', async () => {
    given = () =>
      new Response('<script>alert(1)</script>', {
        headers: {
          'content-type': 'text/html',
          'content-security-policy': "default-src *; script-src 'unsafe-inline'",
          'set-cookie': 'a=b',
          refresh: '0; url=https://evil.example',
          link: '<https://evil.example>; rel=preload',
        },
      });
    const { headers } = await ask('sluice-app://acme/api/approvals', API);
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    for (const name of ['set-cookie', 'refresh', 'link']) expect(headers.get(name)).toBeNull();
  });
});
