import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { AccountConfig } from '../config.ts';
import type { ClientLimits } from '../limits.ts';
import { openUpstream } from '../open-upstream.ts';
import type { UpstreamNotice } from '../session/account.ts';
import type { UpstreamStart, UpstreamStatement } from '../upstream.ts';
import { type AccountServer, startAccountServer } from './account-server.ts';

/** Limits that let a test come to its end. */
export const QUICK: Partial<ClientLimits> = {
  retryMs: 3_000,
  pauseMs: { first: 5, longest: 20 },
  cancelMs: 2_000,
  // Whatever fails in a test, the next request of it is sent.
  failuresInRow: 1_000_000,
};

export const NOWHERE: UpstreamStart = {
  database: null,
  schema: null,
  warehouse: null,
  role: null,
  parameters: {},
};

export const NEVER = new AbortController().signal;

export const PASSWORD = 'pass-word-of-the-relay';

/** An account on this machine, and the client of it; both are closed when the test has finished. */
export async function startUpstream(
  more: { config?: Partial<AccountConfig>; limits?: Partial<ClientLimits>; server?: AccountServer } = {},
) {
  const server = more.server ?? (await startAccountServer());
  process.env['SLUICE_TEST_SNOWFLAKE_PASSWORD'] = PASSWORD;
  const notices: UpstreamNotice[] = [];
  const upstream = openUpstream(
    {
      account: 'myorg-shop',
      url: server.url,
      credential: {
        kind: 'password',
        user: 'SLUICE',
        password: { env: 'SLUICE_TEST_SNOWFLAKE_PASSWORD' },
      },
      warm: 0,
      resultHosts: null,
      proxy: false,
      noProxy: [],
      ...more.config,
    },
    {
      now: Date.now,
      limits: { ...QUICK, ...more.limits },
      onNotice: (notice) => void notices.push(notice),
    },
  );
  onTestFinished(async () => {
    await upstream.close();
    await server.close();
  });
  return { server, upstream, notices };
}

export async function startSession(more: Parameters<typeof startUpstream>[0] = {}) {
  const started = await startUpstream(more);
  return { ...started, session: await started.upstream.openSession(NOWHERE, NEVER) };
}

export function statement(more: Partial<UpstreamStatement> = {}): UpstreamStatement {
  return {
    sql: 'SELECT ID, NAME FROM T',
    binds: {},
    describeOnly: false,
    requestId: randomUUID(),
    changes: false,
    parameters: {},
    ...more,
  };
}
