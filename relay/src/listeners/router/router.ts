import { Readable } from 'node:stream';
import {
  ABOUT,
  allRoutes,
  API_VERSION_HEADER,
  isOwnApi,
  nameOf,
  needsToken,
  type Route,
  type RouteGroup,
  ROUTES,
  versionProblem,
} from '@sluice/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';
import type { Asked, Handlers } from './handlers.ts';
import { identify, type IdentifyParts } from './identify.ts';
import { sendProblem } from './problems.ts';
import { read } from './read.ts';

/** Serves the contract's table of routes: what is not in it cannot be added, and what is has to be served. */
export interface Router {
  /** Serves all the routes of a group. Throws when one of them has no handler, or a handler no route. */
  serve<Group extends RouteGroup>(
    group: Group,
    handlers: Handlers<Group>,
    options?: ServeOptions,
  ): Promise<void>;
  /** Throws when a group is not served that is not named here as one that this relay goes without. */
  complete(without: readonly RouteGroup[]): void;
}

export interface RouterParts extends IdentifyParts {
  /** Told of errors that are not the client's. */
  readonly onError: (error: unknown) => void;
}

export interface ServeOptions {
  /** Before anything of a request is looked at. Throws what it is refused with. */
  readonly before?: (request: FastifyRequest) => void;
  /** In the place of everybody's: for tokens that are good for these routes alone. */
  readonly authenticate?: IdentifyParts['authenticate'];
  /** How errors of that form are answered, where it is not as everywhere. */
  readonly errors?: Partial<Record<Route['errorForm'], ErrorAnswer>>;
}

export type ErrorAnswer = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** Routes that `app` has already, those of another protocol, are left alone. */
export function createRouter(app: FastifyInstance, parts: RouterParts): Router {
  const served = new Set<RouteGroup>();
  app.addHook('onRoute', ({ method, url, config }) => {
    const entry = entryOf(config);
    if (entry !== null && [method].flat().every((one) => nameOf(entry) === `${one} ${url}`)) return;
    throw new Error(`the contract has no route ${[method].flat().join()} ${url}`);
  });

  return {
    async serve(group, handlers, options = {}) {
      const entries: Readonly<Record<string, Route>> = ROUTES[group];
      const byName = handlers as unknown as Readonly<Record<string, AnyHandler>>;
      for (const name of new Set([...Object.keys(entries), ...Object.keys(byName)])) {
        if (!Object.hasOwn(byName, name)) throw new Error(`the route ${group}.${name} has no handler`);
        if (!Object.hasOwn(entries, name)) throw new Error(`the contract has no route ${group}.${name}`);
      }
      if (served.has(group)) throw new Error(`the routes of ${group} are served already`);
      served.add(group);
      await app.register(async (scope) => {
        scope.decorateRequest('identity', null);
        parseBodies(scope, Object.values(entries));
        for (const [name, entry] of Object.entries(entries)) {
          addRoute(scope, entry, byName[name]!, parts, options);
        }
      });
    },
    complete(without) {
      const missing = (Object.keys(ROUTES) as RouteGroup[]).filter(
        (group) => !served.has(group) && !without.includes(group),
      );
      if (missing.length > 0) throw new Error(`nobody serves the routes of ${missing.join(', ')}`);
    },
  };
}

/** Of a route that is not known here: the table's own types are between it and its handler. */
interface AnyAsked extends Record<keyof Asked<Route>, unknown> {
  readonly by: Identity | null;
}

type AnyHandler = (asked: AnyAsked) => Promise<{ readonly status: number }>;

function addRoute(
  scope: FastifyInstance,
  entry: Route,
  handler: AnyHandler,
  parts: RouterParts,
  { before, errors = {}, authenticate = parts.authenticate }: ServeOptions,
): void {
  const { method, path, authority, body } = entry;
  const isApi = isOwnApi(entry);
  scope.route({
    method,
    url: path,
    config: { entry },
    exposeHeadRoute: false,
    bodyLimit: body?.limit ?? NO_BODY,
    errorHandler(error, request, reply) {
      const answer = errors[entry.errorForm];
      if (answer === undefined) sendProblem(reply, error, parts.onError);
      else answer(error, request, reply);
    },
    async onRequest(request, reply) {
      before?.(request);
      reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
      if (isApi) {
        reply.header(API_VERSION_HEADER, String(ABOUT.api.to));
        if (entry !== ROUTES.about.read) checkVersion(request);
      }
      if (needsToken(authority)) {
        request.setDecorator(
          'identity',
          await identify({ ...parts, authenticate }, { ...entry, authority }, request),
        );
      }
    },
    async handler(request, reply) {
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      return send(reply, await handler({ ...asked(entry, request), gone: gone.signal }));
    },
  });
}

