import { API_VERSION_HEADER } from '@sluice/contract';
import { hostOf, OWN_HOST, PAGE_POLICY, pageAddress } from './addresses.ts';
import type { PageFile, PageFiles } from './page-files.ts';

export interface PageParts {
  /** The console's, as built with the app: a relay's pages never come from the relay. */
  readonly console: PageFiles;
  readonly own: PageFiles;
  /** What answers the API of an origin: a relay, or the downloaded sessions. Null where there is no such origin. */
  readonly apiOf: (host: string) => ((request: Request) => Promise<Response>) | null;
}

/**
 * Answers for every page that the app shows. The files of an origin, and its API; whatever else is asked for, or asked for
 * by a page of another origin, is refused.
 */
export function answerPages({ console, own, apiOf }: PageParts): (request: Request) => Promise<Response> {
  return async (request) => {
    const host = hostOf(request.url);
    if (host === null) return refusal(404);
    const { pathname } = new URL(request.url);
    if (host === OWN_HOST) return isRead(request) ? fileOf(own, pathname, OWN) : refusal(405);
    const api = apiOf(host);
    if (api === null) return refusal(404);
    if (/^\/console(\/|$)/.test(pathname)) {
      return isRead(request) ? fileOf(console, pathname, CONSOLE) : refusal(405);
    }
    if (!pathname.startsWith('/api/')) return refusal(404);
    return isOwnRequest(request, host) ? sealed(await api(withoutToken(request))) : refusal(403);
  };
}

/** The pages' own programs decide by its address which page it is. */
const CONSOLE = { page: /^\/console(\/(?!assets\/).*)?$/, asset: /^\/console\/assets\/([^/]+)$/ };
const OWN = { page: /^\/(relays|downloads|settings|alarm)?$/, asset: /^\/assets\/([^/]+)$/ };

function fileOf({ index, assets }: PageFiles, path: string, { page, asset }: typeof OWN): Response {
  if (page.test(path)) return shown(index);
  const file = assets.get(asset.exec(path)?.[1] ?? '');
  return file === undefined ? refusal(404) : shown(file);
}

function shown({ bytes, type }: PageFile): Response {
  return new Response(bytes, { headers: { ...SEALED, 'content-type': type, 'cache-control': 'no-store' } });
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

/**
 * Whether a request to the API comes from a page of the same origin. Its token is added on the way, so that nothing of
 * another origin may make one: such a request names its origin, and could send this header only after a question that
 * is refused here (Fetch, "CORS-preflight fetch").
 */
function isOwnRequest({ headers }: Request, host: string): boolean {
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site');
  return (
    headers.has(API_VERSION_HEADER) &&
    (origin === null || origin === pageAddress(host, '')) &&
    (site === null || site === 'same-origin')
  );
}

/** What a page sends as a token is none. */
function withoutToken(request: Request): Request {
  const headers = new Headers(request.headers);
  for (const name of ['authorization', 'cookie', 'origin', 'referer']) headers.delete(name);
  return new Request(request, { headers });
}

/** An answer of a relay is data, and nothing that it says makes it a page. */
function sealed(answer: Response): Response {
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(SEALED)) headers.set(name, value);
  for (const name of ['set-cookie', 'location', 'refresh', 'link', 'clear-site-data']) headers.delete(name);
  const type = headers.get('content-type') ?? '';
  if (!/^application\/(problem\+)?(json|x-ndjson)\b|^application\/octet-stream\b/.test(type)) {
    headers.set('content-type', 'application/octet-stream');
  }
  const { status, statusText } = answer;
  return new Response(answer.body, { status, statusText, headers });
}

const SEALED = {
  'content-security-policy': PAGE_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), usb=(), serial=(), hid=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

function refusal(status: 403 | 404 | 405): Response {
  return new Response('', { status, headers: SEALED });
}
