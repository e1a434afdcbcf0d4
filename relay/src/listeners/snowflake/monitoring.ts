import type { FastifyReply, FastifyRequest } from 'fastify';
import type { QueryStatus } from '../../queries/index.ts';
import type { Listening } from './deps.ts';
import { succeed } from './envelope.ts';
import { toSnowflakeError } from './errors.ts';
import { mustFindQuery } from './find-query.ts';

/** GET /monitoring/queries/{id} (driver protocol, section 5.4). */
export function monitor(listening: Listening) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const query = await mustFindQuery(listening, request);
    const error = query.status.phase === 'failed' ? toSnowflakeError(query.status.error) : null;
    const status = statusName(query.status);
    return succeed(reply, {
      queries: [
        {
          id: query.queryId,
          status,
          state: status,
          errorCode: error?.code ?? null,
          errorMessage: error?.message ?? null,
          startTime: query.submittedAt,
          endTime: query.endedAt ?? 0, // the Python connector 5 dies on null
          sqlText: query.sql,
          stats: {},
          totalDuration: (query.endedAt ?? listening.now()) - query.submittedAt,
          sessionId: query.session.number,
          warehouseName: query.session.state.warehouse,
        },
      ],
    });
  };
}

/** A held statement is QUEUED: some drivers take BLOCKED for an error, and an unknown word for a fault. */
function statusName(status: QueryStatus): string {
  switch (status.phase) {
    case 'submitted':
    case 'running':
      return 'RUNNING';
    case 'held':
      return 'QUEUED';
    case 'succeeded':
      return 'SUCCESS';
    case 'failed':
      return status.error.code === 'statement_cancelled' ? 'ABORTED' : 'FAILED_WITH_ERROR';
    default:
      return status satisfies never;
  }
}
