import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createChunkSecrets } from '../../relay/src/listeners/snowflake/chunk-secret.ts';
import type { Query } from '../../relay/src/queries/index.ts';
import { column, linkKeysOf, rowsOutcome, type ScriptedRelay, startScriptedRelay } from './scripted-relay.ts';

interface Result {
  readonly queryId: string;
  readonly chunks: readonly { readonly url: string; readonly rowCount: number }[];
  readonly chunkHeaders: Record<string, string>;
}

const linkKey = Buffer.alloc(32, 7);

/** The header that another relay on the same store sends with a result. */
function madeAt(other: string, queryId: string): Record<string, string> {
  const keys = linkKeysOf(linkKey);
  const secrets = createChunkSecrets({ keys, relay: other, now: Date.now, ms: 60_000 });
  return secrets.headersFor({ queryId } as Query);
}

let relay: ScriptedRelay;
let authorization: string;
let skew = 0;

beforeEach(async () => {
  skew = 0;
  relay = await startScriptedRelay(
    async ({ queryId }) =>
      rowsOutcome(
        queryId,
        [column('T', 'text')],
        Array.from({ length: 5000 }, (_, row) => [`row ${row}`]),
      ),
    {
      now: () => Date.now() + skew,
      spool: { firstBytes: 1000, chunkBytes: 30_000 },
      options: { chunkMs: 60_000 },
      linkKey,
      others: ['other'],
    },
  );
  const response = await relay.app.inject({
    method: 'POST',
    url: '/session/v1/login-request',
    payload: { data: { TOKEN: 'ada-token' } },
  });
  authorization = `Snowflake Token="${response.json<{ data: { token: string } }>().data.token}"`;
});

afterEach(async () => relay.close());

async function query(): Promise<Result> {
  const response = await fetch(
    `http://127.0.0.1:${relay.port}/queries/v1/query-request?requestId=${randomUUID()}`,
    { method: 'POST', headers: { authorization }, body: JSON.stringify({ sqlText: 'SELECT 1' }) },
  );
  return ((await response.json()) as { data: Result }).data;
}

it('a chunk opens to the header that came with its result', async () => {
  const { chunks, chunkHeaders } = await query();
  expect(new URL(chunks[0]!.url).host).toBe(`127.0.0.1:${relay.port}`);
  const response = await fetch(chunks[0]!.url, { headers: chunkHeaders });
  expect(JSON.parse(`[${await response.text()}]`)).toHaveLength(chunks[0]!.rowCount);
});

it.each<[what: string, attempt: (mine: Result, other: Result) => Promise<Record<string, string>>]>([
  ['no header', async () => ({})],
  ['the session token', async () => ({ authorization })],
  ["another result's header", async (_mine, other) => other.chunkHeaders],
  [
    'a header whose expiry was moved',
    async ({ chunkHeaders }) => {
      const [[name, value]] = Object.entries(chunkHeaders) as [[string, string]];
      return { [name]: value.replace(/\.(\d+)\./, (_, expiry) => `.${Number(expiry) + 1}.`) };
    },
  ],
  [
    'a header that was made to lead to another relay',
    async ({ chunkHeaders }) => {
      const [[name, value]] = Object.entries(chunkHeaders) as [[string, string]];
      return { [name]: value.replace('.this.', '.other.') };
    },
  ],
  ['the header of a relay that is gone', async ({ queryId }) => madeAt('gone', queryId)],
  [
    'a header that is too old',
    async ({ chunkHeaders }) => {
      skew = 61_000;
      return chunkHeaders;
    },
  ],
  [
    'the header of a session that has ended',
    async ({ chunkHeaders }) => {
      await relay.sessions.endWhere(() => true, 'revoked');
      return chunkHeaders;
    },
  ],
])('a chunk stays closed to %s', async (_what, attempt) => {
  const [mine, other] = [await query(), await query()];
  const headers = await attempt(mine, other);
  const response = await fetch(mine.chunks[0]!.url, { headers });
  expect(response.status).toBe(403);
  expect(await response.text()).not.toContain('row');
});

it('a relay that has not got the rows says so, and that another has them', async () => {
  const { queryId, chunks } = await query();
  const response = await fetch(chunks[0]!.url, { headers: madeAt('other', queryId) });
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await response.json()).toMatchObject({ success: false, code: '000709' });
});

it.each(['9999', '-1', 'x', '..%2f..%2frelay.sqlite'])('there is no chunk %s', async (index) => {
  const { chunks, chunkHeaders } = await query();
  const response = await fetch(chunks[0]!.url.replace(/0$/, index), { headers: chunkHeaders });
  expect(await response.json()).toMatchObject({ success: false });
});

it('a client that leaves in the middle of a result harms nobody', async () => {
  const { chunks, chunkHeaders } = await query();
  const client = new AbortController();
  const left = fetch(chunks[0]!.url, { headers: chunkHeaders, signal: client.signal });
  client.abort();
  await expect(left).rejects.toThrow('abort');
  const response = await fetch(chunks[0]!.url, { headers: chunkHeaders });
  expect(response.status).toBe(200);
});
