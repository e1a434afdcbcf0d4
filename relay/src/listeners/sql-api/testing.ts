import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { InjectOptions } from 'fastify';
import { ada, person, sessionOf } from '../../approval/testing.ts';
import { SluiceError } from '../../errors.ts';
import type {
  Chunk,
  Query,
  QueryOrder,
  QueryStatus,
  SeriesPart,
  SpooledResult,
} from '../../queries/index.ts';
import type { Session } from '../../session/index.ts';
import { testRoutes } from '../router/testing.ts';
import { createRequestSessions } from './request-sessions.ts';
import { registerSqlApi, type SqlApiParts } from './sql-api-routes.ts';

/** The id of the one statement there is, of one that is a part of it, of its request, and of the next request without one. */
export const ID = '6a0e3f3e-3a39-4b5e-9c0b-0a6f6f9c1a11';
export const PART = '7b1f4a4f-4b4a-4c6f-8d1c-1b7a7a0d2b22';
export const REQUEST = '11111111-2222-4333-8444-555555555555';
export const NEW = '99999999-2222-4333-8444-555555555555';
export const STATUS_URL = `/api/v2/statements/${ID}?requestId=${REQUEST}`;

export type SqlApiTest = Awaited<ReturnType<typeof startSqlApi>>;

/** What a test says of the statement, and what it finds. */
interface Seen {
  status: QueryStatus;
  /** Its state once it is cancelled. */
  cancelling: QueryStatus;
  change: Partial<Query>;
  time: number;
  /** The session of the last request; before there is one, one of an earlier relay. */
  sessionNow: Session;
  /** Of a series, its text and those of its statements. */
  readonly submitted: (QueryOrder | readonly unknown[])[];
  /** Sessions that were asked for, by their keys. */
  readonly opened: string[];
  /** How long a statement was waited for, and whether only while its client is there. */
  readonly waited: (number | boolean)[];
  readonly refused: object[];
  readonly failed: unknown[];
  readonly ended: string[];
}

/** The routes of the SQL API, with one statement beneath them that is what a test says: ada’s, unless bob asks. */
export async function startSqlApi() {
  const earlier = sessionOf(ada);
  const at: Seen = {
    status: { phase: 'running' },
    cancelling: { phase: 'running' },
    change: {},
    time: 0,
    sessionNow: { ...earlier, client: { ...earlier.client, application: 'sql-api' } },
    submitted: [],
    opened: [],
    waited: [],
    refused: [],
    failed: [],
    ended: [],
  };
  const queryNow = (): Query =>
    ({
      queryId: ID,
      requestId: REQUEST,
      session: at.sessionNow,
      submittedAt: 5,
      parts: [],
      describeOnly: false,
      status: at.status,
      ...at.change,
    }) as unknown as Query;
  const own = (isOwn: (session: Session) => boolean, id: string) => {
    const query = queryNow();
    if (id === ID && isOwn(query.session)) return query;
    throw new SluiceError('result_unavailable', 'there is none');
  };
  const queries: SqlApiParts['queries'] = {
    submit(order) {
      at.submitted.push(order);
      return queryNow();
    },
    submitSeries(order, statements: readonly SeriesPart[]) {
      at.submitted.push([order.sql, ...statements.map(({ sql }) => sql)]);
      return queryNow();
    },
    findOwn: async (isOwn, id) => own(isOwn, id),
    async cancelOwn({ isOwn }, id) {
      const query = own(isOwn, id);
      at.status = at.cancelling;
      return { ...query, status: at.status };
    },
    async wait(_, ms, { signal } = {}) {
      at.waited.push(ms, signal instanceof AbortSignal);
      return at.status;
    },
  };
  const requests = createRequestSessions({
    sessions: {
      async share(key, identity, client, begin) {
        at.opened.push(key);
        at.sessionNow = { ...sessionOf(identity), client, ...(await begin()) };
        return at.sessionNow;
      },
      end: async (id) => void at.ended.push(id),
    },
    openingState: async (_, wanted) => wanted,
    now: () => at.time,
  });
  // With tokens that run SQL, not those that decide.
  const routes = testRoutes([ada, person('bob')].map((one) => ({ ...one, mayDecide: false })));
  await registerSqlApi(routes.app, routes.router, {
    queries,
    requests,
    split: async (text) =>
      text.includes('?')
        ? null
        : text.split(';').map((sql) => ({
            sql,
            kind: (sql.trim().split(' ')[0] ?? '') as never,
            isTemporary: sql.includes('temporary'),
            places: 0,
          })),
    newId: () => NEW,
    onRefused: (refusal) => at.refused.push(refusal),
    onError: (error) => at.failed.push(error),
  });

  const send = async (options: InjectOptions): Promise<SqlApiAnswer> => {
    const headers = { authorization: 'Bearer ada', 'user-agent': 'dbt/1.9 (linux)', ...options.headers };
    const answer = await routes.app.inject({ ...options, headers });
    const raw = answer.rawPayload;
    const text = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
    return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(text.toString()) as never };
  };
  return Object.assign(at, {
    requests,
    send,
    run: (order: object = {}, query = '', headers: Headers = {}) =>
      send({
        method: 'POST',
        url: `/api/v2/statements?requestId=${REQUEST}${query}`,
        headers,
        payload: { statement: 'select 1', ...order },
      }),
    readOf: (query = '', headers: Headers = {}) => send({ url: `/api/v2/statements/${ID}${query}`, headers }),
    cancel: (headers: Headers = {}, id = ID) =>
      send({ method: 'POST', url: `/api/v2/statements/${id}/cancel`, headers }),
    /** With two rows of a truth and a day, unless it says otherwise. */
    succeed(result: object = {}): void {
      at.status = { phase: 'succeeded', result: { ...DONE, ...result } };
    },
    close: () => routes.close(),
  });
}

type Headers = Readonly<Record<string, string>>;

interface SqlApiAnswer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Record<string, unknown> & { readonly sluice: Record<string, unknown> };
}

const FLAG = {
  name: 'T',
  type: 'boolean',
  nullable: true,
  precision: null,
  scale: null,
  length: null,
} as const;

const DONE = {
  columns: [FLAG, { ...FLAG, name: 'D', type: 'date' }],
  first: { bytes: Buffer.from('["1","0"],["0",null]'), rowCount: 2 },
  encoding: 'json',
  chunks: [],
  statementTypeId: 0x1000,
} as unknown as SpooledResult;

/** Rows beyond the first, as they are kept. */
export function chunkOf(rows: string, change: object = {}): Chunk {
  return {
    rowCount: 2,
    uncompressedSize: rows.length,
    compressedSize: 7,
    open: async () => ({ size: 7, stream: Readable.from([gzipSync(rows)]) }),
    ...change,
  } as unknown as Chunk;
}
