import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import { readAtMost } from '../../read-at-most.ts';
import type { Answer } from './add-checkpoint.ts';

export interface WitnessServerOptions {
  readonly add: (request: string) => Promise<Answer>;
  readonly host: string;
  readonly port: number;
  /** PEM. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  readonly onError: (error: unknown) => void;
}

/** A witness's own HTTP server: `POST /add-checkpoint`, and nothing else. Resolves when it listens. */
export function serveWitness({ add, host, port, tls, onError }: WitnessServerOptions): Promise<Server> {
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    answerTo(request, add).then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      (error: unknown) => {
        onError(error);
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
        response.end('the witness could not do this\n');
      },
    );
  };
  const limits = { requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 30_000 };
  const server: Server =
    tls === null ? createHttp(limits, handle) : createHttps({ ...tls, ...limits }, handle);
  server.maxConnections = MOST_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

async function answerTo(
  request: IncomingMessage,
  add: WitnessServerOptions['add'],
): Promise<Omit<Answer, 'status'> & { readonly status: number }> {
  if (request.url !== '/add-checkpoint') return plain(404, 'there is nothing here but /add-checkpoint');
  if (request.method !== 'POST') return plain(405, 'checkpoints are posted');
  const bytes = await readAtMost(request, LONGEST);
  if (bytes === null) return plain(413, 'this is longer than any checkpoint');
  try {
    return await add(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) return plain(400, 'this is not UTF-8');
    throw error;
  }
}

/** Bytes: a note with its cosignatures, and a proof. */
const LONGEST = 256 * 1024;
const MOST_CONNECTIONS = 200;

function plain(status: number, body: string) {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` };
}
