import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerConsole } from './console.ts';
import { pagesFolder } from './pages-folder.ts';
import { readPages } from './pages.ts';

const INDEX = '<!doctype html><p>console';
const PROGRAM = 'globalThis.x = 1;\n'.repeat(50);
const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

let folder: string;
let app: FastifyInstance;
const serve = async (issuers: readonly string[] = ['https://id.example']) => {
  app = fastify();
  await registerConsole(app, { pages: readPages(folder), issuers });
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-console-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), INDEX);
  for (const [name, text] of Object.entries({
    'main.js': PROGRAM,
    'main.css': 'p {}',
    'mark.svg': '<svg/>',
    'plain.woff2': 'font',
    'main.js.map': '{}',
    secrets: 'x',
  })) {
    writeFileSync(join(folder, 'assets', name), text);
  }
  writeFileSync(join(folder, 'assets', 'main.js.br'), brotliCompressSync(PROGRAM));
  writeFileSync(join(folder, 'assets', 'main.js.gz'), gzipSync(PROGRAM));
  await serve();
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

const get = async (url: string, headers: Record<string, string> = {}) => {
  const { statusCode, headers: answered, rawPayload, body } = await app.inject({ url, headers });
  return { status: statusCode, headers: answered, bytes: rawPayload, body };
};

describe('the console’s pages', () => {
  it.each(['/console', '/console/', '/console/policy/draft'])('begin with the same one: %s', async (url) => {
    const { status, headers, body } = await get(url);
    expect([status, body]).toEqual([200, INDEX]);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      etag: `"${digestOf(INDEX)}"`,
    });
  });

  it('are where people come to first', async () => {
    const { status, headers } = await get('/');
    expect([status, headers['location']]).toEqual([302, '/console']);
  });

  it.each(['/console', '/console/assets/main.js'])(
    'may load and call nothing but the relay and its issuers: %s',
    async (url) => {
      await app.close();
      await serve(['https://id.example', 'https://sso.example', 'https://id.example']);
      expect(String((await get(url)).headers['content-security-policy']).split('; ')).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self' https://id.example https://sso.example",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        'trusted-types sluice-workers',
      ]);
    },
  );

  it('are where the package of the console has them built', () => {
    expect(pagesFolder()).toMatch(/[\\/]console[\\/]dist$/);
  });

  it('say so where they have not been built', async () => {
    rmSync(join(folder, 'index.html'));
    await app.close();
    await serve();
    const { status, headers, body } = await get('/console/policy');
    expect([status, headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
    expect(body).toContain('The console has not been built');
    expect((await get('/console/assets/main.js')).status).toBe(404);
    expect(readPages(null), 'nor installed').toBeNull();
  });
});

describe('their files', () => {
  it.each([
    ['main.js', 'text/javascript; charset=utf-8', PROGRAM],
    ['main.css', 'text/css; charset=utf-8', 'p {}'],
    ['mark.svg', 'image/svg+xml', '<svg/>'],
    ['plain.woff2', 'font/woff2', 'font'],
  ])('are sent as what they are, to be kept for ever: %s', async (name, type, text) => {
    const { status, headers, body } = await get(`/console/assets/${name}`);
    expect([status, body]).toEqual([200, text]);
    expect(headers).toMatchObject({
      'content-type': type,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      etag: `"${digestOf(text)}"`,
    });
    expect(headers['content-encoding']).toBeUndefined();
  });

  it.each(['main.js.map', 'main.js.br', 'main.js.gz', 'secrets', 'none.js', '..%2Findex.html'])(
    'are those of the pages and no others: %s',
    async (name) => {
      const { status, headers, body } = await get(`/console/assets/${name}`);
      expect([status, headers['content-type'], body]).toEqual([
        404,
        'text/plain',
        'There is no such file.\n',
      ]);
    },
  );

  it('are not sent to those who have them', async () => {
    const mine = { 'if-none-match': `"${digestOf(PROGRAM)}"` };
    const { status, body } = await get('/console/assets/main.js', mine);
    expect([status, body]).toEqual([304, '']);
    expect((await get('/console/assets/main.css', mine)).status).toBe(200);
  });

  it.each([
    ['br, gzip', 'br'],
    ['GZIP, deflate', 'gzip'],
    ['gzip;q=1.0, br;q=0.9', 'br'],
    ['gzip, br;q=0', 'gzip'],
    ['br;q=0 , gzip', 'gzip'],
    ['gzip;q=0.000, br; q=0.0', undefined],
    ['br;q=0.05', 'br'],
    ['deflate', undefined],
    ['', undefined],
  ])('are packed as their client takes them: %s', async (accepted, encoding) => {
    const { headers, bytes } = await get('/console/assets/main.js', { 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBe(encoding);
    const packed = { br: brotliCompressSync(PROGRAM), gzip: gzipSync(PROGRAM) }[encoding ?? ''];
    expect(bytes.equals(packed ?? Buffer.from(PROGRAM))).toBe(true);
    // What was not packed when it was built is sent as it is.
    const plain = await get('/console/assets/main.css', { 'accept-encoding': accepted });
    expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, 'p {}']);
  });
});
