import { ERRORS, isErrorCode } from '../errors.ts';
import { problem as problemSchema, PROBLEM_TYPE } from '../problem.ts';
import { needsToken } from '../routes/authority.ts';
import { nameOf, type Route } from '../routes/route.ts';
import { API_VERSION, API_VERSION_HEADER } from '../versions.ts';
import { readBytes, readLines } from './read-lines.ts';
import type { CallOptions, ClientOptions, Input } from './options.ts';
import { RelayError } from './relay-error.ts';

/** Sends a request, retries it where that is safe and may help, and validates the answer against the table. */
export async function send(
  options: ClientOptions,
  route: Route,
  given: Input,
  { signal }: CallOptions,
): Promise<unknown> {
  const { retries = 2, random = Math.random, sleep = wait } = options;
  // Named by the client, so that the relay recognises a retry.
  const input = withRequestId(route, given, options.newId ?? (() => crypto.randomUUID()));
  // The same token for all retries: under another one, the statement would not be recognised.
  let token = await tokenFor(options, route, false);
  for (let attempt = 0, renewed = false; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await once(options, route, input, token, signal);
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      // Refused before anything happened, and on the first attempt: nothing was done under the old token.
      if (error.code === 'token_expired' && attempt === 0 && typeof options.token === 'function') {
        token = await tokenFor(options, route, true);
        renewed = true;
        continue;
      }
      const most = ELSEWHERE.has(error.code) && retries > 0 ? Math.max(retries, WAYS_ROUND) : retries;
      const left = most - (renewed ? attempt - 1 : attempt);
      const delay = left > 0 && route.repeatable ? delayBefore(error, attempt, random()) : null;
      if (delay === null) throw error;
      await sleep(delay, signal);
    }
  }
}

async function once(
  options: ClientOptions,
  route: Route,
  { params = {}, query = {}, body }: Input,
  token: string | null,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const late = AbortSignal.timeout((options.timeoutMs ?? TIMEOUT_MS) + waitingMs(query, body));
  const isStream = Object.values(route.answers).some(({ form }) => form === 'lines' || form === 'file');
  const signals = [...(signal === undefined ? [] : [signal]), ...(isStream ? [] : [late])];
  const headers: Record<string, string> = {
    accept: `application/json, ${PROBLEM_TYPE}, application/x-ndjson`,
    [API_VERSION_HEADER]: String(API_VERSION),
  };
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  try {
    const response = await (options.fetch ?? fetch)(urlOf(options.url, route, params, query), {
      method: route.method,
      headers,
      // The token is for this relay only, and cookies are never sent.
      redirect: 'error',
      credentials: 'omit',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
    });
    return await answerOf(route, response);
  } catch (cause) {
    if (cause instanceof RelayError) throw cause;
    signal?.throwIfAborted();
    if (late.aborted) {
      throw new RelayError('relay_timeout', `the relay took too long over ${nameOf(route)}`, { cause });
    }
    throw new RelayError('relay_unreachable', `the relay at ${options.url} does not answer`, {
      advice: 'see whether it runs, and whether it is reached by that address',
      cause,
    });
  }
}

const TIMEOUT_MS = 60_000;

/** What another relay on the store would answer: as often as drivers do, it is tried to reach that one. */
const ELSEWHERE: ReadonlySet<string> = new Set(['statement_elsewhere', 'session_elsewhere']);
const WAYS_ROUND = 7;

/** How long the request itself asks the relay to wait. */
function waitingMs(query: Readonly<Record<string, unknown>>, body: unknown): number {
  const asked = { ...query, ...(typeof body === 'object' ? body : null) } as { readonly wait?: unknown };
  return typeof asked.wait === 'number' ? asked.wait * 1_000 : 0;
}

async function answerOf(route: Route, response: Response): Promise<unknown> {
  const answer = route.answers[response.status];
  if (answer === undefined) throw await refusalOf(route, response);
  if (answer.form === 'nothing') return undefined;
  if (answer.form === 'lines') {
    return readLines(response, (value) => checked(route, response, answer.schema.safeParse(value)));
  }
  if (answer.form === 'file') return readBytes(response);
  if (answer.form !== 'json') throw notUnderstood(route, response);
  const value: unknown = await response.json().catch(() => undefined);
  return checked(route, response, answer.schema.safeParse(value));
}

