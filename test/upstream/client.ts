import { tableFromIPC } from 'apache-arrow';
import { parseRows } from '../../relay/src/encoding/index.ts';
import {
  type ClientLimits,
  openUpstream,
  type UpstreamAnswer,
  type UpstreamStart,
} from '../../relay/src/warehouse/snowflake/client/index.ts';
import type { Upstream } from './upstream.ts';

export const NEVER = new AbortController().signal;

export const AT_HOME: UpstreamStart = {
  database: 'SHOP',
  schema: 'PUBLIC',
  warehouse: 'WH',
  role: 'ANALYST',
  parameters: {},
};

/** The relay's own client of an account that a test has started. */
export function clientOf(upstream: Upstream, limits: Partial<ClientLimits> = {}) {
  process.env['SLUICE_TEST_ACCOUNT_PASSWORD'] = 'correct horse';
  return openUpstream(
    {
      account: 'sluice',
      url: upstream.url,
      credential: { kind: 'password', user: 'ADA', password: { env: 'SLUICE_TEST_ACCOUNT_PASSWORD' } },
      warm: 0,
      resultHosts: null,
      proxy: false,
      noProxy: [],
    },
    { now: Date.now, limits },
  );
}

/** The cells of the first column, of the answer and of its chunks. */
export async function firstColumn({ first, kept, encoding }: UpstreamAnswer): Promise<string[]> {
  const parts = [
    ...(first === null ? [] : [await first.open()]),
    ...(await Promise.all(kept.map(async (chunk) => (await chunk.open(NEVER)).bytes()))),
  ];
  return parts.flatMap((bytes) =>
    encoding === 'json'
      ? parseRows(bytes).map(([cell]) => String(cell))
      : Array.from(tableFromIPC(bytes).getChildAt(0)!, String),
  );
}
