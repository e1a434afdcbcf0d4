import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createHttpClient } from '../../relay/src/warehouse/snowflake/client/http.ts';
import {
  type Certificate,
  certificateAuthority,
  type CertificateAuthority,
  hasOpenssl,
} from '../support/certificates.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startRelayBefore } from './relay.ts';
import { shopTables } from './shop.ts';
import { tablesScript } from './tables.ts';
import { startUpstream } from './upstream.ts';

/** A name that only the proxy knows. */
const HOST = 'sluice-test.snowflake.example';
const SQL = 'SELECT ID, EMAIL, CITY FROM CUSTOMERS WHERE ID = 7';

const folder = temporaryFolder();
const trusted = getCACertificates('default');
let known: CertificateAuthority;
beforeAll(() => {
  if (!hasOpenssl) return;
  known = certificateAuthority(folder, 'known');
  setDefaultCACertificates([...trusted, known.cert]);
});
afterAll(() => setDefaultCACertificates(trusted));

async function listening(server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Takes TLS off, and passes on to a port. */
const tlsBefore = (port: number, certificate: Certificate) =>
  listening(
    createTlsServer(certificate, (socket) => {
      const onward = connect(port, '127.0.0.1');
      socket.pipe(onward).pipe(socket);
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
    }),
  );

/** A proxy that makes a tunnel to a port, whatever name it is asked for; it keeps what went through. */
async function tunnelsTo(port: number) {
  const [asked, passed]: [string[], Buffer[]] = [[], []];
  const proxy = createHttpServer((_, response) => response.writeHead(400).end());
  proxy.on('connect', ({ url = '' }, socket) => {
    asked.push(url);
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.pipe(socket);
      socket.on('data', (bytes: Buffer) => passed.push(bytes)).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    socket.on('close', () => onward.destroy());
  });
  return { url: `http://127.0.0.1:${await listening(proxy)}`, asked, passed };
}

describe.skipIf(!hasOpenssl)('a relay that reaches its account by TLS through a proxy', () => {
  async function started(certificate: Certificate) {
    const upstream = await startUpstream({ script: tablesScript(shopTables(20)), holdMs: 500 });
    const proxy = await tunnelsTo(await tlsBefore(Number(new URL(upstream.url).port), certificate));
    const relay = await startRelayBefore(`https://${HOST}`, { warm: 0, proxy: proxy.url });
    onTestFinished(async () => {
      await relay.close();
      await upstream.close();
    });
    return { upstream, proxy, relay, token: await relay.tokenFor('ada') };
  }

  it('has its results masked, and shows the proxy the host’s name alone', async () => {
    const { upstream, proxy, relay, token } = await started(known.issue(HOST));
    const ada = await connectDriver(relay.url, token);
    const { rows } = await ada.run(SQL);
    expect(rows).toEqual([{ ID: 7, EMAIL: expect.stringMatching(/^tok_/) as string, CITY: 'Amsterdam' }]);
    await ada.close();
    expect(upstream.executions.some(({ sql }) => sql.includes('CUSTOMERS'))).toBe(true);
    expect(new Set(proxy.asked)).toEqual(new Set([`${HOST}:443`]));
    const passed = Buffer.concat(proxy.passed).toString('latin1');
    expect(passed.length).toBeGreaterThan(1_000);
    // Its name stands in the clear in TLS's first message, and nothing else.
    expect(passed).toContain(HOST);
    for (const secret of ['CUSTOMERS', 'ada-token', 'login-request', 'HTTP/1.1'])
      expect(passed).not.toContain(secret);
  });

  it('sends nothing to a proxy that answers for the account', async () => {
    const { upstream, proxy, relay, token } = await started(known.issue('IP:127.0.0.1'));
    const failed = await errorOf(connectDriver(relay.url, token).then((ada) => ada.run(SQL)));
    expect(failed?.message).toMatch(/warehouse/i);
    expect(proxy.asked.length).toBeGreaterThan(0);
    expect([upstream.executions, upstream.sessions]).toEqual([[], []]);
  });
});

async function send(proxy: string, withinMs = 30_000) {
  const http = createHttpClient({ http: null, https: proxy, except: '' });
  onTestFinished(() => http.close());
  const request = {
    method: 'POST',
    url: `https://${HOST}/x`,
    headers: {},
    body: 'secret',
    withinMs,
  } as const;
  return await http.send({ ...request, mostBytes: 1_000 }, new AbortController().signal);
}

describe.skipIf(!hasOpenssl)('the certificate behind a tunnel', () => {
  it.each<[string, () => Certificate, RegExp]>([
    ['is another host’s', () => known.issue('other.snowflake.example'), /\(ERR_TLS_CERT_ALTNAME_INVALID\)$/],
    ['is the proxy’s own', () => known.issue('IP:127.0.0.1'), /\(ERR_TLS_CERT_ALTNAME_INVALID\)$/],
    [
      'is one that nobody vouches for',
      () => certificateAuthority(folder, 'stranger').issue(HOST),
      /\((SELF_SIGNED|UNABLE_TO)_\w+\)$/,
    ],
  ])('has to be the account’s: it %s', async (_title, certificate, code) => {
    const received: Buffer[] = [];
    const server = createServer((socket) => socket.on('data', (bytes) => received.push(bytes)));
    const { url, asked } = await tunnelsTo(await tlsBefore(await listening(server), certificate()));
    await expect(send(url)).rejects.toMatchObject({
      name: 'SluiceError',
      code: 'warehouse_unavailable',
      message: expect.stringMatching(code) as string,
    });
    expect([asked, received]).toEqual([[`${HOST}:443`], []]);
  });
});

describe('a proxy that makes no tunnel', () => {
  /** What it says to whoever connects, once they have said something. */
  const saying = async (answer: (socket: Socket) => void) => {
    const said: Buffer[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (bytes) => said.push(bytes));
      socket.once('data', () => answer(socket));
    });
    return { url: `http://127.0.0.1:${await listening(server)}`, said };
  };

  it.each<[string, (socket: Socket) => void, RegExp, boolean]>([
    ['asks for a password', (socket) => socket.end('HTTP/1.1 407 No\r\n\r\n'), /^proxy answered 407$/, false],
    [
      'does not reach the account',
      (socket) => socket.end('HTTP/1.1 502 No\r\n\r\n'),
      /^proxy answered 502$/,
      false,
    ],
    [
      'sends what is no HTTP',
      (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
      /^(HPE_\w+|UND_ERR_\w+|unknown)$/,
      true,
    ],
    ['hangs up', (socket) => socket.destroy(), /^(UND_ERR_\w+|ECONNRESET)$/, false],
    [
      'makes one, and sends what is no TLS',
      (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nSSH-2.0-OpenSSH_9.2\r\n'),
      /^ERR_SSL_WRONG_VERSION_NUMBER$/,
      true,
    ],
    [
      'makes one, and hangs up',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.once('data', () => socket.destroy());
      },
      /^ECONNRESET$/,
      true,
    ],
  ])('is told from others: one that %s', async (_title, answer, code, mayHaveArrived) => {
    const { url, said } = await saying(answer);
    await expect(send(url)).rejects.toMatchObject({
      name: 'TransportError',
      message: expect.stringMatching(code) as string,
      // What is not sure not to have arrived is never sent again as if it had not.
      mayHaveArrived,
    });
    expect(Buffer.concat(said).toString('latin1')).not.toContain('secret');
  });

  it.each<[string, (socket: Socket) => void]>([
    ['says nothing', () => {}],
    ['makes one, and says nothing', (socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\n')],
  ])('is not waited for without end: one that %s', async (_title, answer) => {
    const { url, said } = await saying(answer);
    const begun = Date.now();
    await expect(send(url, 500)).rejects.toMatchObject({ name: 'TransportError', message: 'timeout' });
    expect(Date.now() - begun).toBeLessThan(5_000);
    expect(Buffer.concat(said).toString('latin1')).not.toContain('secret');
  });
});
