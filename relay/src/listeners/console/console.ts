import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { messagePage } from '../../identity/index.ts';
import type { PageFile, Pages } from './pages.ts';

export interface ConsoleParts {
  /** Null where they have not been built. */
  readonly pages: Pages | null;
  /** Where the pages send people to sign in, and fetch their tokens: origins. */
  readonly issuers: readonly string[];
}

/**
 * The console's pages, at `/console`. They hold nothing of anybody's: what they show, they ask the API for with a token
 * that the person signed in for. To be registered before the router, whose table they are not in.
 */
export async function registerConsole(app: FastifyInstance, { pages, issuers }: ConsoleParts): Promise<void> {
  const policy = contentSecurityPolicy(issuers);
  const show = async (request: FastifyRequest, reply: FastifyReply) => {
    if (pages === null) return reply.code(503).type('text/html; charset=utf-8').send(NOT_BUILT);
    return send(request, reply.header('content-security-policy', policy), pages.index, 'no-cache');
  };
  // Which page it is, the page's own program knows.
  app.get('/console', show);
  app.get('/console/*', show);
  app.get<{ Params: { name: string } }>('/console/assets/:name', async (request, reply) => {
    const file = pages?.assets.get(request.params.name);
    if (file === undefined) return reply.code(404).type('text/plain').send('There is no such file.\n');
    // Programs that run beside a page are under the policy that they come with.
    reply.header('content-security-policy', policy);
    return send(request, reply, file, 'public, max-age=31536000, immutable');
  });
  app.get('/', async (_request, reply) => reply.redirect('/console', 302));
}

function send(request: FastifyRequest, reply: FastifyReply, file: PageFile, cache: string): FastifyReply {
  const tag = `"${file.digest}"`;
  reply.header('cache-control', cache).header('vary', 'accept-encoding').header('etag', tag);
  if (request.headers['if-none-match'] === tag) return reply.code(304).send();
  const accepted = accepts(request.headers['accept-encoding']);
  const body = file.bodies.find(({ encoding }) => encoding === null || accepted.has(encoding))!;
  if (body.encoding !== null) reply.header('content-encoding', body.encoding);
  return reply.type(file.type).send(body.bytes);
}

function accepts(header: string | string[] | undefined): ReadonlySet<string> {
  const codings = String(header ?? '')
    .toLowerCase()
    .split(',');
  return new Set(
    codings
      .map((coding) => coding.split(';'))
      .flatMap(([name = '', q]) => (/q=0(\.0*)?$/.test(q?.trim() ?? '') ? [] : [name.trim()])),
  );
}

/** Nothing but the relay's own files; what is sent goes to the relay, and to the issuers for tokens. */
function contentSecurityPolicy(issuers: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${["'self'", ...new Set(issuers)].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    // Of the pages' own programs, beside the page; nothing else may name one.
    "require-trusted-types-for 'script'",
    'trusted-types sluice-workers',
  ].join('; ');
}

const NOT_BUILT = messagePage(
  'The console has not been built',
  'Run `npm run build -w console` where the relay was installed from, and start the relay again.',
);
