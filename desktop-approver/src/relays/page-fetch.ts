import {
  API_VERSION_HEADER,
  ERRORS,
  type ErrorCode,
  PROBLEM_TYPE,
  problem,
  problemFor,
} from '@sluice/contract';
import { stepUpOf, type StepUp } from '@sluice/sign-in';
import { type PageRoute, pageRouteOf } from './page-routes.ts';
import type { Shown } from './shown.ts';
import { isSignedOut } from './trouble.ts';

export interface PageFetchOptions {
  /** The relay's address. */
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly token: (how: { readonly renew: boolean }) => Promise<string>;
  readonly stepUp: (stepUp: StepUp) => Promise<void>;
  readonly shown: Shown;
  /** Asks the person outside of any page. */
  readonly confirm: (asked: PageRoute, body: unknown) => Promise<boolean>;
}

/** Passes a page's request on; see `page-routes.ts` for which. Never rejects: an error is an answer. */
export async function pageFetch(request: Request, options: PageFetchOptions): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const asked = pageRouteOf(request.method, pathname);
  if (asked === null) {
    return refusal(
      'approver_not_allowed',
      'pages of the app may not ask for this',
      'use the app’s own buttons',
    );
  }
  try {
    const body = await bodyOf(request, asked);
    if (body === null) return refusal('request_too_large', 'the request is too large');
    if (asked.isConfirmed && !(await options.confirm(asked, parse(body.text)))) {
      return refusal('approver_not_allowed', 'you did not confirm it');
    }
    return await passOn(request, asked, { search, body: body.text }, options);
  } catch (error) {
    if (isSignedOut(error)) return refusal('token_invalid', 'nobody is signed in');
    // As what a proxy says that does not reach the relay: that is how clients take it.
    return new Response(null, { status: 502 });
  }
}

interface Sent {
  readonly search: string;
  readonly body: string | null;
}

async function passOn(
  request: Request,
  asked: PageRoute,
  sent: Sent,
  options: PageFetchOptions,
): Promise<Response> {
  const { token, stepUp, shown } = options;
  let answer = await send(request, asked, sent, await token({ renew: false }), options);
  if (answer.status === 401) {
    const said = await problemOf(answer);
    const wanted = stepUpOf(answer.headers.get('www-authenticate'));
    // It was refused before anything happened: sent again, it happens once.
    if (said.code === 'token_expired' || said.code === 'token_invalid') {
      answer = await send(request, asked, sent, await token({ renew: true }), options);
    } else if (said.code === 'sign_in_needed' && wanted !== null && asked.isConfirmed) {
      await stepUp(wanted);
      answer = await send(request, asked, sent, await token({ renew: false }), options);
    } else {
      return passedBack(answer, said.text);
    }
  }
  if (asked.name !== 'approvals.read' || answer.status !== 200) return passedBack(answer, answer.body);
  const text = await answer.text();
  await shown.note(text);
  return passedBack(answer, text);
}

async function send(
  request: Request,
  { route, path }: PageRoute,
  { search, body }: Sent,
  token: string,
  { url, fetch }: PageFetchOptions,
): Promise<Response> {
  // What the page may say of itself, and nothing else: no cookie, no origin, no token of its own.
  const headers = new Headers({ authorization: `Bearer ${token}` });
  for (const name of ['accept', API_VERSION_HEADER]) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  if (body !== null) headers.set('content-type', 'application/json');
  return await fetch(`${url}${path}${search}`, {
    method: route.method,
    headers,
    redirect: 'error',
    credentials: 'omit',
    signal: request.signal,
    ...(body === null ? {} : { body }),
  });
}

/** Read here, so that it can be sent again; null when it is more than the relay would read. */
async function bodyOf(
  request: Request,
  { route }: PageRoute,
): Promise<{ readonly text: string | null } | null> {
  if (route.body === undefined || request.body === null) return { text: null };
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body) {
    length += part.byteLength;
    if (length > route.body.limit) return null;
    parts.push(part);
  }
  return { text: Buffer.concat(parts).toString('utf8') };
}

/** Of the answer, what is about what it holds. */
function passedBack(answer: Response, body: Response['body'] | string): Response {
  const headers = new Headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  for (const name of [
    'content-type',
    'content-disposition',
    'retry-after',
    'www-authenticate',
    API_VERSION_HEADER,
  ]) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(NO_BODY.has(answer.status) ? null : body, { status: answer.status, headers });
}

const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

async function problemOf(answer: Response): Promise<{ readonly code: string | null; readonly text: string }> {
  const text = await answer.text();
  const said = problem.safeParse(parse(text));
  return { code: said.success ? said.data.code : null, text };
}

function refusal(code: ErrorCode, detail: string, advice: string = ERRORS[code].advice): Response {
  const said = problemFor(code, { detail, advice });
  return Response.json(said, { status: said.status, headers: { 'content-type': PROBLEM_TYPE } });
}

function parse(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