function checked<Value>(
  route: Route,
  response: Response,
  parsed: { readonly success: true; readonly data: Value } | { readonly success: false },
): Value {
  if (parsed.success) return parsed.data;
  throw notUnderstood(route, response);
}

async function refusalOf(route: Route, response: Response): Promise<RelayError> {
  const isProblem = response.headers.get('content-type')?.startsWith(PROBLEM_TYPE) === true;
  const said = problemSchema.safeParse(isProblem ? await response.json().catch(() => null) : null);
  if (!said.success) return notUnderstood(route, response);
  const { code, detail, advice } = said.data;
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new RelayError(isErrorCode(code) ? code : 'answer_not_understood', detail, {
    advice,
    problem: said.data,
    retryAfterSeconds: Number.isFinite(after) ? after : null,
    challenge: response.headers.get('www-authenticate'),
  });
}

/** The version that the relay speaks, if it says so. */
function notUnderstood(route: Route, response: Response): RelayError {
  if (NOT_THERE.has(response.status)) {
    return new RelayError(
      'relay_unreachable',
      `there is no relay behind what answers (HTTP ${response.status})`,
    );
  }
  const served = Number(response.headers.get(API_VERSION_HEADER) ?? Number.NaN);
  const what = `the answer to ${nameOf(route)} (HTTP ${response.status}) is not understood`;
  if (served > API_VERSION) {
    return new RelayError('client_too_old', `${what}: the relay is of a later release`, {
      advice: ERRORS.client_too_old.advice,
    });
  }
  if (served < API_VERSION) {
    return new RelayError('relay_too_old', `${what}: the relay is of an earlier release`, {
      advice: ERRORS.relay_too_old.advice,
    });
  }
  return new RelayError('answer_not_understood', what, {
    advice: 'see whether this is the relay’s address, and whether something stands in between',
  });
}

/** What a proxy answers when it cannot reach the relay. */
const NOT_THERE: ReadonlySet<number> = new Set([502, 503, 504]);

/** Milliseconds until a request that may be repeated is retried; null when that would not help. */
function delayBefore(
  { code, retryAfterSeconds }: RelayError,
  attempt: number,
  random: number,
): number | null {
  const mayPass = code === 'relay_unreachable' || (isErrorCode(code) && 'mayPass' in ERRORS[code]);
  if (!mayPass) return null;
  if (retryAfterSeconds !== null) {
    return retryAfterSeconds <= LONGEST_DELAY_SECONDS ? retryAfterSeconds * 1_000 : null;
  }
  return 200 * 2 ** attempt * (0.5 + random);
}

/** Rather than wait longer, the caller is told. */
const LONGEST_DELAY_SECONDS = 15;

function withRequestId(route: Route, input: Input, newId: () => string): Input {
  if (!route.repeatable || !takesRequestId(route)) return input;
  return { ...input, body: { requestId: newId(), ...(input.body as object) } };
}

/** Other routes that may be repeated do the same once more: they have no place for an id, and refuse what they do not know. */
function takesRequestId({ body }: Route): boolean {
  const { shape = {} } = (body?.schema ?? {}) as { readonly shape?: object };
  return Object.hasOwn(shape, 'requestId');
}

async function tokenFor({ token }: ClientOptions, route: Route, renew: boolean): Promise<string | null> {
  if (!needsToken(route.authority)) return null;
  const found = typeof token === 'function' ? await token({ renew }) : token;
  if (found !== undefined) return found;
  throw new RelayError('token_invalid', 'no token to ask the relay with', { advice: 'sign in' });
}

function urlOf(
  base: string,
  { path }: Route,
  params: Readonly<Record<string, string>>,
  query: Readonly<Record<string, unknown>>,
): URL {
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const url = new URL(`.${filled}`, base.endsWith('/') ? base : `${base}/`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, `${value as string | number}`);
  }
  return url;
}

async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}
