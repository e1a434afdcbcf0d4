import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface S3Credentials {
  readonly id: string;
  readonly secret: string;
  readonly token: string;
}

export interface S3Object {
  readonly bytes: Buffer;
  /** `x-amz-meta-...` without that, by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

export type S3 = Awaited<ReturnType<typeof startS3>>;

/**
 * As much of S3 as files of a stage need: PUT, GET and HEAD of objects, for whoever signs each request as AWS documents
 * Signature Version 4. What it checks is written from that document, with no code of AWS's own.
 */
export async function startS3(credentials: S3Credentials) {
  const objects = new Map<string, S3Object>();
  const requests: { readonly method: string; readonly path: string; readonly status: number }[] = [];
  /** Answers that are sent instead, in order. */
  const faults: number[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const bytes = Buffer.concat((await request.toArray()) as Buffer[]);
      const { method = '', url: path = '' } = request;
      const answer = (status: number, headers: Record<string, string> = {}, body?: Buffer) => {
        requests.push({ method, path, status });
        response.writeHead(status, { 'content-length': body?.length ?? 0, ...headers }).end(body);
      };
      const fault = faults.shift();
      if (fault !== undefined) return answer(fault);
      if (!isSigned(request, credentials)) return answer(403);
      const key = decodeURIComponent(path.slice(1));
      if (method === 'PUT') {
        objects.set(key, { bytes, metadata: metadataOf(request) });
        return answer(200);
      }
      const object = objects.get(key);
      if (object === undefined) return answer(404);
      const metadata = Object.entries(object.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
      const headers = { ...Object.fromEntries(metadata), 'content-length': String(object.bytes.length) };
      return answer(200, headers, method === 'HEAD' ? undefined : object.bytes);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    requests,
    faults,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function metadataOf({ headers }: IncomingMessage): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  return Object.fromEntries(own.map(([name, value]) => [name.slice('x-amz-meta-'.length), String(value)]));
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

function isSigned({ method = '', url = '', headers }: IncomingMessage, known: S3Credentials): boolean {
  const [, scope = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const [id, date = '', region = '', service = ''] = scope.split('/');
  const at = String(headers['x-amz-date']);
  if (id !== known.id || service !== 's3' || headers['x-amz-security-token'] !== known.token) return false;
  // What must not be changed on the way is signed.
  for (const name of ['host', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token'])
    if (!names.split(';').includes(name)) return false;
  const canonical = [
    method,
    url,
    '',
    ...names.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    headers['x-amz-content-sha256'],
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', at, `${date}/${region}/s3/aws4_request`, sha256(canonical)].join('\n');
  const key = hmac(hmac(hmac(hmac(`AWS4${known.secret}`, date), region), 's3'), 'aws4_request');
  return hmac(key, text).toString('hex') === signature;
}
