import { createHash, randomBytes } from 'node:crypto';
import {
  Client,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import { apiClient } from '../support/api.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { formOf, pageBrowser } from '../support/page-browser.ts';

let demo: Demo;
let mcp: URL;
beforeAll(async () => {
  demo = await startDemo({ customers: 500, logLevel: 'silent' });
  mcp = new URL('/mcp', demo.relay.url);
});
afterAll(() => demo.close());

const BACK = 'http://127.0.0.1:49152/back';

/** A person at their browser: agrees, signs in at the demo's issuer, and is sent back to the program. */
async function agree(start: URL, subject = 'ada', browser = pageBrowser()): Promise<URL> {
  const isBack = (url: URL) => url.href.startsWith(BACK);
  const asked = await browser.follow(start, isBack);
  if (asked.status !== 200) throw new Error(`${asked.status}: ${asked.text}`);
  const { action, fields } = formOf(asked.text, asked.url);
  fields.set('issuer', demo.issuer);
  const issuers = await browser.follow(action, isBack, fields);
  if (isBack(issuers.url)) return issuers.url;
  if (!issuers.text.includes('subject')) throw new Error(`${issuers.status}: ${issuers.text}`);
  const chosen = formOf(issuers.text, issuers.url);
  const back = await browser.follow(chosen.action, isBack, new URLSearchParams({ subject }));
  if (!isBack(back.url)) throw new Error(`${back.status}: ${back.text}`);
  return back.url;
}

/** The SDK's own sign-in, with what it would keep. */
function provider(): OAuthClientProvider & { readonly opened: URL[] } {
  const kept: Record<string, unknown> = {};
  const opened: URL[] = [];
  return {
    opened,
    redirectUrl: BACK,
    clientMetadata: { client_name: 'Test Agent', redirect_uris: [BACK] },
    state: () => 'state-of-the-program',
    clientInformation: () => kept['client'] as never,
    saveClientInformation: (client) => void (kept['client'] = client),
    tokens: () => kept['tokens'] as never,
    saveTokens: (tokens) => void (kept['tokens'] = tokens),
    redirectToAuthorization: (url) => void opened.push(url),
    saveCodeVerifier: (verifier) => void (kept['verifier'] = verifier),
    codeVerifier: () => kept['verifier'] as string,
    discoveryState: () => kept['discovery'] as never,
    saveDiscoveryState: (state) => void (kept['discovery'] = state),
  };
}

describe.each(['legacy', 'auto'] as const)('a client of the %s era', (mode) => {
  it('signs in by itself, and runs SQL as the person who agreed', async () => {
    const authProvider = provider();
    const first = new StreamableHTTPClientTransport(mcp, { authProvider });
    const options = { versionNegotiation: { mode } };
    await expect(new Client({ name: 'agent', version: '1' }, options).connect(first)).rejects.toThrow(
      UnauthorizedError,
    );
    const [start] = authProvider.opened;
    expect(start!.searchParams.get('resource')).toBe(mcp.href);
    const back = await agree(start!);
    expect(back.searchParams.get('state')).toBe('state-of-the-program');
    await first.finishAuth(back.searchParams);
    const client = new Client({ name: 'agent', version: '1' }, options);
    await client.connect(new StreamableHTTPClientTransport(mcp, { authProvider }));
    const sql = 'SELECT CURRENT_USER() AS WHO, CARD_NUMBER FROM CUSTOMERS ORDER BY ID LIMIT 1';
    const { structuredContent } = await client.callTool({
      name: 'run_statement',
      arguments: { sql, wait: 30 },
    });
    expect(structuredContent).toMatchObject({ phase: 'succeeded', rowCount: 1 });
    expect(JSON.stringify(structuredContent)).toMatch(/\*{12}\d{4}/);
    await client.close();
    // When the token is over, it goes on by itself: nobody opens a browser again.
    const tokens = (await authProvider.tokens()) as { access_token: string; refresh_token?: string };
    expect(tokens.refresh_token).toMatch(/^sluice_refresh_/);
    await authProvider.saveTokens({ ...tokens, access_token: 'sluice_mcp_over', token_type: 'Bearer' });
    const again = new Client({ name: 'agent', version: '1' }, options);
    await again.connect(new StreamableHTTPClientTransport(mcp, { authProvider }));
    expect((await again.callTool({ name: 'list_access', arguments: {} })).isError).not.toBe(true);
    expect(authProvider.opened).toHaveLength(1);
    const next = (await authProvider.tokens()) as typeof tokens;
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    await again.close();
  });
});

/** By hand, for what no client would send. */
async function register(uris: readonly string[] = [BACK], rest: object = {}) {
  const response = await fetch(new URL('/oauth/register', mcp), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: uris, client_name: 'By hand', ...rest }),
  });
  return { status: response.status, body: (await response.json()) as { client_id: string; error?: string } };
}

const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');

