/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';

/**
 * What the relay is measured against: a server that answers with the bytes that a relay answered with, from memory, and
 * a bare proxy before it, which passes them on unread. Each has a thread; the proxy's address is said on its output.
 */
export interface ProxyStarted {
  readonly url: string;
  /** Of each result, before compression. */
  readonly bytes: readonly number[];
}

interface Recorded {
  readonly url: string;
  readonly token: string;
  readonly queries: readonly string[];
}

if (isMainThread) await startProxy(JSON.parse(process.argv[2]!) as Recorded);
else await startOrigin(workerData as Recorded & { readonly proxy: string });

async function startProxy(recorded: Recorded): Promise<void> {
  let origin = '';
  const proxy = createServer((request, response) => {
    const { method, headers } = request;
    const onward = httpRequest(new URL(request.url!, origin), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  const url = await listen(proxy);
  const server = new Worker(new URL(import.meta.url), { workerData: { ...recorded, proxy: url } });
  const [told] = (await once(server, 'message')) as [
    { readonly url: string; readonly bytes: readonly number[] },
  ];
  origin = told.url;
  console.log(JSON.stringify({ url, bytes: told.bytes } satisfies ProxyStarted));
}

/** Fetches every result from the relay once, and goes on answering with it. */
async function startOrigin({
  url,
  token,
  queries,
  proxy,
}: Recorded & { readonly proxy: string }): Promise<void> {
  const answers = new Map<string, string>();
  const chunks = new Map<string, Buffer>();
  const bytes: number[] = [];
  const login = await exchange(url, '/session/v1/login-request', {}, { data: { TOKEN: token } });
  const session = JSON.parse(login) as { readonly data: { readonly token: string } };
  const authorization = `Snowflake Token="${session.data.token}"`;
  for (const sql of queries) {
    let answer = await exchange(
      url,
      `/queries/v1/query-request?requestId=${randomUUID()}`,
      { authorization },
      { sqlText: sql },
    );
    for (;;) {
      const { code, data } = JSON.parse(answer) as { readonly code: string | null; readonly data: Pending };
      if (code !== '333333') break;
      answer = await exchange(url, data.getResultUrl, { authorization });
    }
    const { success, message, data } = JSON.parse(answer) as Answer;
    if (!success) throw new Error(message);
    let size = Buffer.byteLength(answer);
    for (const { url: link } of data.chunks ?? []) {
      const chunk = await fetchBytes(link, data.chunkHeaders ?? {});
      chunks.set(new URL(link).pathname, chunk);
      size += gunzipSync(chunk).length;
    }
    answers.set(sql, answer.replaceAll(url, proxy));
    bytes.push(size);
  }
  const server = createServer((request, response) => {
    const chunk = chunks.get(request.url!);
    if (chunk !== undefined) {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': chunk.length });
      response.end(chunk);
      return;
    }
    void respond(request, response);
  });
  parentPort!.postMessage({ url: await listen(server), bytes });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await answerTo(request);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(body);
  }

  async function answerTo(request: IncomingMessage): Promise<string> {
    if (request.url!.startsWith('/session/v1/login-request')) return login;
    const body = await text(request);
    if (!request.url!.startsWith('/queries/v1/query-request'))
      return '{"success":true,"data":null,"code":null}';
    return answers.get((JSON.parse(body) as { readonly sqlText: string }).sqlText)!;
  }
}

interface Pending {
  readonly getResultUrl: string;
}

interface Answer {
  readonly success: boolean;
  readonly message: string;
  readonly data: {
    readonly chunks?: readonly { readonly url: string }[];
    readonly chunkHeaders?: Record<string, string>;
  };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function exchange(
  url: string,
  path: string,
  headers: Record<string, string>,
  body?: object,
): Promise<string> {
  const response = await fetch(new URL(path, url), {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return await response.text();
}

/** As they are sent: packed. */
async function fetchBytes(url: string, headers: Record<string, string>): Promise<Buffer> {
  const request = httpRequest(url, { headers }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`a chunk was answered with ${response.statusCode}`);
  return Buffer.concat(await response.toArray());
}
