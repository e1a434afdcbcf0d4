import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';

/**
 * fakesnow's server (Apache-2.0): Snowflake's driver protocol over DuckDB, which nobody here wrote. It leaves out of its answers what
 * the drivers that it is for can do without, and the relay cannot: which role and virtual warehouse a session has, and the token
 * that renews another (`toFakesnow`: and two of the relay's own statements). `url` is where these are put in; everything else is as
 * fakesnow says. It refuses a second statement of a session while the first runs ("connection is busy with another call"), where
 * Snowflake runs both: `url` sends a session's requests one after another. `port` is fakesnow itself.
 */
export async function startFakesnow(python: string) {
  const port = await freePort();
  const itself = `http://127.0.0.1:${port}`;
  const server = spawn(
    python,
    ['-W', 'ignore', '-m', 'uvicorn', 'fakesnow.server:app', '--port', String(port), '--log-level', 'error'],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  await isThere(server, itself);
  const sessions = new Map<string, SessionNames>();
  const before = new Map<string, Promise<unknown>>();
  const completing = createServer((request, response) => {
    void respond(request, response);
  }).listen(0, '127.0.0.1');
  await once(completing, 'listening');

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization = '' } = request.headers;
    const answered = (before.get(authorization) ?? Promise.resolve()).then(async () =>
      answer(itself, request, sessions),
    );
    before.set(authorization, answered);
    const { status, body } = await answered;
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  }

  return {
    url: `http://127.0.0.1:${(completing.address() as AddressInfo).port}`,
    port,
    async close(): Promise<void> {
      completing.closeAllConnections();
      completing.close();
      const ended = once(server, 'exit');
      server.kill();
      await ended;
    },
  };
}

interface SessionNames {
  readonly roleName: string | null;
  readonly warehouseName: string | null;
}

async function answer(itself: string, request: IncomingMessage, sessions: Map<string, SessionNames>) {
  const { authorization = '' } = request.headers;
  const sent = await buffer(request);
  const body = toFakesnow(sent.toString());
  const response = await fetch(itself + request.url!, {
    method: request.method!,
    headers: {
      'content-type': 'application/json',
      ...(authorization === '' ? {} : { authorization }),
    },
    ...(request.method === 'GET' ? {} : { body }),
  });
  const text = await response.text();
  const { status } = response;
  if (!text.startsWith('{')) return { status, body: text };
  const envelope = JSON.parse(text) as {
    readonly success: boolean;
    readonly data: Record<string, unknown> | null;
  };
  const { success, data } = envelope;
  if (!success || data === null) return { status, body: text };
  const { pathname, searchParams } = new URL(request.url!, itself);
  if (pathname === '/session/v1/login-request') {
    const names = { roleName: searchParams.get('roleName'), warehouseName: searchParams.get('warehouse') };
    sessions.set(`Snowflake Token="${String(data['token'])}"`, names);
    const completed = {
      ...data,
      masterToken: `master-${String(data['token'])}`,
      validityInSeconds: 3_600,
      masterValidityInSeconds: 14_400,
      sessionId: sessions.size,
      sessionInfo: { ...(data['sessionInfo'] as object), ...names },
    };
    return { status, body: JSON.stringify({ ...envelope, data: completed }) };
  }
  const names = sessions.get(authorization);
  const completed = {
    ...data,
    finalRoleName: names?.roleName ?? null,
    finalWarehouseName: names?.warehouseName ?? null,
  };
  return { status, body: JSON.stringify({ ...envelope, data: completed }) };
}

/** Sessions have one role there, and it has no word for others; and no precision of times or collation. */
function toFakesnow(body: string): string {
  if (body.includes('USE SECONDARY ROLES NONE'))
    return JSON.stringify({ sqlText: `SELECT 'done' AS "status"` });
  return body.replace(
    ', DATETIME_PRECISION, COLLATION_NAME FROM',
    ', NULL AS DATETIME_PRECISION, NULL AS COLLATION_NAME FROM',
  );
}

async function isThere(server: ChildProcess, url: string): Promise<void> {
  while (server.exitCode === null) {
    const answers = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answers) return;
    await sleep(100);
  }
  throw new Error(`fakesnow ended with ${server.exitCode}`);
}
