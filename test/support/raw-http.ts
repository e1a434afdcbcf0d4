import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

export interface RawAnswer {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Another address of this machine: to the relay, another client's. */
export const ELSEWHERE = '127.0.0.2';

/** Sends a request line and headers exactly as given, which clients for HTTP would not. */
export async function sendRaw(
  url: string,
  lines: readonly string[],
  { from = '127.0.0.1', body = '' }: { readonly from?: string; readonly body?: string } = {},
): Promise<RawAnswer> {
  const socket = await connectFrom(url, from);
  socket.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`);
  return parse(await text(socket).catch(() => ''));
}

/** An ordinary request, from an address of one's choice. */
export async function sendFrom(
  from: string,
  url: string,
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Readonly<Record<string, string>>; body?: string } = {},
): Promise<RawAnswer> {
  const given = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${new URL(url).host}`, ...given];
  const length =
    body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`];
  return await sendRaw(url, [...lines, ...length], { from, body });
}

/** An open connection that has said nothing yet. */
export async function connectFrom(url: string, from: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress: from });
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

function parse(answer: string): RawAnswer {
  const end = answer.indexOf('\r\n\r\n');
  const [first = '', ...lines] = answer.slice(0, end === -1 ? undefined : end).split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(first)?.[1] ?? 0),
    headers: new Map(headers),
    body: end === -1 ? '' : answer.slice(end + 4),
  };
}
