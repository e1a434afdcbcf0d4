import type { FastifyReply } from 'fastify';
import type { ErrorCode, SluiceError } from '../../errors.ts';
import { toSnowflakeError } from './errors.ts';

/** The envelope of every response (driver protocol, section 1). */
export function succeed(reply: FastifyReply, data: unknown): FastifyReply {
  return reply.send({ data, message: null, code: null, success: true });
}

const COMPILATION: ReadonlySet<ErrorCode> = new Set([
  'statement_syntax',
  'object_unknown',
  'column_unknown',
  'column_ambiguous',
  'function_unknown',
  'arguments_invalid',
  'statement_invalid',
]);

/**
 * Has the client send the very same request again, which a balancer may bring to the relay that can answer it. Every
 * driver does, by itself, on a 503: seven times or more, a second or a few apart (driver protocol, 5.1).
 */
export function sendAgain(reply: FastifyReply, error: SluiceError): FastifyReply {
  return fail(reply.header('retry-after', String(error.retryAfterSeconds ?? 1)), error, { status: 503 });
}

interface FailOptions {
  /** 200, unless no driver takes it for an outcome. */
  readonly status?: number;
  readonly queryId?: string;
  /** For a renewal, whose errors have codes of their own. */
  readonly renewing?: boolean;
}

/** Every failure has an SQLSTATE, or drivers send the statement again (driver protocol, rule 3). */
export function fail(reply: FastifyReply, error: SluiceError, options: FailOptions = {}): FastifyReply {
  const { code, sqlState, message } = toSnowflakeError(error, options.renewing ?? false);
  return reply.status(options.status ?? 200).send({
    data: {
      internalError: false,
      unredactedFromSecureObject: false,
      errorCode: code,
      age: 0,
      sqlState,
      queryId: options.queryId ?? null,
      // Of the statement's text: the line from 1, the column from 0.
      line: error.place?.line ?? -1,
      pos: error.place === undefined ? -1 : error.place.column - 1,
      type: COMPILATION.has(error.code) ? 'COMPILATION' : 'EXECUTION',
    },
    message,
    code,
    success: false,
    headers: null,
  });
}
