import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { accountConfig } from './config.ts';
import { createHttpClient } from './http.ts';
import { proxyOf, type ProxySettings } from './proxy.ts';

const credential = { kind: 'accessToken', user: 'R', token: { env: 'T' } };
const configured = (more: object) => accountConfig.parse({ account: 'a-b', credential, ...more });

describe('which proxy there is', () => {
  const environment = { HTTPS_PROXY: 'http://one:1', https_proxy: 'http://two:2', NO_PROXY: 'in.example' };
  it.each<[string, object, Readonly<Record<string, string>>, ProxySettings | null]>([
    ['none', {}, {}, null],
    ['none, for an empty name', {}, { HTTPS_PROXY: '' }, null],
    [
      'that of the environment, in small letters first',
      { noProxy: ['.corp'] },
      environment,
      { http: null, https: 'http://two:2', except: '.corp,in.example' },
    ],
    [
      'that of the configuration, whatever the environment says',
      { proxy: 'http://three:3', noProxy: ['.corp'] },
      environment,
      { http: 'http://three:3', https: 'http://three:3', except: '.corp' },
    ],
    ['none, whatever the environment says', { proxy: false }, environment, null],
  ])('%s', (_, config, given, expected) => {
    expect(proxyOf(configured(config), given)).toEqual(expected);
  });

  it.each(['three:3', 'socks5://three:3', '', 'http://me:secret@three:3'])('is no %o', (proxy) => {
    expect(() => configured({ proxy })).toThrow(/proxy/);
  });
});

describe('what is sent', () => {
  it('goes through the proxy in a tunnel, with the name that it is for', async () => {
    const [target, proxy] = [await server(), await tunnels()];
    const { bytes } = await send(target.url, { http: proxy.url, https: null, except: '' });
    expect(bytes.toString()).toBe('answer');
    expect(proxy.asked).toEqual([target.host]);
    expect(target.received).toBe(1);
  });

  it('goes past it to the hosts that it is not for', async () => {
    const [target, proxy] = [await server(), await tunnels()];
    await send(target.url, { http: proxy.url, https: null, except: 'localhost,127.0.0.1' });
    expect(proxy.asked).toEqual([]);
    expect(target.received).toBe(1);
  });

  it('goes nowhere else when the proxy refuses, and has not arrived', async () => {
    const [target, proxy] = [await server(), await tunnels({ refuses: true })];
    await expect(send(target.url, { http: proxy.url, https: null, except: '' })).rejects.toMatchObject({
      name: 'TransportError',
      message: 'proxy answered 407',
      mayHaveArrived: false,
    });
    expect(target.received).toBe(0);
  });
});

async function send(url: string, proxy: ProxySettings) {
  const http = createHttpClient(proxy);
  onTestFinished(() => http.close());
  const request = { method: 'GET', url, headers: {}, withinMs: 30_000, mostBytes: 1_000 } as const;
  return await http.send(request, new AbortController().signal);
}

async function server() {
  const counts = { received: 0 };
  const host = await listening(
    createServer((_, response) => {
      counts.received += 1;
      response.end('answer');
    }),
  );
  return {
    host,
    url: `http://${host}/x`,
    get received() {
      return counts.received;
    },
  };
}

/** A proxy that makes tunnels, and says where to. */
async function tunnels({ refuses = false } = {}) {
  const asked: string[] = [];
  const proxy = createServer((_, response) => response.writeHead(400).end());
  proxy.on('connect', ({ url = '' }, socket) => {
    asked.push(url);
    if (refuses) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const [name, port] = url.split(':');
    const onward = connect(Number(port), name, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.pipe(socket);
      socket.pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  return { asked, url: `http://${await listening(proxy)}` };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
