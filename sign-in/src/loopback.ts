import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signInPage } from './loopback-page.ts';
import type { Return, Returned } from './return.ts';

const PATH = '/callback';

/**
 * Where the browser comes back to: a port of this machine, for one request (RFC 8252, section 7.3).
 *
 * @param state what the request has to carry; anything else that comes is nobody's answer, and is waited past.
 */
export async function openLoopback(state: string): Promise<Return> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 32 * 1024 });
  server.maxConnections = 32;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const redirectUri = `http://${host}${PATH}`;
  const returned = Promise.withResolvers<Returned>();
  // Nobody may be waiting any more.
  returned.promise.catch(() => {});
  let isAnswered = false;

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const url = URL.parse(request.url ?? '/', redirectUri);
    const isAnswer =
      !isAnswered &&
      request.method === 'GET' &&
      // Any program on the machine may send requests here, and so may pages, by names of their own that point here.
      request.headers.host === host &&
      url?.pathname === PATH &&
      url.searchParams.getAll('state').join(' ') === state;
    if (!isAnswer) {
      response.writeHead(404, { connection: 'close' }).end();
      return;
    }
    isAnswered = true;
    // No other request is taken: whoever has seen the address in the browser's history has no use for it.
    server.close();
    returned.resolve({
      url,
      async show(isSignedIn, text) {
        const page = signInPage(isSignedIn, text);
        response.writeHead(page.status, { ...page.headers, connection: 'close' }).end(page.html);
        if (!response.closed) await once(response, 'close');
      },
    });
  });

  return {
    redirectUri,
    async answer(signal) {
      signal.throwIfAborted();
      const given = Promise.withResolvers<never>();
      const onAbort = () => given.reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort);
      try {
        return await Promise.race([returned.promise, given.promise]);
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
    async close() {
      const closed = server.listening ? once(server, 'close') : null;
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
