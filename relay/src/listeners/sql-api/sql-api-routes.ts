import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Analyses } from '../../analysis/index.ts';
import { type ErrorCode, SluiceError } from '../../errors.ts';
import { isSettled, type Queries, type Query, type QueryStatus } from '../../queries/index.ts';
import { quoted, shown } from '../../text/index.ts';
import type { Router } from '../router/index.ts';
import { presentResult } from '../snowflake/index.ts';
import { cancelledOf, jsonResponse, resultResponse, statusOf } from './answers.ts';
import { cellForm } from './cells.ts';
import { failureOf, sendFailure } from './failures.ts';
import { linksOf } from './links.ts';
import { openPartition } from './partition.ts';
import { isRequestOf, type RequestSessions } from './request-sessions.ts';
import { submit } from './submit.ts';

export interface SqlApiParts {
  readonly queries: Pick<Queries, 'submit' | 'submitSeries' | 'findOwn' | 'cancelOwn' | 'wait'>;
  readonly requests: RequestSessions;
  readonly split: Analyses['split'];
  readonly newId: () => string;
  /** Told of every request that is refused before it is anybody's statement, for the record. */
  readonly onRefused: (refusal: { code: ErrorCode; what: string; reason: string }) => void;
  /** Told of errors that are not the client's. */
  readonly onError: (error: unknown) => void;
  /** How long a statement is waited for before its handle is answered. Milliseconds; 45 s, as Snowflake documents. */
  readonly waitMs?: number;
}

/**
 * Snowflake's SQL API, version 2 (Snowflake's documentation: SQL API reference). It has no sessions: each request is
 * given one of its own. What waits for people is answered 202 until they have decided.
 */
export async function registerSqlApi(
  app: FastifyInstance,
  router: Router,
  parts: SqlApiParts,
): Promise<void> {
  const { queries, requests, onRefused, onError, waitMs = 45_000 } = parts;

  await router.serve(
    'sqlApi',
    {
      async submit({ by, query: asked, body, request, gone }) {
        if (asked.retry && asked.requestId === undefined) {
          throw new SluiceError('request_malformed', 'a retry has to name the `requestId` of the request', {
            advice: 'send the id that the request was first sent with',
          });
        }
        const submission = { by, address: request.ip, userAgent: request.headers['user-agent']! };
        const { requestId = parts.newId(), nullable } = asked;
        const query = await submit(parts, { ...submission, requestId, nullable, order: body });
        const status = await queries.wait(query, asked.async ? 0 : waitMs, { signal: gone });
        // Asked for at once, a handle is the answer even where there is already more to say.
        return asked.async
          ? answered(jsonResponse(202, statusOf(query, pending(status), true)))
          : await answerOf(query, status, { partition: 0, request, gone });
      },
      async read({ by, params, query: { partition }, request, gone }) {
        const query = await queries.findOwn(isRequestOf(by), params.statementHandle);
        requests.touched(query, false);
        return await answerOf(query, query.status, { partition, request, gone });
      },
      async cancel({ by, params }) {
        const query = await queries.cancelOwn(
          { by, session: null, isOwn: isRequestOf(by) },
          params.statementHandle,
        );
        await queries.wait(query, CANCEL_MS);
        requests.touched(query, false);
        const body = cancelledOf(query);
        if (body !== null) return answered(jsonResponse(200, body));
        const over = new SluiceError('request_unsupported', 'the statement is not executing', {
          advice: 'read what became of it',
        });
        return answered(jsonResponse(422, failureOf(query, over).body));
      },
    },
    {
      before: checkHeaders,
      errors: { snowflake: (error, request, reply) => sendFailure(error, request, reply, onError) },
    },
  );

  // What Snowflake answers 405, and all that is not there.
  await app.register(
    async (scope) => {
      scope.setNotFoundHandler((request, reply) => {
        const [path = ''] = request.url.split('?', 1);
        const isPath = /^\/api\/v2\/statements(\/[^/]+(\/cancel)?)?\/?$/.test(path);
        const what = isPath ? `${request.method} on a path of the SQL API` : 'an unknown path of /api/v2';
        const error = new SluiceError('request_unsupported', `${what} is not supported here`, {
          advice: 'see docs/sql-api.md for what is',
        });
        onRefused({ code: error.code, what, reason: error.message });
        const body = { code: '000002', sqlState: '0A000', message: `${error.message}. See docs/sql-api.md.` };
        return reply.code(isPath ? 405 : 404).send(body);
      });
    },
    { prefix: '/api/v2' },
  );

  async function answerOf(
    query: Query,
    status: QueryStatus,
    {
      partition,
      request,
      gone,
    }: { readonly partition: number; readonly request: FastifyRequest; readonly gone: AbortSignal },
  ) {
    if (!isSettled(status)) return answered(jsonResponse(202, statusOf(query, status, false)));
    if (status.phase === 'failed') {
      // No outcome: whoever asks again may reach the relay that has it.
      if (status.error.code === 'statement_elsewhere') throw status.error;
      requests.touched(query, true);
      const failure = failureOf(query, status.error);
      return answered(jsonResponse(failure.status, failure.body));
    }
    const { result } = status;
    const partitions = result.chunks.length + 1;
    const asked = requests.form(query.session);
    if (partition >= partitions) {
      throw new SluiceError('request_malformed', `the result has no partition ${partition}`, {
        advice: `it has ${partitions}, from 0`,
      });
    }
    requests.touched(query, partition === partitions - 1 && query.parts.length === 0);
    if (partition === 0) return answered(resultResponse(query, result, asked));
    const gzip = takesGzip(request);
    const form = cellForm(presentResult(query, result).columns, asked);
    const stream = await openPartition(result.chunks[partition - 1]!, form, { gzip, gone });
    return answered(
      jsonResponse(200, Readable.toWeb(stream) as ReadableStream, {
        link: linksOf(query, partition, partitions),
        vary: 'accept-encoding',
        ...(gzip ? { 'content-encoding': 'gzip' } : {}),
      }),
    );
  }
}

