import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';

/** What is sent for a request. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Snowflake's answer to whatever it is asked (driver protocol, section 1). */
export interface Envelope {
  readonly success: boolean;
  readonly code: string | null;
  readonly message: string | null;
  readonly data: unknown;
}

export function success(data: unknown, code: string | null = null, message: string | null = null): Envelope {
  return { success: true, code, message, data };
}

export function refusal(code: string, message: string, data: unknown = null): Envelope {
  return { success: false, code, message, data };
}

export function replyOf(envelope: Envelope): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(envelope)),
  };
}

export function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const { status, body } = reply;
  const accepts = request.headers['accept-encoding']?.includes('gzip') === true;
  const isPacked = accepts && body.length > 2_048 && reply.headers['content-encoding'] === undefined;
  const sent = isPacked ? gzipSync(body, { level: 1 }) : body;
  response.writeHead(status, {
    ...reply.headers,
    ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
    'content-length': sent.length,
  });
  response.end(sent);
}

/** The body of a request, unpacked; null where it is not JSON. */
export async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | null> {
  const given = Buffer.concat((await request.toArray()) as Buffer[]);
  if (given.length === 0) return {};
  const bytes = request.headers['content-encoding'] === 'gzip' ? await promisify(gunzip)(given) : given;
  try {
    const body = JSON.parse(bytes.toString()) as Record<string, unknown> | null;
    return body ?? {};
  } catch {
    return null;
  }
}
