import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SluiceError } from '../../errors.ts';
import { isSettled, type Queries, type Query } from '../../queries/index.ts';
import { sendProblem } from '../api/errors.ts';
import { identify, identityOf, type IdentifyParts } from '../api/identify.ts';
import { read } from '../api/read.ts';
import type { StatementService } from './statement-service.ts';
import { viewOf } from './statement-view.ts';

export interface StatementsParts extends IdentifyParts {
  readonly statements: StatementService;
  readonly queries: Pick<Queries, 'wait' | 'cancel'>;
  readonly newId: () => string;
  /** Told of errors that are not the client's. */
  readonly onError: (error: unknown) => void;
}

/** Bytes of a request: SQL and binds. */
const BODY_LIMIT = 2 * 1024 * 1024;
/** Seconds that one request may wait; below what clients and proxies put up with. */
const LONGEST_WAIT = 30;

const wait = z.coerce.number().min(0).max(LONGEST_WAIT).default(0);
const order = z.strictObject({
  sql: z.string().min(1),
  binds: z
    .record(
      z.string().regex(/^[1-9]\d{0,4}$/),
      z.strictObject({ type: z.string(), value: z.string().nullable() }),
    )
    .default({}),
  /** The client's own id: a repeat is the same statement, never a second one. */
  requestId: z.uuid().optional(),
  /** What the person asked, and the agent that made SQL of it. Claims, for the record and for approvers. */
  prompt: z.string().nullable().default(null),
  agent: z.string().max(200).nullable().default(null),
  wait,
});
const page = z.strictObject({
  wait,
  from: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(0).max(10_000).default(1_000),
});

/**
 * Statements for programs that speak no driver protocol, under `/api/statements`: a handle at once, and a wait
 * for whoever wants one. What waits for people goes on waiting when the client does not.
 */
export async function registerStatements(app: FastifyInstance, parts: StatementsParts): Promise<void> {
  await app.register(
    async (own) => {
      own.removeAllContentTypeParsers();
      own.addContentTypeParser(
        'application/json',
        { parseAs: 'string', bodyLimit: BODY_LIMIT },
        own.getDefaultJsonParser('error', 'error'),
      );
      own.setErrorHandler((error, _, reply) => sendProblem(reply, error, parts.onError));
      own.addHook('onSend', async (_, reply) => void reply.header('cache-control', 'no-store'));
      identify(own, parts);

      own.post('/', async (request, reply) => {
        const asked = read(order, request.body);
        const by = { identity: identityOf(request), address: request.ip, agent: asked.agent };
        const query = await parts.statements.submit(by, {
          requestId: asked.requestId ?? parts.newId(),
          sql: asked.sql,
          binds: asked.binds,
          prompt: asked.prompt === null ? null : { text: asked.prompt, source: 'api' },
        });
        const status = await parts.queries.wait(query, asked.wait * 1_000);
        return await reply.code(isSettled(status) ? 200 : 202).send(await viewOf(query, page.parse({})));
      });

      own.get('/:id', async (request) => {
        const query = ownQuery(request);
        const asked = read(page, request.query);
        await parts.queries.wait(query, asked.wait * 1_000);
        return await viewOf(query, asked);
      });

      own.delete('/:id', async (request) => {
        const query = ownQuery(request);
        parts.queries.cancel(query);
        await parts.queries.wait(query, 5_000);
        return await viewOf(query, page.parse({}));
      });
    },
    { prefix: '/api/statements' },
  );

  function ownQuery(request: FastifyRequest): Query {
    const { id } = request.params as { id: string };
    const found = parts.statements.find(identityOf(request), id);
    if (found === null) throw new SluiceError('result_unavailable', 'there is no such statement of yours');
    return found;
  }
}
