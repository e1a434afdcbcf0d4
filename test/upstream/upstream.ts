import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Account, shopAccount } from './account.ts';
import { firstOf, type Script } from './answers.ts';
import { endpoints } from './endpoints.ts';
import { answerWith, createFaults, type Endpoint } from './faults.ts';
import { historyScript } from './history.ts';
import { createLog } from './log.ts';
import { bodyOf, refusal, replyOf } from './reply.ts';
import { textOf } from './sign-in.ts';
import { createSessions, type Lifetimes } from './sessions.ts';
import { createStatements, type Statements } from './statements.ts';
import { createStorage, type LinkKeys, type Packing } from './storage.ts';

export interface UpstreamOptions {
  readonly account?: Account;
  readonly script: Script;
  readonly now?: () => number;
  readonly port?: number;
  /** How long a request waits for its statement before it is told to ask again; Snowflake: 45 s. */
  readonly holdMs?: number;
  /** Snowflake: an hour, and four. */
  readonly lifetimes?: Lifetimes;
  /** Snowflake: six hours. */
  readonly linkSeconds?: number;
  readonly keys?: LinkKeys;
  readonly packing?: Packing;
  /** Requests that the log holds at most. */
  readonly logged?: number;
}

export type Upstream = Awaited<ReturnType<typeof startUpstream>>;

/**
 * A Snowflake account that answers what a test says, in the drivers' own protocol: a server for its requests, and another one
 * for the storage of its results. Drivers can be pointed straight at it.
 */
export async function startUpstream(options: UpstreamOptions) {
  const now = options.now ?? Date.now;
  const account = options.account ?? shopAccount;
  const faults = createFaults();
  const log = createLog(options.logged ?? 100_000);
  const sessions = createSessions(
    account,
    options.lifetimes ?? { sessionSeconds: 3_600, masterSeconds: 14_400 },
    now,
  );
  const script = firstOf(
    historyScript(() => statements.all),
    options.script,
  );
  const statements: Statements = createStatements(account, script, now);
  const storage = createStorage(now);
  const storageServer = createServer((request, response) => {
    void serve('chunk', request, response, async () => await storage.reply(request));
  });
  const storageUrl = await listen(storageServer, 0);
  const endpointOf = endpoints({
    account,
    sessions,
    statements,
    now,
    holdMs: options.holdMs ?? 45_000,
    results: {
      storage,
      storageUrl,
      keys: options.keys ?? 'headers',
      packing: options.packing ?? 'gzip',
      linkSeconds: options.linkSeconds ?? 21_600,
      now,
    },
  });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://account');
    const { name, answer } = endpointOf(request.method ?? 'GET', url);
    void serve(name, request, response, async (body, logged) => {
      if (body === null) return replyOf(refusal('390400', 'The request is not JSON.'));
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const envelope = await answer({ url, request, body, logged, gone: gone.signal });
      if (envelope === null) return null;
      logged.code = envelope.code;
      return replyOf(envelope);
    });
  });
  const url = await listen(server, options.port ?? 0);

  async function serve(
    endpoint: Endpoint,
    request: IncomingMessage,
    response: ServerResponse,
    honest: (
      body: Readonly<Record<string, unknown>> | null,
      logged: ReturnType<typeof log.add>,
    ) => Promise<ReturnType<typeof replyOf> | null>,
  ): Promise<void> {
    try {
      const body = await bodyOf(request);
      const logged = log.add({
        endpoint,
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body,
        receivedAt: now(),
        session: null,
        fault: null,
        code: null,
        reason: null,
      });
      const fault = faults.take(endpoint, aboutWhat(endpoint, request, body));
      logged.fault = fault?.kind ?? null;
      await answerWith(fault, request, response, async () => await honest(body, logged));
    } catch (error) {
      // Whoever asked has gone, or a test's script has a fault, which it is to see.
      if (!response.headersSent && !request.socket.destroyed) response.writeHead(500).end(String(error));
    }
  }

  /** The statement that a request is about. */
  function aboutWhat(
    endpoint: Endpoint,
    request: IncomingMessage,
    body: Readonly<Record<string, unknown>> | null,
  ): string | null {
    if (endpoint === 'query') return textOf(body ?? {}, 'sqlText');
    const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(request.url ?? '')?.[0];
    return id === undefined ? null : (statements.all.get(id)?.asked.sql ?? null);
  }

  return {
    url,
    port: portOf(server),
    storageUrl,
    account,
    faults,
    log,
    /** Every session that was opened. */
    sessions: sessions.all,
    /** Every statement that was run, each as often as it was. */
    executions: statements.executions,
    statements: statements.all,
    links: storage.links,
    /** Every link to a chunk ends. */
    expireLinks: () => storage.expireLinks(),
    /** Every session token has to be renewed. */
    expireTokens(): void {
      for (const session of sessions.all) session.token.expiresAt = 0;
    },
    /** No session can be renewed. */
    expireMasters(): void {
      for (const session of sessions.all) session.master.expiresAt = 0;
    },
    /** Results are kept no longer. */
    forgetResults: () => statements.forgetResults(),
    /** Connections that are open, to the account and to its storage. */
    async connections(): Promise<number> {
      const counts = await Promise.all([countOf(server), countOf(storageServer)]);
      return counts[0] + counts[1];
    },
    async close(): Promise<void> {
      statements.abortAll();
      for (const each of [server, storageServer]) {
        each.closeAllConnections();
        await new Promise((resolve) => each.close(resolve));
      }
    },
  };
}

async function listen(server: Server, port: number): Promise<string> {
  server.keepAliveTimeout = 60_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${portOf(server)}`;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function countOf(server: Server): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