/** Bytes that are read of a body that nobody asked for. */
const NO_BODY = 1024;

/** Of a program that says what it speaks. */
function checkVersion({ headers }: FastifyRequest): void {
  const spoken = headers[API_VERSION_HEADER];
  if (spoken === undefined) return;
  const version = typeof spoken === 'string' && /^\d{1,6}$/.test(spoken) ? Number(spoken) : null;
  if (version === null)
    throw new SluiceError('request_malformed', `\`${API_VERSION_HEADER}\` is not a number`);
  const problem = versionProblem(version, ABOUT.api);
  if (problem !== null) throw tooOld(problem, version, ABOUT.api);
}

/** What a program is told whose version is not served. */
export function tooOld(
  problem: 'client_too_old' | 'relay_too_old',
  spoken: number,
  { from, to }: { readonly from: number; readonly to: number },
): SluiceError {
  const served = from === to ? `version ${to}` : `versions ${from} to ${to}`;
  return new SluiceError(problem, `the program speaks version ${spoken}, and the relay ${served}`, {
    advice:
      problem === 'client_too_old'
        ? 'update the program'
        : 'use the program of the relay’s release, or have the relay updated',
  });
}

function asked(entry: Route, request: FastifyRequest): Omit<AnyAsked, 'gone'> {
  const { params, query, body, authority } = entry;
  return {
    params: params === undefined ? undefined : readParams(params, request.params),
    query: query === undefined ? undefined : read(query, request.query),
    // A signature is over the bytes as they came.
    body: authority === 'signature' || body === undefined ? request.body : read(body.schema, request.body),
    by: needsToken(authority) ? request.getDecorator<Identity>('identity') : null,
    request,
  };
}

function readParams({ schema, unknown }: NonNullable<Route['params']>, sent: unknown) {
  const parsed = schema.safeParse(sent);
  if (!parsed.success) throw new SluiceError(unknown, 'there is nothing of this id');
  return parsed.data;
}

function send(reply: FastifyReply, answer: { readonly status: number } & Partial<AnyContent>): FastifyReply {
  reply.code(answer.status);
  const { body, lines, text, chunks, location, response } = answer;
  if (response !== undefined) return reply.send(response);
  if (location !== undefined) return reply.redirect(location.href, answer.status);
  if (text !== undefined) return reply.type(typeOf(reply)).send(text);
  if (chunks !== undefined) return reply.type(typeOf(reply)).send(Readable.from(chunks));
  if (lines === undefined) return reply.send(body);
  return reply.type('application/x-ndjson').send(Readable.from(linesOf(lines)));
}

interface AnyContent {
  readonly body: unknown;
  readonly lines: AsyncIterable<unknown>;
  readonly text: string;
  readonly chunks: AsyncIterable<string> | readonly Uint8Array[];
  readonly location: URL;
  readonly response: Response;
}

function typeOf({ request, statusCode }: FastifyReply): string {
  const answer = entryOf(request.routeOptions.config)?.answers[statusCode];
  return answer?.form === 'text' || answer?.form === 'file' ? answer.type : 'text/plain';
}

async function* linesOf(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}

function entryOf(config: unknown): Route | null {
  const entry = (config as { readonly entry?: Route } | undefined)?.entry ?? null;
  return entry !== null && allRoutes().includes(entry) ? entry : null;
}

/** Bodies of the types that the table names, and no other. */
function parseBodies(scope: FastifyInstance, entries: readonly Route[]): void {
  scope.removeAllContentTypeParsers();
  const types = new Set(entries.flatMap(({ body }) => (body === undefined ? [] : [body.type])));
  if (types.has('application/json') && entries.some(({ authority }) => authority === 'signature')) {
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
  } else if (types.has('application/json')) {
    const parse = scope.getDefaultJsonParser('error', 'error');
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, parse);
  }
  if (types.has('application/x-www-form-urlencoded')) {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      async (_request: unknown, body: string | Buffer) =>
        Object.fromEntries(new URLSearchParams(body.toString())),
    );
  }
}
