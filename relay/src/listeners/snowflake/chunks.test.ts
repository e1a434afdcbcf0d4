import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SluiceError } from '../../errors.ts';
import type { Chunk, Query } from '../../queries/index.ts';
import { isStranger } from '../door/stranger.ts';
import { buildSnowflakeListener } from './app.ts';
import { createChunkSecrets } from './chunk-secret.ts';
import type { SnowflakeListenerDeps } from './deps.ts';

const ID = '6a0e3f3e-3a39-4b5e-9c0b-0a6f6f9c1a11';
const OTHER = '7b1f4a4f-4b4a-4c6f-8d1c-1b7a7a0d2b22';
const ROWS = gzipSync('["1"],["2"]');
const key = Buffer.alloc(32, 1);
const keys = { current: () => ({ id: 'k', key }), find: async (id: string) => (id === 'k' ? key : null) };

let app: ReturnType<typeof buildSnowflakeListener>;
let [known, now] = [0, 0];
let there: readonly string[];
/** Chunks that were asked for, and how one is opened. */
let asked: (readonly [string, number])[];
let open: Chunk['open'];
let logged: string[];

beforeEach(() => {
  [known, now, there, asked, logged] = [0, 1_000, ['this', 'busy'], [], []];
  open = async () => ({ size: ROWS.length, stream: Readable.from([ROWS]) });
  app = buildSnowflakeListener({
    sessions: { byToken: async () => Promise.reject(new SluiceError('session_unknown', 'none')) },
    queries: {
      chunk(queryId: string, index: number) {
        asked.push([queryId, index]);
        return index > 1 ? null : { open: (signal: AbortSignal) => open(signal) };
      },
    },
    linkKeys: keys,
    relays: { self: 'this', isThere: async (relay: string) => there.includes(relay) },
    onRefused: () => {},
    logger: pino({ level: 'error' }, { write: (line: string) => void logged.push(line) }),
    now: () => now,
    options: { chunkMs: 500 },
  } as unknown as SnowflakeListenerDeps);
  app.addHook('onRequest', async (request) =>
    isStranger(request, { known: () => void (known += 1), end: () => {} }),
  );
});
afterEach(() => app.close());

const linkOf = (relay: string, queryId = ID) =>
  createChunkSecrets({ keys, relay, now: () => now, ms: 500 }).headersFor({ queryId } as Query);
const fetchChunk = async (headers: Record<string, string>, index = 0) => {
  const answer = await app.inject({ url: `/results/${ID}/chunks/${index}`, headers });
  return { ...answer, status: answer.statusCode, says: answer.statusMessage, bytes: answer.rawPayload };
};

describe('a chunk of a result', () => {
  it('is sent as it is kept, to whoever has its link, who is then no stranger', async () => {
    const { status, headers, bytes } = await fetchChunk(linkOf('this'), 1);
    expect([status, gunzipSync(bytes).toString(), known]).toEqual([200, '["1"],["2"]', 1]);
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-encoding': 'gzip',
      'content-length': String(ROWS.length),
    });
    expect(asked).toEqual([[ID, 1]]);
  });

  it.each<[string, () => Record<string, string>]>([
    ['without its link', () => ({})],
    ['with the link of another result', () => linkOf('this', OTHER)],
    ['of a relay that is gone', () => linkOf('gone')],
  ])('is not sent, nor looked for, %s', async (_, headers) => {
    const { status, says } = await fetchChunk(headers());
    expect([status, says, asked]).toEqual([403, 'result_unavailable', []]);
  });

  it('is not sent by a link that has expired, whose bearer stays a stranger', async () => {
    const link = linkOf('this');
    now += 500;
    expect((await fetchChunk(link)).status).toBe(403);
    expect([known, asked]).toEqual([0, []]);
  });

  it('is asked for again where another relay has it, as long as that is there', async () => {
    const { status, says, headers } = await fetchChunk(linkOf('busy'));
    expect([status, says, headers['retry-after'], known, asked]).toEqual([
      503,
      'statement_elsewhere',
      '1',
      1,
      [],
    ]);
    there = [];
    expect((await fetchChunk(linkOf('busy'))).status).toBe(403);
    expect((await fetchChunk(linkOf('this'))).status, 'this relay asks nobody whether it is there').toBe(200);
  });

  it('is not there where the result has fewer', async () => {
    expect((await fetchChunk(linkOf('this'), 2)).status).toBe(403);
  });

  it.each<[string, Error, number, string]>([
    ['now', new SluiceError('warehouse_unavailable', 'it is down'), 503, 'warehouse_unavailable'],
    ['any more', new SluiceError('result_unavailable', 'it is gone'), 403, 'result_unavailable'],
    ['since the relay failed', new TypeError('ada@example.com'), 200, 'OK'],
  ])('is refused where it cannot be had %s', async (_, failure, status, says) => {
    open = () => Promise.reject(failure);
    const answer = await fetchChunk(linkOf('this'));
    expect([answer.status, answer.says]).toEqual([status, says]);
    expect(answer.json()).toMatchObject({ success: false });
    expect(answer.body).not.toContain('ada@');
  });
});

describe('a client that goes away while its chunk is opened', () => {
  /** Sends the request, and goes as soon as the chunk is being opened. */
  const goWhile = async (opening: () => Promise<void>) => {
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const path = `/results/${ID}/chunks/0`;
    const sent = httpRequest({ host: '127.0.0.1', port, path, headers: linkOf('this') }).end();
    sent.on('error', () => {});
    await opening();
    sent.destroy();
  };

  const aborted = (signal?: AbortSignal) =>
    new Promise((resolve) => signal?.addEventListener('abort', resolve));

  it('is waited for no longer', async () => {
    const opening = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<unknown>();
    open = async (signal) => {
      opening.resolve();
      await aborted(signal);
      ended.resolve(signal?.reason);
      throw new TypeError('given up');
    };
    await goWhile(() => opening.promise);
    expect(await ended.promise).toMatchObject({ name: 'AbortError' });
    await app.close();
    expect(logged, 'that is no failure of the relay').toEqual([]);
  });

  it('leaves nothing open', async () => {
    const opening = Promise.withResolvers<void>();
    const stream = new Readable({ read() {} });
    const closed = new Promise((resolve) => stream.once('close', resolve));
    open = async (signal) => {
      opening.resolve();
      await aborted(signal);
      return { size: 9, stream };
    };
    await goWhile(() => opening.promise);
    await closed;
    expect(stream.destroyed).toBe(true);
  });
});
