import { chunksOf } from '../../relay/src/encoding/testing.ts';
import { randomUUID } from 'node:crypto';
import { SluiceError } from '../../relay/src/errors.ts';
import type { RunStatement, StatementRequest } from '../../relay/src/gate.ts';
import { shown } from '../../relay/src/text/index.ts';
import { column, demoState, rowsOutcome, startScriptedRelay } from './scripted-relay.ts';

export const NOON = Date.UTC(2026, 10, 20, 12);

export interface Envelope {
  readonly success: boolean;
  readonly code: string | null;
  readonly message: string | null;
  readonly data: Record<string, unknown>;
}

export type Wire = Awaited<ReturnType<typeof startWire>>;

/**
 * What drivers are answered, byte for byte where they look at it: without a driver, so that nothing hides it.
 * @param longPollMs - how long a request waits for its statement.
 */
export async function startWire(longPollMs = 60_000) {
  const clock = { now: NOON };
  const seen: StatementRequest[] = [];
  let release = () => {};
  const run: RunStatement = async (request, progress, signal) => {
    seen.push(request);
    const { queryId, sql } = request;
    if (sql === 'SELECT held') {
      progress.held({ approvalId: 'a', expiresAt: 0, approvers: ['owners'], needed: 1 });
      await Promise.race([new Promise<void>((resolve) => (release = resolve)), gone(signal)]);
    }
    const outcome = answerTo(queryId, sql);
    // As the gate does, with the statement's outcome.
    request.session.state = outcome.state;
    return outcome;
  };
  const relay = await startScriptedRelay(run, {
    inMemory: true,
    now: () => clock.now,
    options: { longPollMs, chunkMs: 60_000, requestBytes: 100_000, statementBytes: 100_000 },
    spool: { firstBytes: 1_000, chunkBytes: 5_000 },
  });
  let authorization = '';

  async function send(
    method: 'GET' | 'POST',
    url: string,
    payload?: object,
    headers: object = { authorization },
  ) {
    const response = await relay.app.inject({
      method,
      url,
      headers: { ...headers },
      ...(payload && { payload }),
    });
    return { status: response.statusCode, headers: response.headers, body: response.json<Envelope>() };
  }
  const post = (url: string, payload: object = {}, headers?: object) => send('POST', url, payload, headers);
  const login = async (token: string, data: object = {}, asked = '') =>
    (await post(`/session/v1/login-request${asked}`, { data: { TOKEN: token, ...data } }, {})).body;

  return {
    relay,
    clock,
    seen,
    /** Lets the statement go that is held. */
    release: () => release(),
    send,
    post,
    login,
    /** Requests are of this session from now on. */
    async signIn(token: string, data: object = {}): Promise<void> {
      this.useToken((await login(token, data)).data['token']);
    },
    headers: () => ({ authorization }),
    useToken(token: unknown): void {
      authorization = tokenHeader(token);
    },
    query: async (sqlText: string, more: object = {}, requestId: string = randomUUID()) =>
      (await post(`/queries/v1/query-request?requestId=${requestId}`, { sqlText, ...more })).body,
    result: async (queryId: string) => (await send('GET', `/queries/${queryId}/result`)).body,
    /** As it was at the start, with a session of Ada's. */
    async reset(): Promise<void> {
      clock.now = NOON;
      seen.length = 0;
      relay.refused.length = 0;
      await this.signIn('ada-token');
    },
    close: () => relay.close(),
  };
}

export function tokenHeader(token: unknown): string {
  return `Snowflake Token="${String(token)}"`;
}

export function idOf({ data }: Envelope): string {
  return String(data['queryId']);
}

async function gone(signal: AbortSignal): Promise<never> {
  return await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new SluiceError('statement_cancelled', 'cancelled')));
  });
}

function answerTo(queryId: string, sql: string) {
  if (sql === 'SELECT blocked')
    throw new SluiceError('blocked', 'payroll is closed', { advice: 'ask for it', rule: 'payroll' });
  if (sql === 'SELECT broken') throw new TypeError('ada@example.com');
  if (sql.startsWith('DELETE'))
    return rowsOutcome(queryId, [column('n', 'fixed')], [['7']], {
      statementTypeId: 0x3300,
      changed: { inserted: 0, updated: 0, deleted: 7 },
    });
  if (sql === 'SELECT many') {
    const rows = Array.from({ length: 20 }, (_, chunk) =>
      Array.from({ length: 100 }, (_, row) => [`row ${chunk * 100 + row}`]),
    );
    return rowsOutcome(queryId, [column('T', 'text')], [], { chunks: chunksOf(...rows) });
  }
  return rowsOutcome(queryId, [column('X', 'text', { length: 5 })], [['1'], [null]], {
    state: { ...demoState, warehouse: 'WH' },
    computedOn: { on: 'tokens', because: shown`T.C (pii)` },
  });
}