function authorize(clientId: string, but: Readonly<Record<string, string>> = {}): URL {
  const url = new URL('/oauth/authorize', mcp);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: BACK,
    state: 's',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    resource: mcp.href,
    ...but,
  }).toString();
  return url;
}

async function redeem(clientId: string, code: string, but: Readonly<Record<string, string>> = {}) {
  const response = await fetch(new URL('/oauth/token', mcp), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      client_id: clientId,
      redirect_uri: BACK,
      code_verifier: verifier,
      resource: mcp.href,
      ...but,
    }),
  });
  return {
    status: response.status,
    body: (await response.json()) as { access_token: string; error?: string },
  };
}

async function tokenOf(subject = 'ada'): Promise<string> {
  const { client_id: id } = (await register()).body;
  const back = await agree(authorize(id), subject);
  return (await redeem(id, back.searchParams.get('code')!)).body.access_token;
}

const call = async (path: string, token: string, init: RequestInit = {}) =>
  await fetch(new URL(path, mcp), {
    ...init,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
  });
const listTools = { method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }) };

describe('a program', () => {
  it.each([
    ['https://attacker.example/cb'],
    ['http://attacker.example/cb'],
    ['http://127.0.0.1.attacker.example/'],
    ['http://user@127.0.0.1/'],
    ['http://127.0.0.1/#fragment'],
    ['javascript:alert(1)'],
    ['vscode://other.extension/x'],
    ['data:text/html,x'],
  ])('may not have people sent to %s', async (uri) => {
    expect(await register([uri])).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect((await register([BACK, uri])).status).toBe(400);
  });

  it('is a public client, whatever it asks to be', async () => {
    const { body } = await register([BACK], {
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'admin',
    });
    expect(body).toMatchObject({
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    });
    expect(body).not.toHaveProperty('client_secret');
  });

  it.each<[what: string, but: Record<string, string>]>([
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:49152/other' }],
    ['another host', { redirect_uri: 'https://attacker.example/' }],
    ['no PKCE', { code_challenge: '' }],
    ['a challenge in the clear', { code_challenge_method: 'plain' }],
    ['a token at once', { response_type: 'token' }],
    ['another resource', { resource: 'https://other.example/mcp' }],
    ['the API as the resource', { resource: 'http://127.0.0.1/api' }],
    ['an id that is none', { client_id: 'sluice' }],
  ])('that asks with %s is refused, and nobody is sent anywhere', async (_, but) => {
    const { client_id: id } = (await register()).body;
    const response = await fetch(authorize(id, but), { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });

  it('is named on the page as its own word, which cannot be framed or scripted', async () => {
    const { client_id: id } = (await register([BACK], { client_name: '<script>x</script>' })).body;
    const response = await fetch(authorize(id));
    const text = await response.text();
    expect(text).not.toContain('<script>');
    expect(text).toContain('Nobody has checked its name');
    expect(text).toContain('127.0.0.1:49152');
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(response.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/);
  });

  it('may come back to any port of the loopback interface', async () => {
    const { client_id: id } = (await register()).body;
    expect((await fetch(authorize(id, { redirect_uri: 'http://127.0.0.1:50000/back' }))).status).toBe(200);
  });

  it('is told when the person does not agree', async () => {
    const { client_id: id } = (await register()).body;
    const browser = pageBrowser();
    const page = await browser.follow(authorize(id), () => false);
    const { action, fields } = formOf(page.text, page.url);
    fields.set('issuer', '');
    const back = await browser.follow(action, (url) => url.href.startsWith(BACK), fields);
    expect(Object.fromEntries(back.url.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 's',
      iss: `${mcp.origin}/oauth`,
    });
  });
});

describe('a consent', () => {
  it('is of the browser that was asked, and from its own page', async () => {
    const { client_id: id } = (await register()).body;
    const attacker = pageBrowser();
    const page = await attacker.follow(authorize(id), () => false);
    const { action, fields } = formOf(page.text, page.url);
    fields.set('issuer', demo.issuer);
    // Sent by the attacker's page, in the victim's browser; and by theirs, from another site.
    expect((await pageBrowser().go(action, fields)).response.status).toBe(401);
    expect((await attacker.go(action, fields, 'https://attacker.example')).response.status).toBe(401);
    fields.set('issuer', 'https://attacker.example');
    expect((await attacker.go(action, fields)).response.status).toBe(401);
  });

  it('comes back to that browser alone, and once', async () => {
    const { client_id: id } = (await register()).body;
    const browser = pageBrowser();
    const page = await browser.follow(authorize(id), () => false);
    const { action, fields } = formOf(page.text, page.url);
    fields.set('issuer', demo.issuer);
    const isCallback = (url: URL) => url.pathname === '/oauth/callback';
    const issuers = await browser.follow(action, isCallback, fields);
    const chosen = formOf(issuers.text, issuers.url);
    const came = await browser.follow(chosen.action, isCallback, new URLSearchParams({ subject: 'ada' }));
    // Login CSRF: a callback of the attacker's in the victim's browser.
    expect((await pageBrowser().go(came.url)).response.status).toBe(401);
    const mixedUp = new URL(came.url);
    mixedUp.searchParams.set('iss', 'https://attacker.example');
    expect((await browser.go(mixedUp)).response.status).toBe(401);
    const changed = new URL(came.url);
    changed.searchParams.set('state', `${came.url.searchParams.get('state')!}x`);
    expect((await browser.go(changed)).response.status).toBe(401);
    expect((await browser.go(came.url)).response.status).toBe(303);
    expect((await browser.go(came.url)).response.status).toBe(401);
  });
});

describe('a code', () => {
  it.each<[what: string, but: Record<string, string>]>([
    ['another verifier', { code_verifier: randomBytes(32).toString('base64url') }],
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:49152/other' }],
    ['another resource', { resource: 'https://other.example' }],
  ])('is spoiled by %s', async (_, but) => {
    const { client_id: id } = (await register()).body;
    const code = (await agree(authorize(id))).searchParams.get('code')!;
    expect(await redeem(id, code, but)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await redeem(id, code)).status).toBe(400);
  });

  it('is of one program, and good once', async () => {
    const [one, other] = [(await register()).body, (await register()).body];
    const code = (await agree(authorize(one.client_id))).searchParams.get('code')!;
    expect((await redeem(other.client_id, code)).status).toBe(400);
    const next = (await agree(authorize(one.client_id))).searchParams.get('code')!;
    expect((await redeem(one.client_id, next)).status).toBe(200);
    expect((await redeem(one.client_id, next)).status).toBe(400);
  });
});

describe('a token', () => {
  it('is good for MCP alone, and shows nothing of the issuer’s', async () => {
    const token = await tokenOf();
    expect((await call('/mcp', token, listTools)).status).toBe(200);
    expect(
      token
        .split('.')
        .map((part) => Buffer.from(part, 'base64url').toString())
        .join(),
    ).not.toContain('ada');
    for (const path of [
      '/api/statements/a4b6c1de-0000-4000-8000-000000000000',
      '/api/approvals',
      '/api/people/self',
    ])
      expect((await call(path, token)).status).toBe(401);
    const sqlApi = await call('/api/v2/statements', token, {
      method: 'POST',
      body: '{"statement":"SELECT 1"}',
    });
    expect(sqlApi.status).toBe(401);
  });

  it('that was changed, or sealed for another use, opens nothing', async () => {
    const token = await tokenOf();
    const { client_id: id } = (await register()).body;
    const changed = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const other of [changed, `sluice_mcp_${id}`, 'sluice_mcp_', 'sluice_mcp_a.b', id])
      expect((await call('/mcp', other, listTools)).status).toBe(401);
  });

  it('is the person’s, as any of theirs: on the record, and out when they are', async () => {
    const token = await tokenOf('mallory');
    expect((await call('/mcp', token, listTools)).status).toBe(200);
    const alan = apiClient(demo.relay.url, await demo.decidingTokenFor('alan'));
    await alan.post('/api/revocations', {
      target: { type: 'subject', identity: demo.idOf('mallory') },
      reason: 'left the company',
    });
    expect((await call('/mcp', token, listTools)).status).toBe(401);
  });
});

