import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { OpenedChunk } from '../../../../encoding/index.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { failure, part, QUERY_ID, resultOf, success } from '../testing/account-server.ts';
import { NEVER, startSession, statement } from '../testing/upstream.ts';

const QUERY = '/queries/v1/query-request';
const RESULT = `/queries/${QUERY_ID}/result`;

const one = part([
  ['1', 'Ada'],
  ['2', null],
]);
const other = part([['3', '"x", [y]']]);

/** A place that keeps parts of results, as cloud storage does: another origin than the account's. */
async function startStorage(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function listed(url: string, { rowCount, uncompressedSize, compressed }: typeof one) {
  return { url, rowCount, uncompressedSize, compressedSize: compressed.length };
}

/** A session with a result of two parts, whose links change each time that it is asked for again. */
async function withParts(
  listener: RequestListener,
  more: { headers?: object; links?: (storage: string, asked: number) => object[]; limits?: object } = {},
) {
  const storage = await startStorage(listener);
  const started = await startSession({ limits: { retryMs: 400, ...more.limits } });
  let asked = 0;
  const links =
    more.links ??
    ((place: string, time: number) => [
      listed(`${place}/one?v=${time}`, one),
      listed(`${place}/other?v=${time}`, other),
    ]);
  started.server.on(({ path }) => {
    if (path !== QUERY && path !== RESULT) return undefined;
    asked += 1;
    const chunks = links(storage, asked);
    const total = chunks.reduce((sum, chunk) => sum + (chunk as { rowCount: number }).rowCount, 1);
    const chunkHeaders = more.headers ?? { 'x-amz-server-side-encryption-customer-key': 'part-key' };
    return { body: resultOf([['0', 'first']], { chunks, chunkHeaders, total }) };
  });
  const answer = await started.session.query(statement(), NEVER);
  return { ...started, answer, storage };
}

const gzipped: RequestListener = ({ url }, response) => {
  const { compressed } = url!.startsWith('/one') ? one : other;
  response.writeHead(200, { 'content-encoding': 'gzip' }).end(compressed);
};

const text = ({ bytes }: { readonly bytes: Uint8Array }) => Buffer.from(bytes).toString();
const textIn = async (opened: OpenedChunk) => text({ bytes: await opened.bytes() });

describe('parts of a result', () => {
  it('are listed, and fetched when they are opened, with the headers of the result and without a token', async () => {
    const requests: Record<string, unknown>[] = [];
    const { answer } = await withParts((request, response) => {
      requests.push({ ...request.headers });
      gzipped(request, response);
    });
    expect(answer.total).toBe(4);
    expect(answer.kept).toMatchObject([
      { rowCount: 2, uncompressedSize: one.uncompressedSize, compressedSize: one.compressed.length },
      { rowCount: 1, uncompressedSize: other.uncompressedSize },
    ]);
    expect(requests).toEqual([]);
    expect(await textIn(await answer.kept[1]!.open(NEVER))).toBe(text(other));
    expect(await textIn(await answer.kept[0]!.open(NEVER))).toBe(text(one));
    expect(await textIn(await answer.kept[0]!.open(NEVER))).toBe(text(one));
    expect(requests).toHaveLength(3);
    for (const headers of requests) {
      expect(headers['x-amz-server-side-encryption-customer-key']).toBe('part-key');
      expect(headers).not.toHaveProperty('authorization');
      expect(JSON.stringify(headers)).not.toMatch(/-token-/);
    }
  });

  it.each<[string, RequestListener]>([
    ['stored compressed, and not said to be', (_, response) => response.end(one.compressed)],
    ['not compressed', (_, response) => response.end(one.bytes)],
    ['with whitespace between their rows', (_, response) => response.end(text(one).replace('],[', '],\n['))],
  ])('are the same when they are %s', async (_, listener) => {
    const link = (place: string) => [{ ...listed(place, one), uncompressedSize: one.uncompressedSize + 1 }];
    const { answer } = await withParts(listener, { links: link });
    expect(await textIn(await answer.kept[0]!.open(NEVER))).toBe(text(one));
  });

  it.each<[string, RequestListener, passedOn: boolean]>([
    ['said to be compressed', gzipped, true],
    ['stored compressed, and not said to be', (_, response) => response.end(one.compressed), true],
    ['not compressed', (_, response) => response.end(one.bytes), false],
    [
      'compressed twice',
      (_, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(one.compressed)),
      false,
    ],
    ['compressed with a name', (_, response) => response.end(named(one.compressed, 'secret')), false],
    [
      'two members',
      (_, response) =>
        response.end(Buffer.concat([gzipSync(one.bytes.subarray(0, 5)), gzipSync(one.bytes.subarray(5))])),
      false,
    ],
    [
      'with whitespace between their rows',
      (_, response) => response.end(gzipSync(text(one).replace('],[', '],\n['))),
      false,
    ],
  ])('are passed on as they are kept, or not: %s', async (_, listener, passedOn) => {
    const links = (place: string) => [
      { ...listed(`${place}/one`, one), uncompressedSize: one.uncompressedSize + 1 },
    ];
    const { answer } = await withParts(listener, { links });
    const opened = await answer.kept[0]!.open(NEVER);
    expect(await textIn(opened)).toBe(text(one));
    expect(opened.gzip === null ? null : gunzipSync(opened.gzip).toString()).toBe(
      passedOn ? text(one) : null,
    );
  });

  it.each<[string, RequestListener]>([
    ['broken off', (_, response) => response.writeHead(200, { 'content-length': '1000' }).end('["1"')],
    ['compressed, and cut off', (_, response) => response.end(one.compressed.subarray(0, -9))],
    ['compressed, and altered', (_, response) => response.end(altered(one.compressed))],
    ['cut off where a row ends', (_, response) => response.end('["1","Ada"]')],
    ['of more rows', (_, response) => response.end('["1",""],["2",""],[null,null]')],
    ['of wider rows', (_, response) => response.end('["1","",""],["2","",""]')],
    ['of other than texts', (_, response) => response.end('[1,"Ada"],[2,"B"]')],
    ['larger than is listed', (_, response) => response.end('["1","Ada and more"],["2",null]')],
    ['a bomb', (_, response) => response.end(gzipSync(Buffer.alloc(5_000_000, 'x')))],
    ['an error of the place', (_, response) => response.writeHead(500).end()],
    ['elsewhere', (_, response) => response.writeHead(302, { location: '/there' }).end()],
    ['not in UTF-8', (_, response) => response.end(Buffer.from('["1","é"],["2",null]', 'latin1'))],
  ])('are not taken when they are %s', async (_, listener) => {
    const { answer } = await withParts(listener);
    await expect(answer.kept[0]!.open(NEVER)).rejects.toMatchObject({ code: 'warehouse_unavailable' });
  });

  it('are fetched again when it fails once', async () => {
    let times = 0;
    const { answer } = await withParts((request, response) => {
      times += 1;
      if (times === 1) request.socket.destroy();
      else if (times === 2) response.writeHead(503).end();
      else gzipped(request, response);
    });
    expect(await textIn(await answer.kept[0]!.open(NEVER))).toBe(text(one));
  });

  it('are fetched again when nothing comes for a while', async () => {
    let times = 0;
    const { answer } = await withParts(
      (request, response) => {
        times += 1;
        if (times === 1) response.writeHead(200, { 'content-length': '1000' }).flushHeaders();
        else gzipped(request, response);
      },
      { limits: { partMs: 600_000, partIdleMs: 200, retryMs: 300 } },
    );
    expect(await textIn(await answer.kept[0]!.open(NEVER))).toBe(text(one));
  });

  it('can be given up', async () => {
    const stop = new AbortController();
    const { answer } = await withParts(() => stop.abort(new Error('given up')));
    await expect(answer.kept[0]!.open(stop.signal)).rejects.toThrow('given up');
  });

  it('are gone with their session', async () => {
    const { answer, session } = await withParts(gzipped);
    await session.close();
    await expect(answer.kept[0]!.open(NEVER)).rejects.toMatchObject({ code: 'result_unavailable' });
  });
});

describe('a link that has expired', () => {
  it.each([403, 400, 404])('is renewed, once for all that wait (%i)', async (status) => {
    const { answer, server } = await withParts((request, response) => {
      if (request.url!.endsWith('v=1')) response.writeHead(status).end('<Error>expired</Error>');
      else gzipped(request, response);
    });
    const opened = await Promise.all([...answer.kept, ...answer.kept].map((chunk) => chunk.open(NEVER)));
    expect(await Promise.all(opened.map(textIn))).toEqual([one, other, one, other].map(text));
    expect(server.to(RESULT)).toHaveLength(1);
    expect(server.to(QUERY)).toHaveLength(1);
  });

  it('is renewed again when it has expired again', async () => {
    let good = 1;
    const { answer, server } = await withParts((request, response) => {
      if (request.url!.endsWith(`v=${good}`)) gzipped(request, response);
      else response.writeHead(403).end();
    });
    for (good = 2; good < 5; good += 1) {
      expect(await textIn(await answer.kept[0]!.open(NEVER))).toBe(text(one));
    }
    expect(server.to(RESULT)).toHaveLength(3);
  });

  it('is not renewed for ever', async () => {
    const { answer, server } = await withParts((_, response) => response.writeHead(403).end());
    await expect(answer.kept[0]!.open(NEVER)).rejects.toMatchObject({ code: 'result_unavailable' });
    expect(server.to(RESULT)).toHaveLength(1);
  });

  it('ends the result when that is kept no longer', async () => {
    const { answer, server } = await withParts((_, response) => response.writeHead(403).end());
    server.on(({ path }) =>
      path === RESULT ? { body: failure('000709', 'Statement not found') } : undefined,
    );
    await expect(answer.kept[0]!.open(NEVER)).rejects.toMatchObject({ code: 'result_unavailable' });
  });

  it('ends the result when it is another one by then', async () => {
    const { answer } = await withParts(
      (request, response) => {
        if (request.url!.endsWith('v=1')) response.writeHead(403).end();
        else response.end(other.bytes);
      },
      { links: (place, asked) => [listed(`${place}/part?v=${asked}`, asked === 1 ? one : other)] },
    );
    await expect(answer.kept[0]!.open(NEVER)).rejects.toMatchObject({ code: 'result_unavailable' });
  });

  it('may be tried again when the account does not answer', async () => {
    const { answer, server } = await withParts((_, response) => response.writeHead(403).end());
    server.on(({ path }) => (path === RESULT ? { status: 503, body: null } : undefined));
    await expect(answer.kept[0]!.open(NEVER)).rejects.toMatchObject({ code: 'warehouse_unavailable' });
  });
});

describe('a link', () => {
  it('does not lead where the relay does not go, and nothing is asked there', async () => {
    let asked = 0;
    const { answer } = await withParts(() => (asked += 1), {
      links: (place) => [listed(place.replace('http://', 'http://user:word@'), one)],
    });
    await expect(answer.kept[0]!.open(NEVER)).rejects.toMatchObject({ code: 'warehouse_unavailable' });
    expect(asked).toBe(0);
  });

  it.each([
    ['a header', { headers: { 'x-key': 'session-token-1' } }],
    ['another header', { headers: { authorization: 'Snowflake Token="session-token-1"' } }],
    ['the master token', { headers: { 'x-key': 'a master-token-1 b' } }],
    ['itself', { links: (place: string) => [listed(`${place}/?token=session-token-1`, one)] }],
    ['a header that says where it goes', { headers: { host: 'elsewhere.example' } }],
    ['a header of two lines', { headers: { 'x-key': 'a\r\nx-other: b' } }],
  ])('carries nothing of the session out: %s', async (_, more) => {
    let asked = 0;
    const { answer } = await withParts(() => (asked += 1), more);
    await expect(answer.kept[0]!.open(NEVER)).rejects.toMatchObject({ code: 'warehouse_unavailable' });
    expect(asked).toBe(0);
  });
});

it('says of a stage’s answer nothing, though it has links', async () => {
  const { server, session } = await startSession();
  server.on(({ path }) =>
    path === QUERY
      ? { body: success({ queryId: QUERY_ID, presignedUrls: ['https://x.example/'] }) }
      : undefined,
  );
  await expect(session.query(statement(), NEVER)).rejects.toMatchObject({ code: 'unsupported_by_warehouse' });
});

/** The same with a file's name in its header (RFC 1952). */
function named(bytes: Buffer, name: string): Buffer {
  const header = Buffer.from(bytes.subarray(0, 10));
  header[3] = 0x08;
  return Buffer.concat([header, Buffer.from(`${name}\0`), bytes.subarray(10)]);
}

function altered(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length - 6]! ^= 0xff;
  return copy;
}
