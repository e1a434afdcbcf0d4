import type { InjectOptions } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SluiceError } from '../../errors.ts';
import { testRoutes } from '../router/testing.ts';
import { registerOauth } from './oauth-routes.ts';

const BROWSER = 'b'.repeat(43);
const MADE = Buffer.alloc(32, 7).toString('base64url');
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

let routes: ReturnType<typeof testRoutes>;
let origin: string;
/** What the sign-in of programs was asked, and what it throws. */
let asked: unknown[];
let fault: unknown;
let refreshToken: string | null;
let refused: object[];
let failed: unknown[];
let drawn: number[];

beforeEach(async () => {
  [asked, fault, refreshToken, refused, failed, drawn] = [[], null, null, [], [], []];
  origin = 'https://relay.example';
  routes = testRoutes([]);
  const answered = async <T>(call: unknown[], answer: T): Promise<T> => {
    asked.push(call);
    if (fault !== null) throw fault;
    return answer;
  };
  await registerOauth(routes.router, {
    programs: {
      get readsDocuments() {
        return origin === 'https://relay.example';
      },
      register: (said) =>
        answered(['register', said], {
          clientId: 'sealed',
          program: { registeredAt: 1_500, name: 'Agent', redirectUris: ['http://127.0.0.1/back'] } as never,
        }),
      ask: (query, browser) => answered(['ask', { ...(query as object) }, browser], '<p>May it?</p>'),
      answer: (form, browser) =>
        answered(['answer', form, browser], new URL('https://issuer.example/sign-in')),
      callback: (came, browser) =>
        answered(['callback', came.href, browser], new URL('http://127.0.0.1/back?code=c')),
      redeem: (grant) => answered(['redeem', grant], { token: 't', expiresInSeconds: 60, refreshToken }),
      authenticate: () => Promise.reject(new Error('nobody asks')),
      isOne: () => false,
    },
    own: { origin: () => origin, isOwnOrigin: (from) => from === origin },
    random(bytes) {
      drawn.push(bytes);
      return Buffer.alloc(bytes, 7);
    },
    onRefused: (refusal) => refused.push(refusal),
    onError: (error) => failed.push(error),
  });
});
afterEach(() => routes.close());

async function send(options: InjectOptions) {
  const { statusCode: status, headers, body } = await routes.app.inject(options);
  const isJson = String(headers['content-type']).startsWith('application/json');
  return { status, headers, text: body, body: isJson ? (JSON.parse(body) as unknown) : null };
}
const cookie = (value: string, name = '__Host-sluice-programs') => ({ cookie: `${name}=${value}` });

it('tells programs where to register and sign people in, at the address that the relay has', async () => {
  for (const at of ['https://relay.example', 'http://127.0.0.1:8765']) {
    origin = at;
    const { status, body } = await send({ url: '/.well-known/oauth-authorization-server/oauth' });
    expect([status, body]).toEqual([
      200,
      {
        issuer: `${at}/oauth`,
        authorization_endpoint: `${at}/oauth/authorize`,
        token_endpoint: `${at}/oauth/token`,
        registration_endpoint: `${at}/oauth/register`,
        response_types_supported: ['code'],
        grant_types_supported: ['authorization_code', 'refresh_token'],
        // No program gets by without a proof (RFC 7636) of the strong kind, and none has a secret to lose.
        code_challenge_methods_supported: ['S256'],
        token_endpoint_auth_methods_supported: ['none'],
        authorization_response_iss_parameter_supported: true,
        client_id_metadata_document_supported: at === 'https://relay.example',
      },
    ]);
  }
});

describe('a program', () => {
  it('registers with what it says of itself', async () => {
    const payload = { client_name: 'Agent', redirect_uris: ['http://127.0.0.1/back'] };
    const { status, body } = await send({ method: 'POST', url: '/oauth/register', payload });
    expect([status, body, asked]).toEqual([
      201,
      {
        client_id: 'sealed',
        client_id_issued_at: 1,
        client_name: 'Agent',
        redirect_uris: ['http://127.0.0.1/back'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      },
      [['register', payload]],
    ]);
  });

  const redeem = () =>
    send({ method: 'POST', url: '/oauth/token', headers: FORM, payload: 'code=c&code_verifier=v' });

  it('exchanges its code for a token, and for one to go on with where the issuer gave one', async () => {
    const token = { access_token: 't', token_type: 'Bearer', expires_in: 60 };
    expect(await redeem()).toMatchObject({ status: 200, body: token });
    expect((await redeem()).body).not.toHaveProperty('refresh_token');
    expect(asked[0]).toEqual(['redeem', { code: 'c', code_verifier: 'v' }]);
    refreshToken = 'r';
    const { headers, body } = await redeem();
    expect([body, headers['cache-control']]).toEqual([{ ...token, refresh_token: 'r' }, 'no-store']);
  });

  it('is told as OAuth has it what is wrong, and that is on the record', async () => {
    fault = new SluiceError('token_invalid', 'the code is not good');
    expect(await redeem()).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'the code is not good' },
    });
    expect(refused).toEqual([
      { code: 'token_invalid', what: 'POST /oauth/token', reason: 'the code is not good' },
    ]);
    fault = new TypeError('ada@example.com');
    const { status, text } = await redeem();
    expect([status, text.includes('ada@'), failed]).toEqual([500, false, [fault]]);
  });
});