it('a token without which there is no way in is asked for where to get it', async () => {
  const response = await call('/mcp', 'x', listTools);
  expect(response.headers.get('www-authenticate')).toContain('/.well-known/oauth-protected-resource/mcp');
  const read = async (path: string) =>
    (await (await fetch(new URL(path, mcp))).json()) as Record<string, unknown>;
  const resource = await read('/.well-known/oauth-protected-resource/mcp');
  expect(resource).toMatchObject({
    resource: mcp.href,
    authorization_servers: [`${mcp.origin}/oauth`, demo.issuer],
  });
  expect(await read('/.well-known/oauth-authorization-server/oauth')).toMatchObject({
    issuer: `${mcp.origin}/oauth`,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: false,
  });
});

describe.skipIf(!hasBrowser)('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it('a person agrees, signs in and is sent back; the next time the issuer knows them, and they are asked still', async () => {
    const { client_id: id } = (await register()).body;
    const page = await (await browser.newContext()).newPage();
    // Nobody listens there: where the browser would go is enough.
    await page.route(`${BACK}**`, (route) => route.fulfill({ body: 'you may close this' }));
    await page.goto(authorize(id).href);
    await page.getByRole('heading', { name: 'May this program run SQL as you?' }).waitFor();
    await page.getByRole('button', { name: 'Sign in and allow' }).click();
    await page.getByRole('button', { name: 'Ada' }).click();
    await page.getByText('you may close this').waitFor();
    const code = new URL(page.url()).searchParams.get('code')!;
    expect((await redeem(id, code)).status).toBe(200);
    await page.goto(authorize(id).href);
    await page.getByRole('button', { name: 'Do not allow' }).click();
    await page.getByText('you may close this').waitFor();
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
    await page.context().close();
  });
});