/** How long a cancel waits for the statement's end. Milliseconds. */
const CANCEL_MS = 5_000;

function answered(response: Response) {
  return { status: response.status as 200, response };
}

/** What was asked for asynchronously is under way, whatever has become of it by now: its handle says the rest. */
function pending(status: QueryStatus): QueryStatus {
  return isSettled(status) ? { phase: 'running' } : status;
}

/** Before anything of a request is looked at (Snowflake's documentation: request headers for all operations). */
function checkHeaders({ headers }: FastifyRequest): void {
  if ((headers['user-agent'] ?? '').trim() === '') {
    throw new SluiceError('request_malformed', 'the request has no `User-Agent`', {
      advice: 'send the name and version of your program: `myApplication/1.0`',
    });
  }
  const type = String(headers['x-snowflake-authorization-token-type'] ?? '');
  if (!TOKEN_TYPES.has(type)) {
    throw new SluiceError(
      'token_invalid',
      shown`tokens of the type ${quoted(type, { most: 40 })} are not known`,
      {
        advice: 'send a token of one of the issuers that the relay trusts, as OAUTH',
      },
    );
  }
  // Snowflake takes what says nothing of itself for JSON; and clients say it is, where there is nothing.
  const isEmpty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  if (isEmpty) delete headers['content-type'];
  else headers['content-type'] ??= 'application/json';
}

/** Of whatever type a client calls it, it is a token of a trusted issuer, or no good. */
const TOKEN_TYPES: ReadonlySet<string> = new Set(['', 'OAUTH', 'KEYPAIR_JWT', 'PROGRAMMATIC_ACCESS_TOKEN']);

/** Clients that cannot unpack say what they take; those that say nothing get it plain. */
function takesGzip({ headers }: FastifyRequest): boolean {
  return (headers['accept-encoding'] ?? '')
    .split(',')
    .some((each) => /^\s*(gzip|\*)\s*(;\s*q=(1(\.0*)?|0?\.\d*[1-9]\d*)\s*)?$/i.test(each));
}
