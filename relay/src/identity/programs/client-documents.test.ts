import { createSocket } from 'node:dgram';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { certificateAuthority, hasOpenssl } from '../../../../test/support/certificates.ts';
import { temporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { documentFetches } from '../../limits/index.ts';
import { type ClientDocuments, createClientDocuments } from './client-documents.ts';
import type { DocumentHosts } from './document-address.ts';
import { inDns } from './fetch-document.ts';

const BACK = 'http://127.0.0.1/back';
const NOT_HAD = {
  code: 'request_malformed',
  message: 'the document that says who the program is cannot be had',
};
const NOT_RIGHT = {
  code: 'request_malformed',
  message: 'the document that says who the program is is not right',
};
const NOT_READ = {
  code: 'request_malformed',
  message: 'the program’s address is not one that the relay reads documents from',
};

const folder = temporaryFolder();
const trusted = getCACertificates('default');
let server: Server;
let port: number;
let asked: { url: string | undefined; headers: IncomingMessage['headers'] }[];
let answer: (response: ServerResponse, request: IncomingMessage) => void;
let document: Record<string, unknown>;
let time: number;
let resolved: string[];
let addresses: string[];

beforeAll(async () => {
  if (!hasOpenssl) return;
  const authority = certificateAuthority(folder, 'known');
  setDefaultCACertificates([...trusted, authority.cert]);
  server = createServer(authority.issue('agents.example'), (request, response) => {
    asked.push({ url: request.url, headers: request.headers });
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  setDefaultCACertificates(trusted);
  server?.closeAllConnections();
  server?.close();
});

beforeEach(() => {
  [asked, resolved, time] = [[], [], 1_800_000_000_000];
  addresses = ['127.0.0.1'];
  document = {
    client_id: address(),
    client_name: 'Agent',
    redirect_uris: [BACK],
    token_endpoint_auth_method: 'none',
  };
  answer = says();
});

const address = (path = '/agent.json') => `https://agents.example:${port}${path}`;

/** The document, with headers and a status. */
function says(headers: Record<string, string> = {}, status = 200) {
  return (response: ServerResponse) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(document));
}

const listed = () => documents([`agents.example:${port}`]);

function documents(hosts: DocumentHosts, more: object = {}): ClientDocuments {
  return createClientDocuments({
    hosts,
    redirectUris: ['https://agents.example/back'],
    now: () => time,
    fetches: documentFetches(),
    resolve: async (name) => {
      resolved.push(name);
      return addresses;
    },
    ...more,
  });
}

describe.skipIf(!hasOpenssl)('a document', () => {
  it('says who a program is, at its own address', async () => {
    expect(await listed().read(address())).toEqual({
      name: 'Agent',
      redirectUris: [BACK],
      registeredAt: time,
      document: address(),
    });
    expect(asked).toHaveLength(1);
    // Nothing of the relay's goes there.
    expect(Object.keys(asked[0]!.headers).toSorted()).toEqual(['accept', 'connection', 'host', 'user-agent']);
  });

  it.each<[string, Record<string, unknown>]>([
    ['of another address', { client_id: 'https://agents.example/other.json' }],
    ['of the same address in another spelling', { client_id: 'HTTPS://AGENTS.EXAMPLE/agent.json' }],
    ['of none', { client_id: undefined }],
    ['of a program with a secret', { client_secret: 's' }],
    ['of a secret’s end', { client_secret_expires_at: 0 }],
    ['of a program that proves itself by a key', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['of a program that proves itself by a secret', { token_endpoint_auth_method: 'client_secret_post' }],
    ['without addresses', { redirect_uris: [] }],
    ['with an address that is none', { redirect_uris: ['back'] }],
    ['with a name that fills a page', { client_name: 'x'.repeat(201) }],
  ])('is not right %s', async (_title, change) => {
    Object.assign(document, change);
    await expect(listed().read(address())).rejects.toMatchObject(NOT_RIGHT);
  });

  it.each<[string, (response: ServerResponse, request: IncomingMessage) => void]>([
    ['with a redirect', says({ location: '/other.json' }, 302)],
    ['with an error', says({}, 404)],
    ['with another success', says({}, 203)],
    ['as a page', says({ 'content-type': 'text/html' })],
    ['as something like JSON', says({ 'content-type': 'application/jsonp' })],
    [
      'packed',
      (response) =>
        response
          .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
          .end(gzipSync(JSON.stringify(document))),
    ],
    [
      'longer than one is',
      (response) => {
        document['more'] = 'x'.repeat(16_384);
        says()(response);
      },
    ],
    [
      'by halves',
      (response) => response.writeHead(200, { 'content-length': '9' }).write('{', () => response.destroy()),
    ],
    ['not at all', (_response, request) => request.socket.destroy()],
  ])('is not had %s', async (_title, given) => {
    answer = given;
    const failed = listed().read(address());
    await expect(failed).rejects.toMatchObject(NOT_HAD);
    // Nobody was sent on to ask elsewhere.
    expect(asked).toHaveLength(1);
  });

  it('is not waited for without end', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    };
    const one = documents([`agents.example:${port}`], { withinMs: 300 });
    await expect(one.read(address())).rejects.toMatchObject(NOT_HAD);
  });

  it('is not JSON by its name alone', async () => {
    answer = (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from([0x22, 0xff, 0x22]));
    await expect(listed().read(address())).rejects.toMatchObject(NOT_RIGHT);
  });

  it('may be of a kind of JSON', async () => {
    answer = says({ 'content-type': 'application/cimd+json; charset=utf-8' });
    expect((await listed().read(address())).name).toBe('Agent');
  });

  it('has people sent back to the loopback interface, or as the configuration says; elsewhere it may have its own', async () => {
    document['redirect_uris'] = [
      'https://evil.example/back',
      BACK,
      'https://agents.example/back',
      'http://127.0.0.1.evil.example/',
    ];
    expect((await listed().read(address())).redirectUris).toEqual([BACK, 'https://agents.example/back']);
  });

  it.each([
    ['none', undefined],
    ['what nobody sees', '\u200b'],
    ['what turns the text around it', 'Sluice\u202e'],
  ])('has the name of a program without one for %s', async (_title, client_name) => {
    document['client_name'] = client_name;
    expect((await listed().read(address())).name).toBe('a program without a name');
  });

  it('of a host that cannot show whose it is, is not had', async () => {
    const one = documents([`other.example:${port}`]);
    await expect(one.read(`https://other.example:${port}/agent.json`)).rejects.toMatchObject(NOT_HAD);
    expect([asked, resolved]).toEqual([[], ['other.example']]);
  });
});

describe.skipIf(!hasOpenssl)('what was read', () => {
  it.each([
    ['five minutes where it does not say', '', 300],
    ['as long as it says', 'public, max-age=600', 600],
    ['an hour at most', 'max-age=86400', 3_600],
    ['a minute at least', 'max-age=0', 60],
    ['a minute where it would not be kept', 'no-store, max-age=600', 60],
  ])('is believed for %s', async (_title, cacheControl, seconds) => {
    answer = says({ 'cache-control': cacheControl });
    const one = listed();
    await one.read(address());
    time += seconds * 1_000 - 1;
    document['client_name'] = 'Another';
    expect((await one.read(address())).name).toBe('Agent');
    time += 1;
    expect((await one.read(address())).name).toBe('Another');
    expect(asked).toHaveLength(2);
  });

  it('is not believed on when the document is gone', async () => {
    const one = listed();
    await one.read(address());
    time += 300_000;
    answer = says({}, 410);
    await expect(one.read(address())).rejects.toMatchObject(NOT_HAD);
    await expect(one.read(address())).rejects.toMatchObject(NOT_HAD);
  });

  it('is asked for once by as many as come at a time', async () => {
    const one = listed();
    await Promise.all([one.read(address()), one.read(address()), one.read(address())]);
    expect(asked).toHaveLength(1);
  });

  it('is not asked for as often as strangers like', async () => {
    const one = listed();
    answer = says({}, 404);
    const outcomes: unknown[] = [];
    for (let at = 0; at < 12; at += 1) {
      await one.read(address(`/${at}.json`)).catch((error: { code: string }) => outcomes.push(error.code));
    }
    expect(outcomes).toEqual([
      ...Array<string>(10).fill('request_malformed'),
      'rate_limited',
      'rate_limited',
    ]);
    expect(asked).toHaveLength(10);
    time += 5_000;
    answer = says();
    document['client_id'] = address('/6.json');
    expect((await one.read(address('/6.json'))).name).toBe('Agent');
    await expect(one.read(address('/7.json'))).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('is asked for again in its time, whatever strangers ask for', async () => {
    const one = listed();
    await one.read(address());
    time += 300_000;
    const strangers = async () => {
      for (let at = 0; at < 10; at += 1) await one.read(address(`/${at}.json`)).catch(() => {});
    };
    await strangers();
    await expect(one.read(address('/more.json'))).rejects.toMatchObject({ code: 'rate_limited' });
    expect((await one.read(address())).name).toBe('Agent');
    // Once it was not right, it is a stranger’s.
    time += 300_000;
    answer = says({}, 404);
    await strangers();
    await expect(one.read(address())).rejects.toMatchObject(NOT_HAD);
    await expect(one.read(address())).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('is asked for of so many hosts at a time, and so many in a while', async () => {
    const waits = documents('any', { resolve: () => new Promise(() => {}), withinMs: 200 });
    const read = (at: number) =>
      waits.read(`https://h${at}.example/a`).then(
        () => '',
        (error: { code: string }) => error.code,
      );
    const first = await Promise.all(Array.from({ length: 21 }, (_, at) => read(at)));
    expect(first).toEqual([...Array<string>(20).fill('request_malformed'), 'rate_limited']);
    const next = await Promise.all(Array.from({ length: 20 }, (_, at) => read(100 + at)));
    expect(next).toEqual([...Array<string>(19).fill('request_malformed'), 'rate_limited']);
    time += 500;
    expect(await read(200)).toBe('request_malformed');
  });

  it('is kept for so many programs and no more', async () => {
    const one = listed();
    const path = (at: number) => `/${at}.json`;
    answer = (response, { url = '' }) => {
      document['client_id'] = address(url);
      says({ 'cache-control': 'max-age=3600' })(response);
    };
    for (let at = 0; at <= 200; at += 1) {
      time += 5_000;
      await one.read(address(path(at)));
    }
    time += 5_000;
    await one.read(address(path(200)));
    expect(asked).toHaveLength(201);
    await one.read(address(path(0)));
    expect(asked).toHaveLength(202);
  });
});

describe('names', () => {
  it('are looked up in the DNS, in both of its kinds of addresses', async () => {
    const dns = createSocket('udp4');
    dns.on('message', (asked, from) => {
      // The question as it came, and one answer to it: a pointer to its name, the type, IN, a minute, the address.
      const type = asked.readUInt16BE(asked.indexOf(0, 12) + 1);
      const address = type === 1 ? [10, 1, 2, 3] : [0xfd, ...Array<number>(14).fill(0), 9];
      const question = asked.subarray(0, asked.indexOf(0, 12) + 5);
      const said = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, address.length, ...address]);
      const answer = Buffer.concat([question, said]);
      answer.writeUInt16BE(0x8180, 2);
      [1, 1, 0, 0].forEach((count, at) => answer.writeUInt16BE(count, 4 + 2 * at));
      dns.send(answer, from.port, from.address);
    });
    await new Promise<void>((resolve) => dns.bind(0, '127.0.0.1', resolve));
    const { port: at } = dns.address();
    expect(await inDns([`127.0.0.1:${at}`])('agents.example')).toEqual(['10.1.2.3', 'fd00::9']);
    dns.close();
    expect(await inDns([`127.0.0.1:${at}`])('agents.example')).toEqual([]);
  });
});

describe('the relay’s own network', () => {
  const anywhere = () => documents('any');
  it.each([
    ['a spelling of its own', 'https://AGENTS.example/agent.json'],
    ['another spelling of a port', 'https://agents.example:443/agent.json'],
    ['a way around', 'https://agents.example/a/../agent.json'],
    ['a hidden way around', 'https://agents.example/%2e%2e/agent.json'],
    ['no path', 'https://agents.example/'],
    ['a query', 'https://agents.example/agent.json?a=b'],
    ['an empty query', 'https://agents.example/agent.json?'],
    ['a fragment', 'https://agents.example/agent.json#a'],
    ['a name and password', 'https://me:secret@agents.example/agent.json'],
    ['plain HTTP', 'http://agents.example/agent.json'],
    ['another port', 'https://agents.example:8443/agent.json'],
    ['an address', 'https://127.0.0.1/agent.json'],
    ['a public address', 'https://8.8.8.8/agent.json'],
    ['an address of IPv6', 'https://[2606:4700::1]/agent.json'],
    ['no end', `https://agents.example/${'x'.repeat(500)}`],
    ['a file', 'file:///etc/passwd'],
  ])('is not asked for an address with %s', async (_title, clientId) => {
    await expect(anywhere().read(clientId)).rejects.toMatchObject(NOT_READ);
    expect(resolved).toEqual([]);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    '0.0.0.0',
    '::1',
    '::ffff:10.0.0.1',
    'fd00:ec2::254',
    'fe80::1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    'nonsense',
  ])('is not asked where a name leads to %s', async (found) => {
    addresses = ['8.8.8.8', found];
    for (const hosts of ['any', ['*.example']] as const) {
      const one = documents(hosts as DocumentHosts);
      await expect(one.read('https://agents.example/agent.json')).rejects.toMatchObject({
        ...NOT_HAD,
        cause: { message: 'the address is not one to ask' },
      });
    }
    expect(resolved).toEqual(['agents.example', 'agents.example']);
  });

  it.each(['169.254.169.254', '::ffff:169.254.169.254', 'fd00:ec2::254', '0.0.0.0', '255.255.255.255'])(
    'is not asked for what is at %s, also by a name that is listed',
    async (found) => {
      addresses = [found];
      await expect(listed().read(address())).rejects.toMatchObject({
        cause: { message: 'the address is not one to ask' },
      });
      const literal = found.includes(':') ? `[${found}]` : found;
      const { host } = new URL(`https://${literal}`);
      await expect(documents([host]).read(`https://${host}/agent.json`)).rejects.toMatchObject({
        cause: { message: 'the address is not one to ask' },
      });
    },
  );

  it('is asked by the names that are listed, and those below them where it says so', async () => {
    addresses = [];
    const one = documents(['agents.example', '*.tools.example']);
    const reads = (clientId: string) => [clientId, one.mayBeAt(clientId)];
    expect(
      [
        'https://agents.example/a',
        'https://a.tools.example/a',
        'https://a.b.tools.example/a',
        'https://tools.example/a',
        'https://eviltools.example/a',
        'https://agents.example.evil.example/a',
        'https://agents.example:8443/a',
        'https://a.tools.example:8443/a',
      ].map(reads),
    ).toEqual([
      ['https://agents.example/a', true],
      ['https://a.tools.example/a', true],
      ['https://a.b.tools.example/a', true],
      ['https://tools.example/a', false],
      ['https://eviltools.example/a', false],
      ['https://agents.example.evil.example/a', false],
      ['https://agents.example:8443/a', false],
      ['https://a.tools.example:8443/a', false],
    ]);
    await expect(one.read('https://agents.example/a')).rejects.toMatchObject(NOT_HAD);
  });
});
