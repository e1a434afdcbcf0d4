import { statementOrder, statementPage } from '@sluice/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
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
        const asked = read(statementOrder, request.body);
        const by = { identity: identityOf(request), address: request.ip, agent: asked.agent };
        const query = await parts.statements.submit(by, {
          requestId: asked.requestId ?? parts.newId(),
          sql: asked.sql,
          binds: asked.binds,
          prompt: asked.prompt === null ? null : { text: asked.prompt, source: 'api' },
        });
        const status = await parts.queries.wait(query, asked.wait * 1_000);
        return await reply
          .code(isSettled(status) ? 200 : 202)
          .send(await viewOf(query, statementPage.parse({})));
      });

      own.get('/:id', async (request) => {
        const query = ownQuery(request);
        const asked = read(statementPage, request.query);
        await parts.queries.wait(query, asked.wait * 1_000);
        return await viewOf(query, asked);
      });

      own.delete('/:id', async (request) => {
        const query = ownQuery(request);
        parts.queries.cancel(query);
        await parts.queries.wait(query, 5_000);
        return await viewOf(query, statementPage.parse({}));
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