describe('a person', () => {
  const authorize = (headers: Record<string, string> = {}) =>
    send({ url: '/oauth/authorize?client_id=sealed&state=s', headers });

  it('is asked on a page that no other can show in a frame, run a script in, or learn of', async () => {
    const { status, headers, text } = await authorize();
    expect([status, text]).toEqual([200, '<p>May it?</p>']);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    });
  });

  it('is known again by their browser, which no other site and no plain http can set', async () => {
    const { headers } = await authorize();
    expect([asked, drawn]).toEqual([[['ask', { client_id: 'sealed', state: 's' }, MADE]], [32]]);
    expect(headers['set-cookie']).toBe(
      `__Host-sluice-programs=${MADE}; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600; Secure`,
    );
    const again = await authorize(cookie(BROWSER));
    expect(asked.at(-1)).toEqual(['ask', { client_id: 'sealed', state: 's' }, BROWSER]);
    expect(again.headers['set-cookie']).toContain(`__Host-sluice-programs=${BROWSER}; `);
    expect(drawn).toHaveLength(1);
  });

  it('has another cookie where the relay is on plain http, on a person’s own machine', async () => {
    origin = 'http://127.0.0.1:8765';
    const { headers } = await authorize(cookie(BROWSER));
    expect(headers['set-cookie']).toBe(
      `sluice-programs=${MADE}; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600`,
    );
    await authorize(cookie(BROWSER, 'sluice-programs'));
    expect(asked.map((call) => (call as unknown[])[2])).toEqual([MADE, BROWSER]);
  });

  it.each([
    ['none', {}],
    ['another', { cookie: `other=${BROWSER}` }],
    ['one whose name only begins so', { cookie: `__Host-sluice-programs2=${BROWSER}` }],
    ['the one of plain http', cookie(BROWSER, 'sluice-programs')],
    ['two', { cookie: `__Host-sluice-programs=${BROWSER}; __Host-sluice-programs=${'c'.repeat(43)}` }],
    ['one that is too short', cookie('b'.repeat(42))],
    ['one that is too long', cookie('b'.repeat(44))],
    ['one of other characters', cookie(`${'b'.repeat(42)}"`)],
    ['one that is empty', cookie('')],
  ])('is nobody’s browser with %s of its cookies', async (_, headers: Record<string, string>) => {
    await authorize(headers);
    expect(asked).toMatchObject([['ask', {}, MADE]]);
    await send({ url: '/oauth/callback?code=c', headers });
    expect(asked[1]).toEqual(['callback', 'https://relay.example/oauth/callback?code=c', null]);
    const consent = { method: 'POST', url: '/oauth/consent', payload: 'a=b' } as const;
    await send({ ...consent, headers: { ...FORM, ...headers, origin } });
    expect(asked[2]).toEqual(['answer', { a: 'b' }, null]);
  });

  it('is found among other cookies', async () => {
    await authorize({ cookie: `a=b;  __Host-sluice-programs=${BROWSER};c=d` });
    expect(asked).toMatchObject([['ask', {}, BROWSER]]);
  });

  const agree = (headers: Record<string, string>) =>
    send({
      method: 'POST',
      url: '/oauth/consent',
      headers: { ...FORM, ...cookie(BROWSER), ...headers },
      payload: 'ticket=x&issuer=i',
    });

  it('answers on the relay’s own page, and goes on to where they sign in', async () => {
    const { status, headers } = await agree({ origin });
    expect([status, headers['location'], asked]).toEqual([
      303,
      'https://issuer.example/sign-in',
      [['answer', { ticket: 'x', issuer: 'i' }, BROWSER]],
    ]);
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['nobody says where', {}],
    ['a page without an origin', { origin: 'null' }],
  ])('answers nothing by a form that comes from %s', async (_, headers: Record<string, string>) => {
    const { status, text } = await agree(headers);
    expect([status, asked]).toEqual([401, []]);
    expect(text).toContain('The answer comes from another site. Begin again in your program.');
    expect(refused).toMatchObject([{ code: 'token_invalid', what: 'POST /oauth/consent' }]);
  });

  it('comes back from their issuer, and goes on to the program', async () => {
    const { status, headers } = await send({
      url: '/oauth/callback?code=c&state=s',
      headers: cookie(BROWSER),
    });
    expect([status, headers['location'], asked]).toEqual([
      303,
      'http://127.0.0.1/back?code=c',
      [['callback', 'https://relay.example/oauth/callback?code=c&state=s', BROWSER]],
    ]);
  });

  it('is told on a page what went wrong', async () => {
    fault = new SluiceError('token_expired', 'the sign-in took too long', { advice: 'begin again' });
    const { status, headers, text } = await send({ url: '/oauth/callback?code=c', headers: cookie(BROWSER) });
    expect([status, headers['content-type']]).toEqual([401, 'text/html; charset=utf-8']);
    expect(text).toContain('The sign-in took too long. Begin again.');
  });
});
