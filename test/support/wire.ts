import { randomUUID } from 'node:crypto';

/** The driver protocol by hand, for what a driver would not send. */
export interface Wire {
  /** POST /queries/v1/query-request. */
  query(sql: string, requestId?: string): Promise<WireAnswer>;
  /** GET, of a path or a whole address. */
  get(path: string): Promise<WireAnswer>;
  post(path: string, body: unknown): Promise<WireAnswer>;
  /** GET or, with a body, POST of a whole address; with what HTTP says of the answer. */
  full(url: string, body?: unknown): Promise<FullAnswer>;
  /** POST of a body that is packed with gzip. */
  packed(path: string, body: Buffer): Promise<WireAnswer>;
  /** A new session token for the master token (driver protocol, section 3.1). */
  renew(): Promise<WireAnswer>;
}

export interface WireAnswer {
  readonly success: boolean;
  readonly code: string | null;
  readonly message: string | null;
  readonly data: Readonly<Record<string, unknown>> | null;
}

export interface FullAnswer extends WireAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
}

/**
 * Signs in as whoever the token is of.
 * @param more - what else a client says of itself, as it stands in the request.
 */
export async function signIn(url: string, token: string, more: object = {}): Promise<Wire> {
  const login = await send(url, '/session/v1/login-request', null, { data: { TOKEN: token, ...more } });
  if (!login.success) throw new Error(`${login.code}: ${login.message}`);
  const master = authorizationOf(login.data?.['masterToken']);
  let authorization = authorizationOf(login.data?.['token']);
  return {
    query: (sqlText, requestId = randomUUID()) =>
      send(url, `/queries/v1/query-request?requestId=${requestId}`, authorization, { sqlText }),
    get: (path) => send(url, path, authorization),
    post: (path, body) => send(url, path, authorization, body),
    full: (whole, body) => sendFully(whole, authorization, body),
    async packed(path, body) {
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip', authorization };
      const response = await fetch(new URL(path, url), {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      });
      return (await response.json()) as WireAnswer;
    },
    async renew() {
      const answer = await send(url, '/session/token-request', master, {});
      if (answer.success) authorization = authorizationOf(answer.data?.['sessionToken']);
      return answer;
    },
  };
}

function authorizationOf(token: unknown): string {
  return `Snowflake Token="${String(token)}"`;
}

async function send(
  url: string,
  path: string,
  authorization: string | null,
  body?: unknown,
): Promise<WireAnswer> {
  const {
    status: _,
    retryAfter: __,
    ...answer
  } = await sendFully(new URL(path, url).href, authorization, body);
  return answer;
}

async function sendFully(url: string, authorization: string | null, body?: unknown): Promise<FullAnswer> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) },
    ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
  });
  const answer = (await response.json()) as WireAnswer;
  return { ...answer, status: response.status, retryAfter: response.headers.get('retry-after') };
}
