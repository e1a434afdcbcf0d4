import { isErrorCode, type SqlApiFailure, sqlApiStatusOf } from '@sluice/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isSluiceError, SluiceError } from '../../errors.ts';
import type { Query } from '../../queries/index.ts';
import { problemOf, retryAfter } from '../router/index.ts';
import { toSnowflakeError } from '../snowflake/index.ts';
import { errorView } from '../statements/index.ts';
import { statusUrlOf } from './links.ts';

/** What a statement failed of: 408 when it ran for too long, 503 where another relay can answer, or else 422. */
export function failureOf(query: Query, error: SluiceError): { status: number; body: SqlApiFailure } {
  const { code: snowflake } = toSnowflakeError(error);
  const isLate = error.code === 'statement_timeout' || snowflake === '000630';
  return {
    status: isLate ? 408 : 422,
    body: {
      ...bodyOf(error),
      statementHandle: query.queryId,
      createdOn: query.submittedAt,
      statementStatusUrl: statusUrlOf(query),
    },
  };
}

/** Answers with an error that is not the outcome of a statement. */
export function sendFailure(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  onError: (error: unknown) => void,
): FastifyReply {
  const error = asSluiceError(thrown);
  const status = sqlApiStatusOf(error.code);
  if (status >= 500 && error.code !== 'statement_elsewhere') onError(thrown);
  const told = status === 401 ? withTokenAdvice(error, request) : error;
  return retryAfter(reply, error).code(status).type('application/json').send(bodyOf(told));
}

function bodyOf(error: SluiceError): Pick<SqlApiFailure, 'code' | 'sqlState' | 'message' | 'sluice'> {
  return { ...toSnowflakeError(error), sluice: errorView(error) };
}

function asSluiceError(thrown: unknown): SluiceError {
  if (isSluiceError(thrown)) return thrown;
  const { code, detail, advice } = problemOf(thrown);
  return new SluiceError(isErrorCode(code) ? code : 'internal', detail, { advice });
}

/** What was sent as a token of another kind is checked as any: why it is not good is said of that kind. */
function withTokenAdvice(error: SluiceError, { headers }: FastifyRequest): SluiceError {
  if (headers['x-snowflake-authorization-token-type'] !== 'KEYPAIR_JWT') return error;
  return new SluiceError(error.code, `${error.message}; tokens of a key pair are not accepted here`, {
    advice: 'send a token of one of the issuers that the relay trusts, as OAUTH',
  });
}
