import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Way } from './programs.ts';

export type Encoding = 'json' | 'arrow';

/** What a client of the driver protocol saw of a result that it has fetched whole. */
export interface Fetched {
  readonly rows: number;
  /** Before compression, as it was written. */
  readonly bytes: number;
  readonly encoding: Encoding;
  /** From the request to the first row's bytes, and to the last one's. */
  readonly firstMs: number;
  readonly ms: number;
  /** The bytes of one part of it, to look at. */
  readonly sample: Buffer;
}

/** Parts that are fetched at a time, as drivers do. */
const AT_ONCE = 4;

/**
 * Reads results as drivers do, JSON parsed and Arrow as it is, and makes nothing else of the rows: a driver that turns each cell into a
 * value of its language would be what is waited for, and hide what a relay costs.
 */
export async function openReader({ url, token }: Way) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE + 1 });
  const login = await post('/session/v1/login-request', {
    data: {
      ACCOUNT_NAME: 'sluice',
      // As whom Snowflake gives what it is asked for.
      CLIENT_APP_ID: 'Go',
      CLIENT_APP_VERSION: '1.19.1',
      AUTHENTICATOR: 'OAUTH',
      TOKEN: token,
    },
  });
  const authorization = `Snowflake Token="${String(login.data['token'])}"`;

  return {
    async read(sql: string, encoding: Encoding): Promise<Fetched> {
      const began = performance.now();
      let answer = await post(
        `/queries/v1/query-request?requestId=${randomUUID()}`,
        { sqlText: sql, parameters: { GO_QUERY_RESULT_FORMAT: encoding.toUpperCase() } },
        { authorization },
      );
      while (answer.code === '333333')
        answer = JSON.parse(
          (
            await send('GET', new URL(String(answer.data['getResultUrl']), url), { authorization })
          ).toString(),
        ) as Answer;
      if (!answer.success) throw new Error(answer.message ?? 'failed');
      const data = answer.data as unknown as ResultData;
      const first = Buffer.from(
        data.rowsetBase64 ?? JSON.stringify(data.rowset).slice(1, -1),
        data.rowsetBase64 === undefined ? 'utf8' : 'base64',
      );
      let firstMs = first.length > 0 ? performance.now() - began : null;
      let bytes = first.length;
      let sample: Buffer = first;
      const parts = [...(data.chunks ?? [])];
      const listed = parts.reduce((sum, { rowCount }) => sum + rowCount, 0);
      const fetchParts = async () => {
        for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
          const packed = await send('GET', new URL(part.url), {
            ...data.chunkHeaders,
            'accept-encoding': 'gzip',
          });
          const rows = packed[0] === 0x1f ? await promisify(gunzip)(packed) : packed;
          if (rows.length === 0) throw new Error('a part is empty');
          if (data.queryResultFormat === 'json' && countOf(rows) !== part.rowCount)
            throw new Error('a part has another number of rows');
          firstMs ??= performance.now() - began;
          bytes += rows.length;
          sample = rows;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, fetchParts));
      if (data.queryResultFormat === 'json' && data.rowset!.length + listed !== data.total)
        throw new Error('rows are missing');
      return {
        rows: data.total,
        bytes,
        encoding: data.queryResultFormat,
        firstMs: firstMs ?? performance.now() - began,
        ms: performance.now() - began,
        sample,
      };
    },
    close: () => agent.destroy(),
  };

  async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
    const bytes = await send(
      'POST',
      new URL(path, url),
      { 'content-type': 'application/json', ...headers },
      JSON.stringify(body),
    );
    const answer = JSON.parse(bytes.toString()) as Answer;
    if (!answer.success) throw new Error(`${answer.code}: ${answer.message}`);
    return answer;
  }

  /** A part that is not there yet is asked for again, as drivers do. */
  async function send(
    method: string,
    to: URL,
    headers: Record<string, string>,
    body = '',
  ): Promise<Buffer<ArrayBuffer>> {
    for (let attempt = 1; ; attempt += 1) {
      const request = httpRequest(to, { agent, method, headers }).end(body);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      const bytes = Buffer.concat((await response.toArray()) as Buffer[]);
      if (response.statusCode === 200) return bytes;
      if (response.statusCode !== 503 || attempt === 10)
        throw new Error(`${to.pathname}: ${response.statusCode}`);
      await sleep(500);
    }
  }
}

/** Reading them as JSON is the least that any driver does. */
function countOf(rows: Buffer): number {
  return (JSON.parse(`[${rows.toString()}]`) as unknown[]).length;
}

interface Answer {
  readonly success: boolean;
  readonly code: string | null;
  readonly message: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

interface ResultData {
  readonly queryResultFormat: Encoding;
  readonly rowset?: readonly unknown[];
  readonly rowsetBase64?: string;
  readonly total: number;
  readonly chunks?: readonly { readonly url: string; readonly rowCount: number }[];
  readonly chunkHeaders?: Record<string, string>;
}
