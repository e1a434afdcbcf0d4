import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SluiceError } from '../../errors.ts';
import { type Query, type QueryOrder, seriesOf } from '../../queries/index.ts';
import { bindings, toBinds } from './binds.ts';
import { readBody } from './body.ts';
import type { Listening } from './deps.ts';
import { accepted, type Answering, respondWhenSettled } from './query-response.ts';
import { sendTransfer } from './present-transfer.ts';
import { readQueryTag } from './query-tag.ts';
import { encodingOf } from './result-format.ts';
import { mustHaveSession } from './session-auth.ts';
import { parameterOf } from '../../warehouse/session-parameters.ts';

/** POST /queries/v1/query-request (driver protocol, section 4): held until the statement is done or `longPollMs` is over. */
export function requestQuery(listening: Listening, answering: Answering) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const session = mustHaveSession(request);
    const { requestId = listening.newId() } = readBody(queryString, request.query);
    const body = readBody(queryBody, request.body);
    if (body.bindStage != null) {
      throw new SluiceError('request_unsupported', 'binds from a stage are not accepted here', {
        advice: 'send the binds with the statement, in batches',
      });
    }
    const upload = answering.uploads.find(session.id, body.sqlText);
    if (upload !== null) return sendTransfer(reply, upload.query, upload.result, listening.origin());
    const tag = readQueryTag(body.parameters?.QUERY_TAG ?? parameterOf(session.parameters, 'QUERY_TAG'));
    const order: QueryOrder = {
      session,
      requestId,
      sql: body.sqlText,
      binds: toBinds(body.bindings),
      describeOnly: body.describeOnly ?? false,
      encoding: encodingOf(session, body.parameters ?? {}),
      prompt: tag.prompt === null ? null : { text: tag.prompt, source: 'query_tag' },
      attended: body.asyncExec !== true,
    };
    const desired = Number(
      body.parameters?.MULTI_STATEMENT_COUNT ?? parameterOf(session.parameters, 'MULTI_STATEMENT_COUNT'),
    );
    const query = await submit(listening, order, desired);
    if (!order.attended) return accepted(listening, reply, query);
    return respondWhenSettled(listening, answering, reply, query);
  };
}

// Not z.uuid(): the Go driver's are random in every digit, the variant's too.
const queryString = z.object({ requestId: z.guid().optional() });

const queryBody = z.object({
  sqlText: z.string(),
  asyncExec: z.boolean().nullish(),
  describeOnly: z.boolean().nullish(),
  bindings: bindings.nullish(),
  bindStage: z.string().nullish(),
  parameters: z
    .looseObject({
      MULTI_STATEMENT_COUNT: z.union([z.int().min(0), z.string().regex(/^\d{1,6}$/)]).nullish(),
      QUERY_TAG: z.string().nullish(),
    })
    .nullish(),
});

/**
 * One statement, or a series when the client asked for one (driver protocol, section 4.7). A text that is not
 * understood goes to the gate as it is, which refuses and records it.
 */
async function submit({ queries, split }: Listening, order: QueryOrder, desired: number): Promise<Query> {
  if (desired === 1) return queries.submit(order);
  const statements = await split(order.sql);
  if (statements === null) return queries.submit(order);
  if (desired !== 0 && statements.length !== desired) {
    throw new SluiceError(
      'statement_count',
      `Actual statement count ${statements.length} did not match the desired statement count ${desired}.`,
    );
  }
  if (statements.length === 1) return queries.submit(order);
  return queries.submitSeries(order, seriesOf(statements, order.binds));
}
