import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import {
  Client,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import { filesIn } from '../../relay/src/composition/files.ts';
import { certificateAuthority, hasOpenssl } from '../support/certificates.ts';
import { formOf, pageBrowser } from '../support/page-browser.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const BACK = 'http://127.0.0.1:49152/back';

const folder = temporaryFolder();
const trusted = getCACertificates('default');
let server: Server;
let demo: Demo;
let mcp: URL;
/** Where the program's document is, what it says, and how often it was asked for. */
let address: string;
let document: Record<string, unknown>;
let asked: number;

beforeAll(async () => {
  if (!hasOpenssl) return;
  const authority = certificateAuthority(folder, 'known');
  setDefaultCACertificates([...trusted, authority.cert]);
  server = createServer(authority.issue('IP:127.0.0.1'), (request, response) => {
    asked += 1;
    const headers = { 'content-type': 'application/json', 'cache-control': 'max-age=60' };
    // Each test has a program of its own, so that none is kept from another.
    const own = { client_id: new URL(request.url ?? '/', address).href };
    response.writeHead(200, headers).end(JSON.stringify({ ...own, ...document }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  address = `https://${host}/agent.json`;
  const programs = { documents: [host], redirectUris: ['https://tools.example/back'] };
  demo = await startDemo({ customers: 500, logLevel: 'silent', programs });
  mcp = new URL('/mcp', demo.relay.url);
});
afterAll(async () => {
  setDefaultCACertificates(trusted);
  await demo?.close();
  server?.closeAllConnections();
  server?.close();
});
beforeEach(() => {
  asked = 0;
  document = { client_name: 'Documented Agent', redirect_uris: [BACK, 'https://other.example/back'] };
});

/** A person at their browser: agrees, and signs in at the demo's issuer. */
async function agree(start: URL): Promise<{ page: string; back: URL }> {
  const isBack = (url: URL) => url.href.startsWith(BACK);
  const browser = pageBrowser();
  const first = await browser.follow(start, isBack);
  if (first.status !== 200) throw new Error(`${first.status}: ${first.text}`);
  const { action, fields } = formOf(first.text, first.url);
  fields.set('issuer', demo.issuer);
  const people = await browser.follow(action, isBack, fields);
  const chosen = formOf(people.text, people.url);
  const { url } = await browser.follow(chosen.action, isBack, new URLSearchParams({ subject: 'ada' }));
  return { page: first.text, back: url };
}

/** The SDK's own sign-in, of a program with a document. */
function provider(
  clientMetadataUrl: string,
): OAuthClientProvider & { opened: URL[]; kept: Record<string, unknown> } {
  const kept: Record<string, unknown> = {};
  const opened: URL[] = [];
  return {
    opened,
    kept,
    clientMetadataUrl,
    redirectUrl: BACK,
    clientMetadata: { client_name: 'Registered Agent', redirect_uris: [BACK] },
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

describe.skipIf(!hasOpenssl)('a program with a document', () => {
  it.each(['legacy', 'auto'] as const)('signs in by it, with a client of the %s era', async (mode) => {
    const own = `${address}-${mode}`;
    const authProvider = provider(own);
    const options = { versionNegotiation: { mode } };
    const first = new StreamableHTTPClientTransport(mcp, { authProvider });
    await expect(new Client({ name: 'agent', version: '1' }, options).connect(first)).rejects.toThrow(
      UnauthorizedError,
    );
    const [start] = authProvider.opened;
    expect(start!.searchParams.get('client_id')).toBe(own);
    const { page, back } = await agree(start!);
    expect(page).toContain('<strong>Documented Agent</strong>');
    expect(page).toContain(`<strong>${new URL(own).host}</strong>`);
    await first.finishAuth(back.searchParams);
    const client = new Client({ name: 'agent', version: '1' }, options);
    await client.connect(new StreamableHTTPClientTransport(mcp, { authProvider }));
    const { structuredContent } = await client.callTool({
      name: 'run_statement',
      arguments: { sql: 'SELECT CARD_NUMBER FROM CUSTOMERS ORDER BY ID LIMIT 1', wait: 30 },
    });
    expect(structuredContent).toMatchObject({ phase: 'succeeded', rowCount: 1 });
    expect(JSON.stringify(structuredContent)).toMatch(/\*{12}\d{4}/);
    // When the token is over, it goes on by itself, and nobody asks for its document.
    const tokens = (await authProvider.tokens()) as { access_token: string };
    await authProvider.saveTokens({ ...tokens, access_token: 'sluice_mcp_over', token_type: 'Bearer' });
    expect((await client.callTool({ name: 'list_access', arguments: {} })).isError).not.toBe(true);
    expect([authProvider.opened.length, asked]).toEqual([1, 1]);
    await client.close();
  });

  it('is on the record by where its document is', async () => {
    const file = new DatabaseSync(filesIn(demo.data).database, { readOnly: true });
    const bodies = file.prepare(`SELECT body FROM recorded_event WHERE type = 'notice'`).all();
    file.close();
    expect(bodies.map(({ body }) => JSON.parse(body as string) as object)).toContainEqual({
      type: 'notice',
      what: 'signed_in',
      detail: { identity: demo.idOf('ada'), program: 'Documented Agent', document: `${address}-legacy` },
    });
  });

  const authorize = (clientId: string, redirectUri = BACK) => {
    const url = new URL('/oauth/authorize', mcp);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    }).toString();
    return fetch(url, { redirect: 'manual' });
  };

  it.each<[string, string, Record<string, unknown>, string]>([
    ['another program’s document', BACK, { client_id: 'https://agents.example/a' }, 'is not right'],
    ['a secret', BACK, { client_secret: 's' }, 'is not right'],
    [
      'a place of its own that the relay sends nobody to',
      'https://other.example/back',
      {},
      'not one that the program has registered',
    ],
    [
      'a place that is not in it',
      'https://tools.example/back',
      {},
      'not one that the program has registered',
    ],
  ])('is refused with %s, and nobody is sent anywhere', async (what, redirectUri, change, words) => {
    Object.assign(document, change);
    const response = await authorize(`${address}-${what.replaceAll(/\W/g, '')}`, redirectUri);
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    expect(await response.text()).toContain(words);
  });

  it.each([
    'https://169.254.169.254/a',
    'https://localhost/a',
    'https://agents.example/a',
    'http://127.0.0.1/a',
  ])('is not looked for at %s', async (clientId) => {
    const response = await authorize(clientId);
    expect([response.status, asked]).toEqual([400, 0]);
    expect(await response.text()).toContain('not one that the relay reads documents from');
  });

  it('is told by the relay’s metadata that it may come with it', async () => {
    const metadata = await fetch(new URL('/.well-known/oauth-authorization-server/oauth', mcp));
    expect(await metadata.json()).toMatchObject({ client_id_metadata_document_supported: true });
  });
});
