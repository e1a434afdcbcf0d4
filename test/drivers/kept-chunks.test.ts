import { randomUUID } from 'node:crypto';
import type { Connection } from 'snowflake-sdk';
import { afterEach, expect, it } from 'vitest';
import { SluiceError } from '../../relay/src/errors.ts';
import { type RemoteChunks, remoteChunks } from '../support/in-memory-warehouse.ts';
import { connect, disconnect, execute } from './node-driver.ts';
import { column, rowsOutcome, type ScriptedRelay, startScriptedRelay } from './scripted-relay.ts';

const CHUNKS = 6;
const ROWS = 100;

let relay: ScriptedRelay;
let connection: Connection | null = null;
afterEach(async () => {
  if (connection !== null) await disconnect(connection).catch(() => {});
  connection = null;
  await relay.close();
});

/** A warehouse that keeps all but the first row. */
async function start(remote: RemoteChunks): Promise<void> {
  relay = await startScriptedRelay(async ({ queryId }) =>
    rowsOutcome(queryId, [column('N', 'fixed', { precision: 38, scale: 0 })], [['0']], {
      kept: remote.chunks.map((chunk) => ({ ...chunk, mostBytes: 2 * chunk.uncompressedSize })),
    }),
  );
}

const numbers = () =>
  remoteChunks(CHUNKS, (index) => Array.from({ length: ROWS }, (_, row) => [String(1 + ROWS * index + row)]));
const all = Array.from({ length: CHUNKS * ROWS + 1 }, (_, row) => ({ N: row }));

it('a real driver reads what the warehouse keeps, each chunk fetched once', async () => {
  const remote = numbers();
  await start(remote);
  connection = await connect(relay.port);
  const { rows } = await execute(connection, 'SELECT N');
  expect(rows).toEqual(all);
  expect(remote.opened.toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5]);
});

it('a real driver that reads a few rows fetches no more than it has a use for', async () => {
  const remote = numbers();
  await start(remote);
  connection = await connect(relay.port, { resultPrefetch: 1 });
  const { statement } = await execute(connection, 'SELECT N', { streamResult: true });
  expect(remote.opened).toEqual([]);
  for await (const row of statement.streamRows({ start: 0, end: 20 })) expect(row).toHaveProperty('N');
  expect(remote.opened).not.toContain(CHUNKS - 1);
});

it(
  'a real driver outlives a warehouse that goes away in the middle and comes back',
  { timeout: 120_000 },
  async () => {
    const remote = numbers();
    await start(remote);
    let failures = 0;
    remote.before = async (index) => {
      if (index !== 2 || failures >= 2) return;
      failures += 1;
      throw new SluiceError('warehouse_unavailable', 'the warehouse went away');
    };
    connection = await connect(relay.port);
    const { rows } = await execute(connection, 'SELECT N');
    expect(rows).toEqual(all);
    expect(failures).toBe(2);
  },
);

it('a client that gets no rows is told which error it was, and may ask again', async () => {
  const remote = numbers();
  await start(remote);
  const { chunks, fetchChunk, fetchResult } = await byHand();
  remote.before = async () => {
    throw new SluiceError('warehouse_unavailable', 'the warehouse went away');
  };
  const failed = await fetchChunk(chunks[3]!.url);
  expect([failed.status, failed.statusText]).toEqual([503, 'warehouse_unavailable']);
  expect(await failed.json()).toMatchObject({
    success: false,
    message: expect.stringContaining('went away'),
  });
  remote.before = null;
  expect(await rowsOf(await fetchChunk(chunks[3]!.url))).toHaveLength(ROWS);
  expect(await fetchResult()).toMatchObject({ success: true, data: { total: CHUNKS * ROWS + 1 } });
});

it('a result that ends in an error is that error from then on', async () => {
  const remote = numbers();
  await start(remote);
  const { chunks, fetchChunk, fetchResult } = await byHand();
  await fetchChunk(chunks[0]!.url);
  remote.before = async () => {
    throw new SluiceError('blocked', 'the result is larger than the limit `few` allows now', { rule: 'few' });
  };
  const stopped = await fetchChunk(chunks[1]!.url);
  expect([stopped.status, stopped.statusText]).toEqual([403, 'blocked']);
  // Also what had been fetched before.
  expect((await fetchChunk(chunks[0]!.url)).status).toBe(403);
  expect(await fetchResult()).toMatchObject({
    success: false,
    message: expect.stringContaining('the limit `few`'),
    data: { sqlState: '42501' },
  });
});

it('lists what drivers make room for, and nothing is fetched after the session has ended', async () => {
  const remote = numbers();
  await start(remote);
  const { chunks, fetchChunk } = await byHand();
  for (const { url, rowCount, uncompressedSize } of chunks) {
    expect(rowCount).toBe(ROWS);
    const bytes = await (await fetchChunk(url)).arrayBuffer();
    expect(bytes.byteLength).toBeLessThanOrEqual(uncompressedSize);
  }
  const fetched = remote.opened.length;
  await relay.sessions.endWhere(() => true, 'revoked');
  for (const { url } of chunks) expect((await fetchChunk(url)).status).toBe(403);
  expect(remote.opened).toHaveLength(fetched);
});

it('a chunk opens to nobody but whom its link was given to', async () => {
  const remote = numbers();
  await start(remote);
  const [mine, other] = [await byHand(), await byHand()];
  for (const headers of [{}, other.chunkHeaders]) {
    const response = await fetch(mine.chunks[0]!.url, { headers });
    expect(response.status).toBe(403);
  }
  expect(remote.opened).toEqual([]);
});

interface Listed {
  readonly url: string;
  readonly rowCount: number;
  readonly uncompressedSize: number;
}

/** The protocol as a driver speaks it. */
async function byHand() {
  const origin = `http://127.0.0.1:${relay.port}`;
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as { data: Record<string, unknown> };
  };
  const login = await post('/session/v1/login-request', { data: { TOKEN: 'ada-token' } });
  const authorization = `Snowflake Token="${String(login.data['token'])}"`;
  const { data } = await post(
    `/queries/v1/query-request?requestId=${randomUUID()}`,
    { sqlText: 'SELECT N' },
    { authorization },
  );
  const { chunks, chunkHeaders, queryId } = data as {
    chunks: readonly Listed[];
    chunkHeaders: Record<string, string>;
    queryId: string;
  };
  return {
    chunks,
    chunkHeaders,
    fetchChunk: (url: string) => fetch(url, { headers: chunkHeaders }),
    fetchResult: async () =>
      (await (
        await fetch(`${origin}/queries/${queryId}/result`, { headers: { authorization } })
      ).json()) as object,
  };
}

async function rowsOf(response: Response): Promise<unknown[]> {
  return JSON.parse(`[${await response.text()}]`) as unknown[];
}
