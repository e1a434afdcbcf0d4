import fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify';
import { isSluiceError, SluiceError } from '../../errors.ts';
import { isKnown, wasRefusedAtDoor } from '../door/index.ts';
import { parseBodies } from './body.ts';
import { defaultOptions, type Listening, type SnowflakeListenerDeps } from './deps.ts';
import { fail, sendAgain } from './envelope.ts';
import { registerRoutes } from './routes.ts';
import { findSession, sessionOf } from './session-auth.ts';

/**
 * The relay as a Snowflake driver sees it: an app that does not listen yet. Application outcomes, errors too,
 * are HTTP 200 (driver protocol, rule 1: drivers retry other statuses, some for ever); only a path that is
 * not spoken is 404, a chunk link that is no longer good is 403, and what another relay has is 503.
 */
export function buildSnowflakeListener(deps: SnowflakeListenerDeps): FastifyInstance {
  const listening: Listening = { ...deps, options: { ...defaultOptions, ...deps.options } };
  const { options, onRefused } = listening;
  const settings: FastifyServerOptions = {
    loggerInstance: deps.logger,
    // A request line may hold what a client should not have put there.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.requestBytes,
    requestTimeout: options.requestMs,
    keepAliveTimeout: options.keepAliveMs,
    connectionTimeout: options.idleMs,
    trustProxy: options.trustProxy,
    routerOptions: { ignoreDuplicateSlashes: true }, // the Python connector 5 asks for /monitoring/queries//{id}
    exposeHeadRoutes: false,
    return503OnClosing: true, // drivers repeat the same request id after a 503 (driver protocol, 10.1)
    forceCloseConnections: 'idle',
  };
  const server = {
    headersTimeout: options.headersMs,
    // Node looks for those who are late only so often.
    connectionsCheckingInterval: Math.max(100, options.headersMs / 2),
  };
  const tls = { ...options.tls, ...server, handshakeTimeout: options.handshakeMs };
  const app = fastify(
    (options.tls === null ? { ...settings, http: server } : { ...settings, https: tls }) as object,
  ) as FastifyInstance;

  parseBodies(app);
  registerRoutes(app, listening);

  app.setNotFoundHandler(async (request, reply) => {
    const what = whatOf(request.method, request.url);
    const session = await findSession(deps.sessions, request);
    if (session !== null) {
      isKnown(request);
      await deps.admit(session.identity);
    }
    onRefused({ session, code: 'request_unsupported', what, reason: 'not an endpoint of the relay' });
    const error = new SluiceError('request_unsupported', `\`${what}\` is not supported here`, {
      advice: 'see docs/driver-protocol.md for what is',
    });
    return fail(reply, error, { status: 404 });
  });

  app.setErrorHandler(async (thrown, request, reply) => {
    const error = toSluiceError(thrown, request.routeOptions.bodyLimit);
    if (error.code === 'internal') deps.logger.error({ failure: describe(thrown) }, 'request failed');
    if (refusals.has(error.code) && !wasRefusedAtDoor(request)) {
      const what = whatOf(request.method, request.url);
      onRefused({ session: sessionOf(request), code: error.code, what, reason: error.message });
    }
    const { retryAfterSeconds } = error;
    // No driver asks for what is not served here, or by a wrong name: those may be told as HTTP has it.
    if (error.code === 'request_misdirected') return fail(reply, error, { status: 421 });
    if (error.code === 'statement_elsewhere') return sendAgain(reply, error);
    if (error.code !== 'rate_limited' || !request.is404) return fail(reply, error);
    return fail(reply.header('retry-after', String(retryAfterSeconds ?? 1)), error, { status: 429 });
  });

  return app;
}

/** Requests that could not be read or are not served: these leave no other trace on the record. */
const refusals: ReadonlySet<string> = new Set([
  'request_malformed',
  'request_too_large',
  'request_unsupported',
  'statement_count',
  'duplicate_request',
  'token_invalid',
  'token_expired',
  'token_untrusted',
  'identity_revoked',
]);

function toSluiceError(thrown: unknown, limit: number | undefined): SluiceError {
  if (isSluiceError(thrown)) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new SluiceError('request_too_large', `the request is larger than ${limit ?? 0} bytes`, {
      advice: 'send less at once, or ask the operator for a larger limit',
    });
  }
  if (typeof code === 'string' && code.startsWith('FST_ERR_CTP_')) {
    return new SluiceError('request_malformed', 'the request body could not be read');
  }
  return new SluiceError('internal', 'the relay failed to process the request', { cause: thrown });
}

/** A thrown thing's name and where it came from. Not its message, which may hold values (promise 2). */
function describe(thrown: unknown): { name: string; frames: string[] } {
  if (!(thrown instanceof Error)) return { name: typeof thrown, frames: [] };
  // After the message: one of several lines could have some that look like places.
  const { stack = '', message } = thrown;
  const start = stack.indexOf(message);
  const frames = start === -1 ? [] : stack.slice(start + message.length).split('\n');
  return {
    name: thrown.name,
    frames: frames
      .map((line) => line.trim())
      .filter((line) => line.startsWith('at '))
      .slice(0, 10),
  };
}

/** For the record: the query string is left out, and a path of any length or content is kept short. */
function whatOf(method: string, url: string): string {
  const [path = ''] = url.split('?', 1);
  return `${method} ${path.replaceAll(/[^\w/.~%-]/g, '_').slice(0, 200)}`;
}
