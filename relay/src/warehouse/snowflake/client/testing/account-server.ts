import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A request as the server of an account got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a request is answered with. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is bytes. */
  readonly body?: unknown;
  /** Milliseconds before it is sent. */
  readonly afterMs?: number;
  /** Break the connection instead: before anything is sent, or after a part of it. */
  readonly breaks?: 'before' | 'midway';
}

export type Handler = (request: Received) => Reply | undefined | Promise<Reply | undefined>;

/**
 * A server that speaks as much of the driver protocol as a test needs: it signs everybody in, and answers the rest by the
 * handlers that a test gives, the last one first.
 */
export async function startAccountServer() {
  const received: Received[] = [];
  const handlers: Handler[] = [everyday()];
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const url = new URL(request.url!, 'http://x');
    const text = Buffer.concat(pieces).toString();
    const one: Received = {
      method: request.method!,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
    received.push(one);
    for (const handler of handlers.toReversed()) {
      const reply = await handler(one);
      if (reply !== undefined) return await send(response, reply);
    }
    return await send(response, { status: 404, body: 'nothing here' });
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    to: (path: string) => received.filter((each) => each.path === path),
    on: (handler: Handler) => void handlers.push(handler),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export type AccountServer = Awaited<ReturnType<typeof startAccountServer>>;

async function send(response: ServerResponse, { status = 200, headers, body, afterMs = 0, breaks }: Reply) {
  if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
  if (breaks === 'before') return response.destroy();
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body ?? null));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...headers,
  });
  if (breaks !== 'midway') return response.end(bytes);
  response.write(bytes.subarray(0, bytes.length / 2));
  return setTimeout(() => response.destroy(), 20);
}

/** Signs in, renews, keeps alive, closes. */
function everyday(): Handler {
  let signIns = 0;
  let renewals = 0;
  return ({ path }) => {
    switch (path) {
      case '/session/v1/login-request':
        signIns += 1;
        return { body: success(signedInAs(signIns)) };
      case '/session/token-request':
        renewals += 1;
        return {
          body: success({
            sessionToken: `renewed-token-${renewals}`,
            validityInSecondsST: 3_600,
            masterToken: `renewed-master-${renewals}`,
            validityInSecondsMT: 14_400,
            sessionId: 1,
          }),
        };
      case '/session/heartbeat':
      case '/session':
      case '/queries/v1/abort-request':
        return { body: success(null) };
      default:
        return undefined;
    }
  };
}

export function signedInAs(number: number) {
  return {
    token: `session-token-${number}`,
    validityInSeconds: 3_600,
    masterToken: `master-token-${number}`,
    masterValidityInSeconds: 14_400,
    displayUserName: 'SLUICE',
    serverVersion: '9.30.0',
    sessionId: number,
    parameters: [
      { name: 'TIMEZONE', value: 'Etc/UTC' },
      { name: 'QUERY_CONTEXT_CACHE_SIZE', value: 5 },
    ],
    sessionInfo: { databaseName: 'SHOP', schemaName: 'PUBLIC', warehouseName: 'WH', roleName: 'READER' },
  };
}

export function success(data: unknown) {
  return { success: true, code: null, message: null, data };
}

export function failure(code: string, message: string, data: object = {}) {
  return {
    success: false,
    code,
    message,
    data: { errorCode: code, sqlState: '42000', queryId: QUERY_ID, ...data },
  };
}

export const QUERY_ID = '01b2c3d4-0000-1234-0000-000000000001';

/** A result of two columns: a number and a text. */
export function resultOf(rows: readonly (readonly (string | null)[])[], more: object = {}) {
  return success({
    parameters: [{ name: 'TIMEZONE', value: 'Etc/UTC' }],
    rowtype: [
      { name: 'ID', type: 'fixed', nullable: false, precision: 38, scale: 0, length: null },
      { name: 'NAME', type: 'text', nullable: true, precision: null, scale: null, length: 100 },
    ],
    rowset: rows,
    total: rows.length,
    returned: rows.length,
    queryId: QUERY_ID,
    sqlState: '00000',
    finalDatabaseName: 'SHOP',
    finalSchemaName: 'PUBLIC',
    finalWarehouseName: 'WH',
    finalRoleName: 'READER',
    statementTypeId: 4096,
    version: 1,
    queryResultFormat: 'json',
    ...more,
  });
}

export function inProgress() {
  return {
    success: true,
    code: '333333',
    message: 'Query execution in progress.',
    data: { queryId: QUERY_ID, getResultUrl: `/queries/${QUERY_ID}/result`, queryAbortsAfterSecs: 300 },
  };
}

/** A part of a result as storage keeps it. */
export function part(rows: readonly (readonly (string | null)[])[]) {
  const bytes = Buffer.from(JSON.stringify(rows).slice(1, -1));
  return { rowCount: rows.length, uncompressedSize: bytes.length, compressed: gzipSync(bytes), bytes };
}
